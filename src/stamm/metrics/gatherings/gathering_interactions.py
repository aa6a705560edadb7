"""Interactions at gatherings."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.seats import Seats
from stamm.lang.example import given
from stamm.metrics.gatherings.registrations import SEATED
from stamm.metrics.kind import Metric, part


class GatheringInteractions(Metric):
    """How often customers took part in the gatherings that ended in the window, beyond being there.

    Votes, submissions and comments together.
    """

    de = "Interaktionen"
    sentence_de = "Wie oft sich Kunden bei den Treffen, die im Zeitraum endeten, zu Wort meldeten."
    unit, better = "count", "higher"
    n = "made"
    examples = (
        given(made=5).gives(5),
        given(made=0).gives(0),
        # anna 2 votes and a comment, cleo a vote and a submission; the webinar, where anna voted, ends in March
        given(attendances=SEATED, window="2024-02", as_of="2024-03-10").gives(5),
    )

    @part("votes, submissions and comments", "Stimmen, Einsendungen und Kommentare")
    def made(self, seats: Seats) -> Reduction:
        return seats.interactions()

    def value(self, made: Any) -> Any:
        return made
