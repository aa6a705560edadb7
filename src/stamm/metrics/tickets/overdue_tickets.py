"""Overdue tickets."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.tickets import Tickets
from stamm.lang.definition import Setting
from stamm.lang.example import given
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, part
from stamm.metrics.tickets.tickets_opened import REQUESTS


class OverdueTickets(Metric):
    """How many requests had waited too long for a solution when the window ended.

    Opened more than `hours` before its end, ever, and not resolved by it or open again at it. A state at the window's
    end, so longer windows do not count more. Of a request resolved twice only the last time is known: between the two
    it counts as open.
    """

    de = "Überfällige Tickets"
    sentence_de = "Wie viele Anfragen am Ende des Zeitraums schon zu lange auf eine Lösung warteten."
    unit, better = "count", "lower"
    n = "overdue"
    hours = Setting(
        48,
        "Hours after which a request that is not resolved is overdue.",
        "Stunden, nach denen eine ungelöste Anfrage überfällig ist.",
        low=0,
        title=Phrase("Hours until overdue", "Stunden bis überfällig"),
    )
    examples = (
        given(overdue=3).gives(3),
        given(overdue=0).gives(0),
        # cleo's, open again, and fay's, resolved just when February is over; emil's is exactly 48 hours old
        given(tickets=REQUESTS, window="2024-02", as_of="2024-04-01").gives(2),
        # from a day on, emil's and dora's, too
        given(tickets=REQUESTS, window="2024-02", as_of="2024-04-01", settings={"hours": 24}).gives(4),
    )

    @part("open for too long", "zu lange offen")
    def overdue(self, tickets: Tickets) -> Reduction:
        return tickets.overdue(self.hours)

    def value(self, overdue: Any) -> Any:
        return overdue
