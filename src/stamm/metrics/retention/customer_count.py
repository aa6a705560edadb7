"""Customers."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY


class CustomerCount(Metric):
    """How many customers there are when the window closes.

    A customer is whoever has an open spell just before the window's end; each person counts once.
    """

    en = "Customers"
    de = "Kunden"
    sentence_de = "Wie viele Kunden am Ende des Zeitraums da sind."
    unit, better = "count", "higher"
    n = "end"
    examples = (
        given(end=1230).gives(1230),
        given(end=0).gives(0),
        # anna stayed, ben came back; cleo, dora and emil are gone
        given(spells=FEBRUARY, window="2024-02").gives(2),
        # anna stayed, ben came back, emil is new; cleo and dora are gone
        given(spells=MARCH, window="2024-03").gives(3),
    )

    @part("here at the end", "am Ende da")
    def end(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.end))

    def value(self, end: Any) -> Any:
        return end
