"""First response time."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.tickets import Tickets
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.tickets.tickets_opened import REQUESTS


class FirstResponseTime(Metric):
    """How many minutes half of the requests opened in the window waited at most for a first reply.

    The median of those replied to so far, by the moment of opening; of an even number it lies midway between the
    two in the middle. Requests nobody has replied to are not in it: their number stands beside it, and while it is
    large the median flatters. Minutes run around the clock, at night and on holidays, too.
    """

    de = "Erste Antwortzeit"
    sentence_de = "Wie viele Minuten die Hälfte der im Zeitraum eröffneten Anfragen höchstens auf eine Antwort wartete."
    also = "FRT"
    unit, better = "minutes", "lower"
    n = "replied"
    examples = (
        given(minutes=30).gives(30),
        given(minutes=None).gives(None),
        # 10, 30, 50 and 80 minutes: midway between 30 and 50. Dora and fay wait, gus asked in January
        given(tickets=REQUESTS, window="2024-02", as_of="2024-04-01").gives(40),
    )

    @part("median minutes to the first reply", "Minuten bis zur ersten Antwort, Median", "minutes")
    def minutes(self, tickets: Tickets) -> Reduction:
        return tickets.first_response()

    @part("replied to", "beantwortete")
    def replied(self, tickets: Tickets) -> Reduction:
        return tickets.count(tickets.replied())

    @part("not replied to so far", "bisher unbeantwortet")
    def unreplied(self, tickets: Tickets) -> Reduction:
        return tickets.count(~tickets.replied())

    def value(self, minutes: Any) -> Any:
        return minutes
