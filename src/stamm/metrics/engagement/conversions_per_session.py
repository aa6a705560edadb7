"""Conversions per session."""

from __future__ import annotations

from typing import Any

from stamm.facts.identity import Identity
from stamm.facts.kind import Reduction
from stamm.facts.sessions import Sessions
from stamm.lang.definition import Setting
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.lang.phrase import Phrase
from stamm.metrics.engagement.conversion_rate import VISITS
from stamm.metrics.kind import Metric, part


class ConversionsPerSession(Metric):
    """How often what the shop hopes for happened per visit, on average.

    What many web analytics tools call the conversion rate. Conversions count by their own moment and sessions
    by their start, so a session that runs over the window's edge can lie on one side and its conversion on
    the other. Who visits often before buying pulls it down.
    """

    de = "Konversionen je Sitzung"
    sentence_de = "Wie oft je Besuch geschah, was der Laden sich wünscht, im Mittel."
    unit, better, family = "ratio", "higher", "conversion"
    n = "sessions"
    event = Setting(
        "Order Completed",
        "Name of the event that is the conversion.",
        "Name des Ereignisses, das die Konversion ist.",
        title=Phrase("Conversion", "Konversion"),
    )
    examples = (
        given(sessions=600, conversions=30).gives(0.05),
        given(sessions=0, conversions=0).gives(None),
        # anna 1, ben 2, the tablet 1 and dora 1 session begun in February, whose purchase is in March: 3 / 5
        given(events=VISITS, window="2024-02", as_of="2024-04-01", settings={"event": "purchase"}).gives(0.60),
    )

    @part("sessions", "Sitzungen")
    def sessions(self, sessions: Sessions) -> Reduction:
        return sessions.count()

    @part("conversions", "Konversionen")
    def conversions(self, identity: Identity) -> Reduction:
        return identity.count(identity.name == self.event)

    def value(self, sessions: Any, conversions: Any) -> Any:
        return ratio(conversions, sessions)
