"""How often somebody did something."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.events import Events
from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Lately, Times, Word, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._


class Did(Operator):
    """Customers who did something so often, by the name of the event, on web, app or server."""

    de = "Etwas getan"
    sentence_de = "Kunden, die etwas so oft taten, nach dem Namen des Ereignisses, im Web, in der App oder am Server."
    says = Phrase("who did {name} {compare} {times} {days}", "die {days} {compare} {times} {name} taten")
    denies = Phrase("who did not do {name} {compare} {times} {days}", "die {days} nicht {compare} {times} {name} taten")
    facts = ("identity",)

    name = Word(
        "Signed up",
        "The event's name.",
        "Der Name des Ereignisses.",
        title=Phrase("event", "Ereignis"),
        of=("events", "name"),
    )
    compare = comparison()
    times = Times()
    days = Lately()

    # cleo's is a page of that name, emil's comes as the day begins
    examples = (
        example(
            {
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind   name
                    e1        anna         -             2024-02-01T10:00  track  searched
                    e2        anna         -             2024-02-29T10:00  track  searched
                    e3        ben          -             2024-01-30T10:00  track  searched
                    e4        ben          -             2024-02-10T10:00  track  searched
                    e5        cleo         -             2024-02-10T10:00  page   searched
                    e6        emil         -             2024-03-01T00:00  track  searched
                """),
                "customers": rows("""
                    customer_id  valid_from
                    anna         2024-01-01
                    ben          2024-01-01
                    cleo         2024-01-01
                    emil         2024-01-01
                """),
            },
            "2024-03-01",
            "anna",
            name="searched",
            times=2,
            days=30,
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        done = (Events().actions() & (_.name == self.name)).coalesce(False) & then.within("happened_on", self.days)
        return (
            f"{self.key} {self.name} {self.days}",
            then.whose_events(done),
            _.count(),
            compared(_.coalesce(0), self.compare, self.times),
        )
