"""Retention cost."""

from __future__ import annotations

from typing import Any

from stamm.facts.costs import Costs
from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.revenue.cost_to_serve import CARE, SERVED


class RetentionCost(Metric):
    """What keeping a customer cost: retention and rewards of the window over the customers kept in it.

    Kept is who was here when it opened and is here when it closes. Also what was spent on others counts. Split by a
    dimension, costs that name no customer stand with those of whom it is not known.
    """

    de = "Bindungskosten pro Kunde"
    sentence_de = "Was es kostete, einen Kunden zu halten: Bindung und Prämien je im Zeitraum gehaltenem Kunden."
    unit, better = "money", "lower"
    n = "kept"
    examples = (
        given(spent=120_000, kept=600).gives(200),
        given(spent=10_000, kept=0).gives(None),
        # 500 for ben, who left all the same, and 700 for all; anna alone was kept
        given(costs=CARE, spells=SERVED, window="2024-02", as_of="2024-04-01").gives(1200),
    )

    @part("retention and rewards", "Bindung und Prämien", "money")
    def spent(self, costs: Costs) -> Reduction:
        return costs.spent("retention", "reward")

    @part("still here at the end", "am Ende noch da")
    def kept(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start) & base.here_at(window.end))

    def value(self, spent: Any, kept: Any) -> Any:
        return ratio(spent, kept)
