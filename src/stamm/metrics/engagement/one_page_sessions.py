"""One-page sessions."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.sessions import Sessions
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class OnePageSessions(Metric):
    """Of the visits with a page view, the share that saw just one page, whatever they did on it.

    The older reading of the bounce rate: who read a long page, or ordered on it, has bounced all the same.
    """

    en = "One-page sessions"
    de = "Einseitige Sitzungen"
    sentence_de = "Anteil der Besuche mit Seitenaufruf, die nur eine Seite sahen, was immer sie dort taten."
    unit, better, family = "share", "lower", "bounce"
    interval = Wilson("one_paged", "viewing")
    examples = (
        given(viewing=500, one_paged=250).gives(0.50),
        given(viewing=0, one_paged=0).gives(None),
        # ben's two of anna's, ben's two and the tablet's, whose second page was in March
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(0.50),
    )

    @part("sessions with a page view", "Sitzungen mit Seitenaufruf")
    def viewing(self, sessions: Sessions) -> Reduction:
        return sessions.count(sessions.viewing())

    @part("of them with one page", "davon mit einer Seite")
    def one_paged(self, sessions: Sessions) -> Reduction:
        return sessions.count(sessions.one_paged())

    def value(self, viewing: Any, one_paged: Any) -> Any:
        return share(one_paged, viewing)
