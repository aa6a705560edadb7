"""How often somebody asked for help."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Lately, Times, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._


class OpenedTicket(Operator):
    """Customers who opened a ticket so often."""

    de = "Tickets"
    sentence_de = "Kunden, die so oft ein Ticket eröffneten."
    says = Phrase("who opened a ticket {compare} {times} {days}", "die {days} {compare} {times} ein Ticket eröffneten")
    denies = Phrase(
        "who did not open a ticket {compare} {times} {days}", "die {days} nicht {compare} {times} ein Ticket eröffneten"
    )
    facts = ("tickets",)

    compare = comparison()
    times = Times()
    days = Lately()

    examples = (
        example(
            {
                "tickets": rows("""
                    ticket_id  customer_id  opened_at
                    t1         anna         2024-02-01T00:00
                    t2         ben          2024-01-30T23:59
                    t3         cleo         2024-03-01T00:00
                    t4         -            2024-02-10T10:00
                """),
            },
            "2024-03-01",
            "anna",
            days=30,
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        times = then.within("opened_on", self.days).ifelse(1, 0).sum()
        return "tickets", then.so_far("tickets"), times, compared(_.coalesce(0), self.compare, self.times)
