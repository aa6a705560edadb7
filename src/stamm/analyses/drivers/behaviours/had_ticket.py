"""Asked customer service."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

_ = ibis._


class HadTicket(Behaviour):
    """Customers who asked customer service something in the days before."""

    en = "Asked customer service"
    de = "Den Kundendienst gefragt"
    sentence_de = "Kunden, die in den Tagen davor den Kundendienst etwas fragten."
    facts = ("tickets",)

    def signs(self, before: Before) -> ir.Table:
        return before.lately("tickets").select("customer_id", yes=True)
