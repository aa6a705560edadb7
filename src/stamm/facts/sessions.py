"""Visits: one visitor's events without a long pause."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, moment, text, whole
from stamm.facts.events import Events
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, rows

_ = ibis._


class Sessions(Derived):
    """Visits: one visitor's events in order, cut where more than 30 minutes pass between two.

    Exactly 30 minutes do not cut, midnight does not either. A session belongs to the window in which it
    starts. Its channel is that of its first event.
    """

    de = "Sitzungen"
    sentence_de = "Besuche: die Ereignisse eines Besuchers der Reihe nach, getrennt durch mehr als 30 Minuten Pause."
    clock = "started_at"

    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    started_at = moment("its first event")
    ended_at = moment("its last event")
    page_views = whole("pages and screens seen")
    actions = whole("track events")
    channel = dimension("channel of its first event")

    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind   channel
                    e1        anna         -             2024-02-01T23:50  page   web
                    e2        anna         -             2024-02-02T00:20  track  web
                    e3        anna         -             2024-02-02T00:51  page   app
                    e4        -            phone         2024-02-02T00:51  page   web
                """),
            },
            gives=rows("""
                visitor_id     started_at        ended_at          page_views  actions  channel
                customer:anna  2024-02-01T23:50  2024-02-02T00:20  1           1        web
                customer:anna  2024-02-02T00:51  2024-02-02T00:51  1           0        app
                visitor:phone  2024-02-02T00:51  2024-02-02T00:51  1           0        web
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("identity",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        events = facts["identity"]
        order = ibis.window(group_by="visitor_id", order_by=["happened_at", "event_id"])
        pause = ibis.interval(minutes=facts.rules.session_minutes)
        events = events.mutate(before=_.happened_at.lag().over(order))
        events = events.mutate(cut=(_.before.isnull() | (_.happened_at > _.before + pause)).cast("int64"))
        running = ibis.window(group_by="visitor_id", order_by=["happened_at", "event_id"], following=0)
        events = events.mutate(number=_.cut.sum().over(running))
        return events.group_by("visitor_id", "number").aggregate(
            customer_id=_.customer_id.max(),
            started_at=_.happened_at.min(),
            started_on=_.happened_on.min(),
            ended_at=_.happened_at.max(),
            page_views=_.count(where=Events().views()),
            actions=_.count(where=Events().actions()),
            channel=_.channel.max(where=_.cut == 1),
        )
