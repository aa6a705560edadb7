"""Visit frequency."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric


class VisitFrequency(Metric):
    """How many visits a visitor made in the window, on average.

    Visits count by their start and visitors by any event, so somebody whose only visit began before the window
    is a visitor without a visit.
    """

    de = "Besuchshäufigkeit"
    sentence_de = "Wie viele Besuche ein Besucher im Zeitraum machte, im Mittel."
    unit, better = "ratio", "higher"
    n = "visitors"
    examples = (
        given(visits=600, visitors=400).gives(1.5),
        given(visits=0, visitors=0).gives(None),
        # five visits by anna, ben, cleo and the tablet
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(1.25),
    )

    def value(self, visits: Any, visitors: Any) -> Any:
        return ratio(visits, visitors)
