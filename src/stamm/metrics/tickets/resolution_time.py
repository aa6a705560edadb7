"""Resolution time."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.tickets import Tickets
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.tickets.tickets_opened import REQUESTS


class ResolutionTime(Metric):
    """How many hours half of the requests resolved in the window had taken at most, from the opening.

    The median over the requests whose last resolution lies in the window, whenever they were opened; one opened
    again after it is open and not in it. Hours run around the clock. What is never resolved is never in it:
    overdue_tickets tells of that.
    """

    de = "Lösungszeit"
    sentence_de = "Wie viele Stunden die Hälfte der im Zeitraum gelösten Anfragen höchstens gedauert hat."
    unit, better = "hours", "lower"
    n = "closed"
    examples = (
        given(hours=24).gives(24),
        given(hours=None).gives(None),
        # anna's 4, ben's 24 up to the last time, gus's 48; cleo's is open again, emil's and fay's are of March
        given(tickets=REQUESTS, window="2024-02", as_of="2024-04-01").gives(24),
    )

    @part("median hours to the resolution", "Stunden bis zur Lösung, Median", "hours")
    def hours(self, tickets: Tickets) -> Reduction:
        return tickets.resolution()

    @part("resolved", "gelöste")
    def closed(self, tickets: Tickets) -> Reduction:
        return tickets.closed()

    def value(self, hours: Any) -> Any:
        return hours
