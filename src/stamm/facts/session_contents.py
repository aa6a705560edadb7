"""What happened in each visit."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, real, text, whole
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.sessions import Sessions
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

#: anna looks twice and pays in half a minute; ben likes in a visit of one event, twice
_EVENTS = rows("""
    event_id  customer_id  happened_at          kind   name
    e1        anna         2024-02-01T10:00:00  page   looked
    e2        anna         2024-02-01T10:00:10  page   looked
    e3        anna         2024-02-01T10:00:30  track  paid
    e4        anna         2024-02-01T10:00:30  track  -
    e5        ben          2024-02-01T10:00:00  track  liked
    e6        ben          2024-02-02T10:00:00  track  liked
""")


class SessionContents(Derived):
    """What happened in each visit: one row a visit and name of an event, however often it happened."""

    de = "Inhalt der Sitzungen"
    sentence_de = "Was in jedem Besuch geschah: eine Zeile je Besuch und Name eines Ereignisses."
    clock = "started_at"

    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    started_at = moment("the visit's first event")
    name = dimension("the name of what happened")
    seconds = real("seconds from the visit's first to its last event")
    page_views = whole("pages and screens seen in the visit")
    entry_page = dimension("the first page or screen seen")
    exit_page = dimension("the last page or screen seen")
    referrer = dimension("where the visit's first event came from")
    medium = dimension("kind of origin of its first event")
    campaign = dimension("campaign of its first event")
    channel = dimension("channel of its first event")

    examples = (
        TableExample(
            facts={"events": _EVENTS},
            gives=rows("""
                visitor_id     started_at        name    seconds  page_views
                customer:anna  2024-02-01T10:00  looked  30       2
                customer:anna  2024-02-01T10:00  paid    30       2
                customer:ben   2024-02-01T10:00  liked   0        0
                customer:ben   2024-02-02T10:00  liked   0        0
            """),
        ),
        VerbExample(facts={"events": _EVENTS}, window="2024-02", gives={"brief(10)": 2}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("sessions", "session_events")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        named = facts["session_events"].filter(_.name.notnull())
        named = named.select(visitor=_.visitor_id, began_at=_.started_at, name=_.name).distinct()
        sessions = facts["sessions"]
        both = sessions.inner_join(named, [sessions.visitor_id == named.visitor, sessions.started_at == named.began_at])
        return both.drop("visitor", "began_at")

    def brief(self, seconds: float) -> Deferred:
        """What happened in visits shorter than so many seconds, with fewer than two pages and screens."""
        return Sessions().brief(seconds)
