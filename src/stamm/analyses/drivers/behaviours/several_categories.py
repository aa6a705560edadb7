"""Ordered in several categories."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

_ = ibis._


class SeveralCategories(Behaviour):
    """Customers who bought from two or more categories in the days before."""

    en = "Bought from several categories"
    de = "Aus mehreren Kategorien gekauft"
    sentence_de = "Kunden, die in den Tagen davor aus zwei oder mehr Kategorien kauften."
    facts = ("sold_lines",)

    def signs(self, before: Before) -> ir.Table:
        lines = before.lately("sold_lines").group_by("customer_id")
        return lines.aggregate(yes=_.category.nunique() > 1)
