"""Came to a gathering."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

_ = ibis._


class CameToGathering(Behaviour):
    """Customers who came to a gathering in the days before."""

    en = "Came to a gathering"
    de = "Zu einem Treffen gekommen"
    sentence_de = "Kunden, die in den Tagen davor zu einem Treffen kamen."
    facts = ("attendances",)

    def signs(self, before: Before) -> ir.Table:
        return before.lately("attendances", "attended_at").select("customer_id", yes=True)
