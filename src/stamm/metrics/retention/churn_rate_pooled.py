"""Pooled churn rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY


class ChurnRatePooled(Metric):
    """Of everyone who was a customer at some time in the window, the share gone when it closes.

    The leavers of churn_rate_all_leavers, over all who could have left: here at the start, or joined since.
    Newcomers had less time to leave, so a growing shop looks better than it is.
    """

    en = "Churn rate, pooled"
    de = "Abwanderungsrate über alle"
    sentence_de = "Anteil aller, die im Zeitraum irgendwann Kunde waren und an seinem Ende fort sind."
    unit, better, family = "share", "lower", "churn"
    interval = Wilson("leavers", "pool")
    examples = (
        given(start=1000, joined=300, leavers=70).gives(70 / 1300),
        given(start=0, joined=0, leavers=0).gives(None),
        # here anna, ben, dora, emil, then cleo; gone dora, emil, cleo: 3 / (4 + 1)
        given(spells=FEBRUARY, window="2024-02").gives(0.60),
        # here anna, ben, dora, then cleo, emil; gone dora, cleo: 2 / (3 + 2)
        given(spells=MARCH, window="2024-03").gives(0.40),
    )

    @part("here at the start", "zu Beginn da")
    def start(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start))

    @part("joined since", "seither gekommen")
    def joined(self, base: CustomerBase) -> Reduction:
        return base.count(base.joined())

    @part("gone at the end, newcomers too", "am Ende fort, auch Neue")
    def leavers(self, base: CustomerBase) -> Reduction:
        return base.count(base.left())

    @part("here at some time", "irgendwann da")
    def pool(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start) | base.joined())

    def value(self, start: Any, joined: Any, leavers: Any) -> Any:
        return share(leavers, start + joined)
