"""Sessions not engaged."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.session_contents import SessionContents
from stamm.facts.sessions import Sessions
from stamm.lang.definition import Setting
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.lang.phrase import Phrase
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class SessionsNotEngaged(Metric):
    """Of all visits, the share that were short, saw at most one page and did not bring what the shop hopes for.

    Short is under 10 seconds; that and the event that is the conversion are settings. What Google Analytics 4 calls
    the bounce rate, of all visits there too, also those without a page: who reads one page for a minute has not
    bounced, if anything tells of the minute.
    """

    en = "Sessions not engaged"
    de = "Sitzungen ohne Beteiligung"
    sentence_de = "Anteil aller Besuche, die kurz waren, höchstens eine Seite sahen und keine Konversion brachten."
    unit, better, family = "share", "lower", "bounce"
    interval = Wilson("brief", "sessions", less="converted")
    event = Setting(
        "Order Completed",
        "Name of the event that is the conversion.",
        "Name des Ereignisses, das die Konversion ist.",
        title=Phrase("Conversion", "Konversion"),
    )
    seconds = Setting(
        10,
        "A visit of so many seconds is engaged.",
        "Ab so vielen Sekunden gilt ein Besuch als beteiligt.",
        low=0,
        title=Phrase("Seconds until engaged", "Sekunden bis zur Beteiligung"),
    )
    examples = (
        given(sessions=500, brief=200, converted=20).gives(0.36),
        given(sessions=0, brief=0, converted=0).gives(None),
        # ben's two and cleo's of five
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(0.60),
        # cleo's brought one
        given(events=BROWSING, window="2024-02", as_of="2024-04-01", settings={"event": "opened"}).gives(0.40),
        # ben's second lasted 8 seconds
        given(events=BROWSING, window="2024-02", as_of="2024-04-01", settings={"seconds": 8}).gives(0.40),
    )

    @part("sessions", "Sitzungen")
    def sessions(self, sessions: Sessions) -> Reduction:
        return sessions.count()

    @part("short ones of at most one page", "kurze mit höchstens einer Seite")
    def brief(self, sessions: Sessions) -> Reduction:
        return sessions.count(sessions.brief(self.seconds))

    @part("of these with a conversion", "davon mit Konversion")
    def converted(self, session_contents: SessionContents) -> Reduction:
        return session_contents.count((session_contents.name == self.event) & session_contents.brief(self.seconds))

    def value(self, sessions: Any, brief: Any, converted: Any) -> Any:
        return share(brief - converted, sessions)
