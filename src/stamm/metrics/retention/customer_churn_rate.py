"""Customer churn rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.customer_retention_rate import FEBRUARY

#: anna stays, ben leaves and comes back, cleo is new and leaves, dora leaves, emil is new and stays
MARCH = rows("""
    customer_id  number  started_at  ended_at    first_started_at
    anna         1       2024-01-05  -           2024-01-05
    ben          1       2024-01-05  2024-03-10  2024-01-05
    ben          2       2024-03-20  -           2024-01-05
    cleo         1       2024-03-03  2024-03-09  2024-03-03
    dora         1       2024-01-05  2024-03-14  2024-01-05
    emil         1       2024-03-12  -           2024-03-12
""")


class CustomerChurnRate(Metric):
    """Of the customers here when the window opens, the share gone when it closes.

    It is what is missing from the customer retention rate to one. Who left and came back within the window
    is not gone; newcomers who leave again are in neither number.
    """

    de = "Abwanderungsrate"
    sentence_de = "Anteil der Kunden zu Beginn des Zeitraums, die an seinem Ende fort sind."
    unit, better, family, leads = "share", "lower", "churn", True
    interval = Wilson("lost", "start")
    examples = (
        given(start=1000, lost=50).gives(0.05),
        given(start=0, lost=0).gives(None),
        # start anna, ben, dora, emil; gone dora and emil: 2 / 4
        given(spells=FEBRUARY, window="2024-02").gives(0.50),
        # start anna, ben, dora; gone dora: 1 / 3
        given(spells=MARCH, window="2024-03").gives(1 / 3),
    )

    @part("here at the start", "zu Beginn da")
    def start(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start))

    @part("gone at the end", "am Ende fort")
    def lost(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start) & ~base.here_at(window.end))

    def value(self, start: Any, lost: Any) -> Any:
        return share(lost, start)
