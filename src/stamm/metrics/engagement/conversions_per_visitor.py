"""Conversions per visitor."""

from __future__ import annotations

from typing import Any

from stamm.facts.identity import Identity
from stamm.facts.kind import Reduction
from stamm.lang.definition import Setting
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.lang.phrase import Phrase
from stamm.metrics.engagement.conversion_rate import VISITS
from stamm.metrics.kind import Metric, part


class ConversionsPerVisitor(Metric):
    """How often a visitor in the window did what the shop hopes for, on average.

    Each conversion counts, so one eager visitor can outweigh many, and it can exceed one.
    """

    de = "Konversionen je Besucher"
    sentence_de = "Wie oft ein Besucher im Zeitraum tat, was der Laden sich wünscht, im Mittel."
    unit, better, family = "ratio", "higher", "conversion"
    n = "visitors"
    event = Setting(
        "Order Completed",
        "Name of the event that is the conversion.",
        "Name des Ereignisses, das die Konversion ist.",
        title=Phrase("Conversion", "Konversion"),
    )
    examples = (
        given(visitors=400, conversions=30).gives(0.075),
        given(visitors=0, conversions=0).gives(None),
        # anna twice, the tablet once, by anna, ben, the tablet and dora: 3 / 4
        given(events=VISITS, window="2024-02", as_of="2024-04-01", settings={"event": "purchase"}).gives(0.75),
    )

    @part("visitors", "Besucher")
    def visitors(self, identity: Identity) -> Reduction:
        return identity.visitors()

    @part("conversions", "Konversionen")
    def conversions(self, identity: Identity) -> Reduction:
        return identity.count(identity.name == self.event)

    def value(self, visitors: Any, conversions: Any) -> Any:
        return ratio(conversions, visitors)
