"""How often somebody looked at a page."""

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

#: what a path ends in that stands for all that begin so
ANY = "*"
_SEEN = {
    "events": rows("""
        event_id  customer_id  anonymous_id  happened_at       kind   page
        e1        anna         -             2024-02-01T10:00  page   /pricing
        e2        -            phone         2024-02-10T10:00  page   /pricing
        e3        ben          phone         2024-03-01T10:00  page   /
        e4        cleo         -             2024-02-10T10:00  track  /pricing
        e5        dora         -             2024-02-10T10:00  page   /pricing/team
        e6        dora         -             2024-02-10T11:00  page   /pricing
    """),
    "customers": rows("""
        customer_id  valid_from
        anna         2024-01-01
        ben          2024-01-01
        cleo         2024-01-01
        dora         2024-01-01
    """),
}


class Visited(Operator):
    """Customers who looked at a page so often, on the web or in the app; /shop/* stands for all that begin with /shop/.

    What somebody did before they said who they are counts once it is known whose device it was.
    """

    de = "Seite gesehen"
    sentence_de = (
        "Kunden, die eine Seite so oft sahen, im Web oder in der App; /shop/* steht für alle, die so beginnen."
    )
    says = Phrase("who saw {page} {compare} {times} {days}", "die {days} {compare} {times} {page} sahen")
    denies = Phrase(
        "who did not see {page} {compare} {times} {days}", "die {days} nicht {compare} {times} {page} sahen"
    )
    facts = ("identity",)

    page = Word("/", "The page's path.", "Der Pfad der Seite.", title=Phrase("page", "Seite"), of=("events", "page"))
    compare = comparison()
    times = Times()
    days = Lately()

    # that the phone is ben's is known from March on; what cleo did there was no looking
    examples = (
        example(_SEEN, "2024-03-01", "anna dora", page="/pricing"),
        example(_SEEN, "2024-03-01", "dora", page="/pricing*", times=2, days=29),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        path = str(self.page)
        page = _.page.startswith(path.removesuffix(ANY)) if path.endswith(ANY) else _.page == path
        seen = (Events().views() & page).coalesce(False) & then.within("happened_on", self.days)
        return (
            f"{self.key} {path} {self.days}",
            then.whose_events(seen),
            _.count(),
            compared(_.coalesce(0), self.compare, self.times),
        )
