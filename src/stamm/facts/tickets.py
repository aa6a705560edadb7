"""Requests to customer service."""

from __future__ import annotations

import ibis
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, real, text
from stamm.facts.elapsed import hours_between, minutes_between
from stamm.facts.kind import Imported, Reduction
from stamm.lang.example import VerbExample, rows

_ = ibis._


class Tickets(Imported):
    """What customers asked of customer service, one row a ticket.

    A ticket reopened after its resolution is open. A row knows its last resolution and its last reopening only,
    so a ticket resolved twice counts as open until the second time.
    """

    de = "Tickets"
    sentence_de = "Womit sich Kunden an den Kundendienst gewandt haben, eine Zeile je Ticket."
    key_columns = ("ticket_id",)
    clock = "opened_at"
    clocks = ("opened_at", "resolved_at")
    reaches = ("first_reply_at", "resolved_at", "reopened_at")

    ticket_id = text("the ticket's number", required=True, personal=False)
    customer_id = text("who asked; empty where unknown", personal=True)
    channel = dimension("email, telephone, chat ...", personal=False)
    opened_at = moment("when it was opened", required=True)
    first_reply_at = moment("when it was first answered", follows="opened_at")
    resolved_at = moment("when it was last resolved", follows="opened_at")
    reopened_at = moment("when it was last opened again", follows="opened_at")
    topic = dimension("what it is about", personal=False)
    minutes_spent = real("minutes of work", low=0)

    # ben's was opened again and then resolved, cleo's is open again; dora's was opened 39 hours before the window's
    # end; emil's is from January
    examples = (
        VerbExample(
            facts={
                "tickets": rows("""
                    ticket_id  opened_at         first_reply_at    resolved_at       reopened_at       minutes_spent
                    anna       2024-02-01T09:00  2024-02-01T09:10  2024-02-01T13:00  -                 12
                    ben        2024-02-05T09:00  2024-02-05T09:30  2024-02-06T09:00  2024-02-05T20:00  30
                    cleo       2024-02-10T09:00  2024-02-10T10:00  2024-02-11T09:00  2024-02-12T09:00  20
                    dora       2024-02-28T09:00  -                 -                 -                 -
                    emil       2024-01-30T09:00  2024-01-30T09:20  2024-02-02T09:00  -                 45
                """),
            },
            window="2024-02",
            gives={
                "opened": 4,
                "replied": 3,
                "resolved": 2,
                "closed": 3,
                "first_response": 30,
                "resolution": 24,
                "resolved_by(window.end)": 2,
                "overdue": 1,
                "overdue(24)": 2,
                "minutes": 62,
            },
        ),
    )

    def opened(self) -> Reduction:
        """Number of tickets."""
        return self.count()

    def replied(self) -> Deferred:
        """Tickets that were answered."""
        return self.first_reply_at.notnull()

    def resolved(self) -> Deferred:
        """Tickets that are resolved and not open again."""
        again = self.reopened_at.notnull() & (self.reopened_at > self.resolved_at)
        return self.resolved_at.notnull() & ~again

    def resolved_by(self, moment: Deferred) -> Deferred:
        """Tickets resolved before a moment and not open again before it."""
        again = self.reopened_at.notnull() & (self.reopened_at > self.resolved_at) & (self.reopened_at < moment)
        return self.resolved_at.notnull() & (self.resolved_at < moment) & ~again

    def first_response(self) -> Reduction:
        """Median minutes from the opening to the first reply, of tickets opened in the window and answered."""
        return self.median(minutes_between(self.opened_at, self.first_reply_at), self.replied())

    def closed(self) -> Reduction:
        """Number of tickets resolved in the window, whenever they were opened, and not open again."""
        return self.by(Tickets.resolved_at).count(self.resolved())

    def resolution(self) -> Reduction:
        """Median hours from the opening to the last resolution, of the same."""
        closed = self.by(Tickets.resolved_at)
        return closed.median(hours_between(self.opened_at, self.resolved_at), self.resolved())

    def overdue(self, hours: int = 48) -> Reduction:
        """Tickets opened more than so many hours before the window's end and not resolved by it."""
        late = self.opened_at < _.window_end - ibis.interval(hours=hours)
        return self.so_far().count(late & ~self.resolved_by(_.window_end))

    def minutes(self) -> Reduction:
        """Minutes of work spent on tickets opened in the window."""
        return self.sum(self.minutes_spent)
