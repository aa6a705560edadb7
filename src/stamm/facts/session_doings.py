"""What happened in each visit, without where it came from."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import moment, real, text, whole
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.session_spans import MINUTE, begun, stretch, stretches
from stamm.lang.example import TableExample, rows

_ = ibis._


class SessionDoings(Derived):
    """What happened in each visit: one row a visit and name of an event, however often it happened.

    The rows of the contents of sessions with fewer columns. An event belongs to the session of its stretch of the
    clock, so events need not be put in order.
    """

    de = "Geschehen der Sitzungen"
    sentence_de = "Was in jedem Besuch geschah: eine Zeile je Besuch und Name eines Ereignisses."
    clock = "started_at"
    narrows = "session_contents"

    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    started_at = moment("the visit's first event")
    name = text("the name of what happened")
    seconds = real("seconds from the visit's first to its last event")
    page_views = whole("pages and screens seen in the visit")

    # half an hour on, anna still looks and pays in one visit; ben's two visits lie more than that apart
    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  happened_at          kind   name
                    e1        anna         2024-02-01T10:00:00  page   looked
                    e2        anna         2024-02-01T10:30:00  page   looked
                    e3        anna         2024-02-01T10:30:00  track  paid
                    e4        anna         2024-02-01T10:30:10  track  -
                    e5        ben          2024-02-01T10:00:00  track  liked
                    e6        ben          2024-02-01T10:30:01  track  liked
                """),
            },
            gives=rows("""
                visitor_id     started_at           name    seconds  page_views
                customer:anna  2024-02-01T10:00:00  looked  1810     2
                customer:anna  2024-02-01T10:00:00  paid    1810     2
                customer:ben   2024-02-01T10:00:00  liked   0        0
                customer:ben   2024-02-01T10:30:01  liked   0        0
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("session_spans", "identity")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        pause = facts.rules.session_minutes * MINUTE
        events, spans = facts["identity"], facts["session_spans"]
        placed = begun(stretches(events, pause), ["started_at"], pause)
        named = events.filter(_.name.notnull())
        named = named.select(visitor=_.visitor_id, within=stretch(_.happened_at, pause), name=_.name).distinct()
        named = named.inner_join(placed, [named.visitor == placed.visitor_id, named.within == placed.stretch])
        named = named.select("visitor", "began_at", "name").distinct()
        both = spans.inner_join(named, [spans.visitor_id == named.visitor, spans.started_at == named.began_at])
        return both.drop("visitor", "began_at")
