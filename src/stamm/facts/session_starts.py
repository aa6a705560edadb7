"""Each event with the beginning of its visit, and without what else is known of the visit."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, moment, text
from stamm.facts.events import KINDS_IN_WORDS
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.session_spans import MINUTE, begun, stretch
from stamm.lang.example import TableExample, rows

_ = ibis._


class SessionStarts(Derived):
    """Each event with the session it belongs to, told by when that began.

    The events of sessions with fewer columns. An event belongs to the session of its stretch of the clock, so events
    need not be put in order.
    """

    de = "Ereignisse mit Sitzungsbeginn"
    sentence_de = "Jedes Ereignis mit dem Beginn der Sitzung, zu der es gehört."
    clock = "happened_at"

    event_id = text("the event")
    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    happened_at = moment("when it happened")
    kind = dimension(KINDS_IN_WORDS)
    name = dimension("the event's name")
    page = dimension("the page's path")
    referrer = dimension("where the visitor came from")
    medium = dimension("kind of origin")
    campaign = dimension("the campaign that brought the visit")
    channel = dimension("web, app, server, chat ...")
    started_at = moment("the session's first event")

    # exactly half an hour does not cut, and midnight does not either
    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at          kind
                    e1        anna         -             2024-02-01T23:50:00  track
                    e2        anna         -             2024-02-02T00:20:00  page
                    e3        anna         -             2024-02-02T00:50:01  page
                    e4        -            phone         2024-02-02T00:20:00  track
                """),
            },
            gives=rows("""
                event_id  visitor_id     kind   started_at
                e1        customer:anna  track  2024-02-01T23:50:00
                e2        customer:anna  page   2024-02-01T23:50:00
                e3        customer:anna  page   2024-02-02T00:50:01
                e4        visitor:phone  track  2024-02-02T00:20:00
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("identity",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        pause = facts.rules.session_minutes * MINUTE
        events = facts["identity"].mutate(stretch=stretch(_.happened_at, pause))
        parts = events.group_by("visitor_id", "stretch").aggregate(
            started_at=_.happened_at.min(), ended_at=_.happened_at.max()
        )
        placed = begun(parts, ["started_at"], pause).select(visitor=_.visitor_id, within=_.stretch, began_at=_.began_at)
        found = events.inner_join(placed, [events.visitor_id == placed.visitor, events.stretch == placed.within])
        return found.drop("visitor", "within", "stretch").rename(started_at="began_at")
