"""Session duration."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.sessions import Sessions
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class SessionDuration(Metric):
    """How many seconds pass between the first and the last event of a visit, on average.

    Where nothing tells how long the last page was looked at, a visit is longer than its length, and that of a visit
    with one event is 0. The answer says how many of these there were.
    """

    de = "Sitzungsdauer"
    sentence_de = "Wie viele Sekunden zwischen dem ersten und dem letzten Ereignis eines Besuchs liegen, im Mittel."
    unit, better = "seconds", "neither"
    interval = Mean("sessions", "seconds", "squares")
    examples = (
        given(sessions=600, seconds=72_000).gives(120),
        given(sessions=0, seconds=0).gives(None),
        # anna 2100, ben 0 and 8, cleo 0, the tablet 1500, most of it in March: 3608 / 5
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(721.6),
    )

    @part("sessions", "Sitzungen")
    def sessions(self, sessions: Sessions) -> Reduction:
        return sessions.count()

    @part("their seconds, added up", "ihre Sekunden, zusammengezählt", "seconds")
    def seconds(self, sessions: Sessions) -> Reduction:
        return sessions.sum(sessions.seconds)

    @part("squares of their seconds", "Quadrate ihrer Sekunden", "number")
    def squares(self, sessions: Sessions) -> Reduction:
        return sessions.sum(sessions.seconds * sessions.seconds)

    @part("of them with one event, counted as 0", "davon mit einem Ereignis, als 0 gezählt")
    def one_event(self, sessions: Sessions) -> Reduction:
        return sessions.count(sessions.single())

    def value(self, sessions: Any, seconds: Any) -> Any:
        return ratio(seconds, sessions)
