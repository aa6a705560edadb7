"""Bounce rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.sessions import Sessions
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class BounceRate(Metric):
    """Of the visits with a page view, the share that saw one page, did nothing on it and left.

    Doing is a track event. Visits without a page or screen are in neither number. Other tools count every
    visit of one page (one_page_sessions) or every short one without a conversion (sessions_not_engaged).
    """

    de = "Absprungrate"
    sentence_de = "Anteil der Besuche mit Seitenaufruf, die eine Seite sahen, dort nichts taten und gingen."
    unit, better, family, leads = "share", "lower", "bounce", True
    interval = Wilson("bounced", "viewing")
    examples = (
        given(viewing=500, bounced=200).gives(0.40),
        given(viewing=0, bounced=0).gives(None),
        # ben's first visit of anna's, ben's two and the tablet's; cleo saw nothing
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(0.25),
        # the web's are anna's, ben's first and the tablet's
        given(events=BROWSING, window="2024-02", as_of="2024-04-01", by="channel").gives(web=1 / 3, app=0),
    )

    @part("sessions with a page view", "Sitzungen mit Seitenaufruf")
    def viewing(self, sessions: Sessions) -> Reduction:
        return sessions.count(sessions.viewing())

    @part("of them left at once", "davon gleich wieder gegangen")
    def bounced(self, sessions: Sessions) -> Reduction:
        return sessions.count(sessions.bounced())

    def value(self, viewing: Any, bounced: Any) -> Any:
        return share(bounced, viewing)
