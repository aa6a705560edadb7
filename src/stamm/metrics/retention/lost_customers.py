"""Lost customers."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY


class LostCustomers(Metric):
    """How many of the customers here when the window opens are gone when it closes.

    Who left and came back within the window is not lost. Who joined within it and left again was never here
    at the start, and is not among the lost either.
    """

    de = "Verlorene Kunden"
    sentence_de = "Wie viele der Kunden, die zu Beginn des Zeitraums da waren, an seinem Ende fort sind."
    unit, better = "count", "lower"
    n = "lost"
    examples = (
        given(lost=50).gives(50),
        given(lost=0).gives(0),
        # dora and emil; ben is back, cleo was not here at the start
        given(spells=FEBRUARY, window="2024-02").gives(2),
        # dora alone
        given(spells=MARCH, window="2024-03").gives(1),
    )

    @part("gone at the end", "am Ende fort")
    def lost(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start) & ~base.here_at(window.end))

    def value(self, lost: Any) -> Any:
        return lost
