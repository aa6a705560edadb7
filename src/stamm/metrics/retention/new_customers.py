"""New customers."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY


class NewCustomers(Metric):
    """How many people became customers for the first time in the window.

    Their first spell starts in it. Who joined and left again within the window is new all the same. Where
    the facts begin in the middle of a shop's life, new means not seen in the data before.
    """

    de = "Neukunden"
    sentence_de = "Wie viele Menschen im Zeitraum zum ersten Mal Kunde wurden."
    unit, better = "count", "higher"
    n = "new"
    adds = True  # a first spell starts once
    examples = (
        given(new=300).gives(300),
        given(new=0).gives(0),
        # cleo, though she left again; ben's second spell is not his first
        given(spells=FEBRUARY, window="2024-02").gives(1),
        # cleo and emil
        given(spells=MARCH, window="2024-03").gives(2),
    )

    @part("new", "neu")
    def new(self, base: CustomerBase) -> Reduction:
        return base.count(base.is_new())

    def value(self, new: Any) -> Any:
        return new
