"""Share remaining."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY


class ShareRemaining(Metric):
    """How many customers there are at the end for each one there was at the start.

    One glossary prints this as the churn rate. It measures neither churn nor retention: it grows when more
    customers are left, and newcomers hide every loss, so that a shop which swaps all its customers for as
    many new ones shows one. It stands here so that the printed number can be recognised.
    """

    de = "Verbleibender Anteil"
    sentence_de = "Wie viele Kunden am Ende auf einen Kunden zu Beginn kommen."
    unit, better, family = "share", "higher", "churn"
    n = "start"
    examples = (
        given(start=1000, end=1230).gives(1.23),
        given(start=0, end=5).gives(None),
        # start anna, ben, dora, emil; end anna and ben: 2 / 4
        given(spells=FEBRUARY, window="2024-02").gives(0.50),
        # start anna, ben, dora; end anna, ben and the newcomer emil: 3 / 3, though dora was lost
        given(spells=MARCH, window="2024-03").gives(1),
    )

    @part("here at the start", "zu Beginn da")
    def start(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start))

    @part("here at the end", "am Ende da")
    def end(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.end))

    def value(self, start: Any, end: Any) -> Any:
        return share(end, start)
