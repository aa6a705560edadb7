"""Acquisition cost."""

from __future__ import annotations

from typing import Any

from stamm.facts.costs import Costs
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.cost_to_serve import CARE, SERVED


class AcquisitionCost(Metric):
    """What winning a customer cost: acquisition and advertising of the window over the new customers in it.

    Money spent in one window may win customers in a later one; the two are set against each other all the same.
    Where nobody new came there is no value. Split by a dimension, costs that name no customer stand with those of
    whom it is not known.
    """

    de = "Akquisekosten pro Kunde"
    sentence_de = "Was es kostete, einen Kunden zu gewinnen: Akquise und Werbung je Neukunde im Zeitraum."
    also = "CAC"
    unit, better = "money", "lower"
    n = "new_customers"
    examples = (
        given(spent=600_000, new_customers=150).gives(4_000),
        given(spent=10_000, new_customers=0).gives(None),
        # 4000 and 2000 for cleo, who is new; emil comes in March
        given(costs=CARE, spells=SERVED, window="2024-02", as_of="2024-04-01").gives(6000),
    )

    @part("acquisition and advertising", "Akquise und Werbung", "money")
    def spent(self, costs: Costs) -> Reduction:
        return costs.spent("acquisition", "advertising")

    def value(self, spent: Any, new_customers: Any) -> Any:
        return ratio(spent, new_customers)
