"""Visitors."""

from __future__ import annotations

from typing import Any

from stamm.facts.identity import Identity
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class Visitors(Metric):
    """How many different visitors did anything in the window.

    Visitors are persons where they are known and devices where they are not; a device that turns out to be
    somebody's is that person, before and after. Visitors of shorter windows do not add up to those of a longer
    one, because who comes twice is one visitor.
    """

    de = "Besucher"
    sentence_de = "Wie viele verschiedene Besucher im Zeitraum irgendetwas taten."
    unit, better = "count", "higher"
    n = "seen"
    examples = (
        given(seen=400).gives(400),
        given(seen=0).gives(0),
        # anna (the phone is hers), ben, cleo and the tablet
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(4),
    )

    @part("visitors", "Besucher")
    def seen(self, identity: Identity) -> Reduction:
        return identity.visitors()

    def value(self, seen: Any) -> Any:
        return seen
