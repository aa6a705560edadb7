"""Active days."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, MetricHandle, Over, WindowNames, part


class ActiveDays(Metric):
    """On how many days of the window a visitor was here, on average.

    Stickiness times the days of the window: easier to picture, and not to be compared between windows of
    different lengths either.
    """

    de = "Aktive Tage"
    sentence_de = "An wie vielen Tagen des Zeitraums ein Besucher da war, im Mittel."
    unit, better, family = "days", "higher", "stickiness"
    n = "visitors"
    examples = (
        given(visitor_days=3600, visitors=400).gives(9),
        given(visitor_days=0, visitors=0).gives(None),
        # anna on three days (the phone is hers), ben on two, cleo and the tablet on one: 7 / 4
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(1.75),
    )

    @part("visitors of each day, added up", "Besucher jedes Tages, zusammengezählt")
    def visitor_days(self, visitors: MetricHandle, window: WindowNames) -> Over:
        return visitors.sum_over(window.days())

    def value(self, visitor_days: Any, visitors: Any) -> Any:
        return ratio(visitor_days, visitors)
