"""Ordered again."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

_ = ibis._


class OrderedAgain(Behaviour):
    """Customers who ordered more than once in the days before."""

    en = "Ordered more than once"
    de = "Mehrmals bestellt"
    sentence_de = "Kunden, die in den Tagen davor mehr als einmal bestellten."
    facts = ("purchases",)

    def signs(self, before: Before) -> ir.Table:
        return before.lately("purchases").group_by("customer_id").aggregate(yes=_.count() > 1)
