"""How each customer began."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, moment, real, text
from stamm.facts.elapsed import days_between
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, rows

_ = ibis._


class FirstSteps(Derived):
    """How each customer began: the first visit and the first order, for those with a visit before it."""

    de = "Erste Schritte"
    sentence_de = "Wie jeder Kunde begann: erster Besuch und erste Bestellung, sofern ein Besuch davor lag."
    clock = "ordered_at"

    customer_id = text("who")
    visited_at = moment("the first visit")
    ordered_at = moment("the first order")
    days = real("days from the first visit to the first order")
    channel = dimension("channel of the first order")

    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind
                    e1        -            phone         2024-02-01T10:00  page
                    e2        anna         phone         2024-02-04T10:00  page
                    e3        ben          -             2024-02-09T10:00  page
                """),
                "orders": rows("""
                    order_id  customer_id  ordered_at        amount_minor
                    o1        anna         2024-02-05T10:00  1000
                    o2        ben          2024-02-08T10:00  1000
                    o3        cleo         2024-02-08T10:00  1000
                """),
            },
            gives=rows("""
                customer_id  visited_at        ordered_at        days
                anna         2024-02-01T10:00  2024-02-05T10:00  4
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("purchases", "identity")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        events = facts["identity"].filter(_.customer_id.notnull())
        visits = events.group_by(visitor=_.customer_id).aggregate(visited_at=_.happened_at.min())
        first = facts["purchases"].filter(_.position == 1)
        steps = first.inner_join(visits, first.customer_id == visits.visitor)
        steps = steps.filter(_.visited_at <= _.ordered_at)
        return steps.select(
            "customer_id",
            "visited_at",
            "ordered_at",
            "ordered_on",
            "channel",
            days=days_between(_.visited_at, _.ordered_at),
        )
