"""Tickets opened."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.tickets import Tickets
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, part

#: anna's is resolved at once; ben's was opened again and resolved again; cleo's is open again; dora's is 39 hours old
#: when February ends, emil's exactly 48 and fay's a minute more; gus's is from January
REQUESTS = rows("""
    ticket_id  customer_id  opened_at         first_reply_at    resolved_at       reopened_at
    t1         anna         2024-02-01T00:00  2024-02-01T00:10  2024-02-01T04:00  -
    t2         ben          2024-02-05T09:00  2024-02-05T09:30  2024-02-06T09:00  2024-02-05T20:00
    t3         cleo         2024-02-10T09:00  2024-02-10T10:20  2024-02-12T08:00  2024-02-12T09:00
    t4         dora         2024-02-28T09:00  -                 -                 -
    t5         emil         2024-02-28T00:00  2024-02-28T00:50  2024-03-05T00:00  -
    t6         fay          2024-02-27T23:59  -                 2024-03-01T00:00  -
    t7         gus          2024-01-31T23:00  2024-02-01T23:00  2024-02-02T23:00  -
""")


class TicketsOpened(Metric):
    """How many requests to customer service were opened in the window.

    One that was opened again later counts once, when it was first opened.
    """

    de = "Tickets"
    sentence_de = "Wie viele Anfragen an den Kundendienst im Zeitraum eröffnet wurden."
    unit, better = "count", "neither"
    n = "opened"
    examples = (
        given(opened=120).gives(120),
        given(opened=0).gives(0),
        # all but gus's
        given(tickets=REQUESTS, window="2024-02", as_of="2024-04-01").gives(6),
    )

    @part("tickets opened", "eröffnete Tickets")
    def opened(self, tickets: Tickets) -> Reduction:
        return tickets.opened()

    def value(self, opened: Any) -> Any:
        return opened
