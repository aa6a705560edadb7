"""Customer retention rate by the formula."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY


class CustomerRetentionRateFormula(Metric):
    """The customers at the end less the new ones, over the customers at the start.

    The formula most glossaries print, (CE - CN) / CS. It wants to be the customer retention rate, and is where
    nobody joins and leaves in the same window and nobody comes back from an earlier time. A newcomer who
    leaves again is taken off at the end, where they never stood, so the formula shows too little; a customer
    lost before the window who returns in it is counted as kept, so it shows too much. It can fall below zero
    and rise above one. CN is everyone whose first spell starts in the window, also those who left again.
    """

    en = "Customer retention rate, by formula"
    de = "Kundenbindungsrate nach der Formel"
    sentence_de = "Die Kunden am Ende ohne die neuen, geteilt durch die Kunden zu Beginn."
    unit, better, family = "share", "higher", "retention"
    n = "start"
    examples = (
        given(start=1000, end=800, new=200).gives(0.60),
        given(start=750, end=950, new=625).gives(325 / 750),
        given(start=0, end=10, new=10).gives(None),
        # start anna, ben, dora, emil; end anna, ben; new cleo, who left: (2 - 1) / 4, though 2 of the 4 were kept
        given(spells=FEBRUARY, window="2024-02").gives(0.25),
        # start anna, ben, dora; end anna, ben, emil; new cleo and emil: (3 - 2) / 3
        given(spells=MARCH, window="2024-03").gives(1 / 3),
    )

    @part("here at the start", "zu Beginn da")
    def start(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start))

    @part("here at the end", "am Ende da")
    def end(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.end))

    @part("new", "neu")
    def new(self, base: CustomerBase) -> Reduction:
        return base.count(base.is_new())

    def value(self, start: Any, end: Any, new: Any) -> Any:
        return share(end - new, start)
