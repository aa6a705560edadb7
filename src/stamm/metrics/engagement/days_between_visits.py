"""Days between visits."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.visit_history import VisitHistory
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class DaysBetweenVisits(Metric):
    """How many days lie between the starts of a visitor's visit and the one before, on average.

    The later visit starts in the window, the one before whenever it was. All gaps are pooled, so who visits
    often weighs more; those of one visitor are not independent, so the interval is on the narrow side. Who never
    came back is missing from it.
    """

    de = "Tage zwischen Besuchen"
    sentence_de = "Wie viele Tage zwischen dem Beginn eines Besuchs und dem des vorigen liegen, im Mittel."
    unit, better = "days", "lower"
    interval = Mean("again", "days", "squares")
    examples = (
        given(again=200, days=1400).gives(7),
        given(again=0, days=0).gives(None),
        # anna 3 days after the phone's visit of January, ben 2; cleo comes back in March: (3 + 2) / 2
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(2.5),
    )

    @part("visits that were not the first", "Besuche, die nicht die ersten waren")
    def again(self, visit_history: VisitHistory) -> Reduction:
        return visit_history.count(visit_history.again())

    @part("days since the visit before, added up", "Tage seit dem vorigen, zusammengezählt", "days")
    def days(self, visit_history: VisitHistory) -> Reduction:
        return visit_history.sum(visit_history.gap_days)

    @part("squares of these days", "Quadrate dieser Tage", "number")
    def squares(self, visit_history: VisitHistory) -> Reduction:
        return visit_history.sum(visit_history.gap_days * visit_history.gap_days)

    def value(self, again: Any, days: Any) -> Any:
        return ratio(days, again)
