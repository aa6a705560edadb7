"""Visited often."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

DAYS = 3
_ = ibis._


class VisitedOften(Behaviour):
    """Customers who visited on three days or more in the days before."""

    en = "Visited on three days or more"
    de = "An drei oder mehr Tagen zu Besuch"
    sentence_de = "Kunden, die in den Tagen davor an drei oder mehr Tagen zu Besuch waren."
    facts = ("identity",)

    def signs(self, before: Before) -> ir.Table:
        # a day of a device, or of a customer, is a row, where days are kept
        fact, day = ("customer_days", "first_on") if before.keeps("device_days") else ("identity", "happened_on")
        visits = before.lately(fact).group_by("customer_id")
        return visits.aggregate(yes=_[day].nunique() >= DAYS)
