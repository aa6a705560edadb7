"""Churn rate of all leavers."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY


class ChurnRateAllLeavers(Metric):
    """Everyone who left, newcomers who did not stay included, over the customers here at the start.

    Often printed as the churn rate. The newcomers who left are above the line and not below it, so it shows
    more than customer_churn_rate, the more so the more people try the shop, and can exceed one. Who left and
    came back within the window is no leaver.
    """

    en = "Churn rate, all leavers"
    de = "Abwanderungsrate aller Abgänge"
    sentence_de = "Alle, die gingen, auch Neue, die nicht blieben, geteilt durch die Kunden zu Beginn."
    unit, better, family = "share", "lower", "churn"
    n = "start"
    examples = (
        given(start=1000, lost=50, gone_again=20).gives(0.07),
        given(start=0, lost=0, gone_again=4).gives(None),
        # start anna, ben, dora, emil; lost dora and emil, cleo joined and left: (2 + 1) / 4
        given(spells=FEBRUARY, window="2024-02").gives(0.75),
        # start anna, ben, dora; lost dora, cleo joined and left: (1 + 1) / 3
        given(spells=MARCH, window="2024-03").gives(2 / 3),
    )

    @part("here at the start", "zu Beginn da")
    def start(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start))

    @part("gone at the end", "am Ende fort")
    def lost(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start) & ~base.here_at(window.end))

    @part("joined and gone again", "gekommen und wieder fort")
    def gone_again(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.joined() & ~base.here_at(window.end))

    def value(self, start: Any, lost: Any, gone_again: Any) -> Any:
        return share(lost + gone_again, start)
