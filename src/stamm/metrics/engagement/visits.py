"""Visits."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.sessions import Sessions
from stamm.lang.example import given
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class Visits(Metric):
    """How many visits began in the window.

    A visit is a session: one visitor's events without a pause of more than half an hour (a setting). It counts
    where it starts, also when it runs over midnight or the window's end.
    """

    de = "Besuche"
    sentence_de = "Wie viele Besuche im Zeitraum begannen."
    unit, better = "count", "higher"
    n = "sessions"
    examples = (
        given(sessions=600).gives(600),
        given(sessions=0).gives(0),
        # anna's, ben's two, cleo's and the tablet's; the phone's began in January
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(5),
    )

    @part("sessions", "Sitzungen")
    def sessions(self, sessions: Sessions) -> Reduction:
        return sessions.count()

    def value(self, sessions: Any) -> Any:
        return sessions
