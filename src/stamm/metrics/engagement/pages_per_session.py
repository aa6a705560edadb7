"""Pages per session."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.sessions import Sessions
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class PagesPerSession(Metric):
    """How many pages and screens are seen in a visit, on average.

    A visit counts whole in the window in which it starts. Visits in which nothing was seen are among them.
    """

    de = "Seiten pro Sitzung"
    sentence_de = "Wie viele Seiten und Ansichten in einem Besuch gesehen werden, im Mittel."
    unit, better = "ratio", "higher"
    interval = Mean("sessions", "views", "squares")
    examples = (
        given(sessions=600, views=1500).gives(2.5),
        given(sessions=0, views=0).gives(None),
        # anna 3, ben 1 and 1, cleo 0, the tablet 2, one of them in March: 7 / 5
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(1.4),
    )

    @part("sessions", "Sitzungen")
    def sessions(self, sessions: Sessions) -> Reduction:
        return sessions.count()

    @part("their page views", "ihre Seitenaufrufe")
    def views(self, sessions: Sessions) -> Reduction:
        return sessions.sum(sessions.page_views)

    @part("squares of their page views", "Quadrate ihrer Seitenaufrufe", "number")
    def squares(self, sessions: Sessions) -> Reduction:
        return sessions.sum(sessions.page_views * sessions.page_views)

    def value(self, sessions: Any, views: Any) -> Any:
        return ratio(views, sessions)
