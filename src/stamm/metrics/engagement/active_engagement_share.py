"""Active engagement share."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.sessions import Sessions
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class ActiveEngagementShare(Metric):
    """Of the visits, the share in which the visitor did something and did not only look.

    Doing is a track event, such as a search, a rating or an order. The other visits are passive.
    """

    de = "Anteil aktiver Interaktion"
    sentence_de = "Anteil der Besuche, in denen der Besucher etwas tat und nicht nur schaute."
    unit, better = "share", "higher"
    interval = Wilson("active", "sessions")
    examples = (
        given(sessions=600, active=240).gives(0.40),
        given(sessions=0, active=0).gives(None),
        # anna's, ben's second and cleo's of five
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(0.60),
    )

    @part("sessions", "Sitzungen")
    def sessions(self, sessions: Sessions) -> Reduction:
        return sessions.count()

    @part("of them active", "davon aktiv")
    def active(self, sessions: Sessions) -> Reduction:
        return sessions.count(sessions.active())

    def value(self, sessions: Any, active: Any) -> Any:
        return share(active, sessions)
