"""What each customer did, day by day."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from stamm.facts.columns import day, moment, text, whole
from stamm.facts.events import Events
from stamm.facts.identity import Identity
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.facts.owners import owned
from stamm.lang.example import TableExample, VerbExample, rows

_SEEN = {
    "events": rows("""
        event_id  customer_id  anonymous_id  happened_at       kind
        e1        -            phone         2024-02-01T09:00  page
        e2        -            phone         2024-02-01T09:30  track
        e3        anna         laptop        2024-02-01T10:00  page
        e4        -            phone         2024-02-02T10:00  page
        e5        -            tablet        2024-02-02T11:00  screen
    """),
    "links": rows("""
        anonymous_id  linked_at         customer_id  unlinked_at
        phone         2024-02-09T09:00  anna         -
        tablet        2024-02-09T09:00  anna         2024-02-10T09:00
    """),
}


class CustomerDays(Derived):
    """What each customer, or visitor nobody knows yet, did on each local day: events, pages seen, actions.

    A customer with several devices may have several rows a day, so count customers, not rows. Whole days of
    events are answered from here instead of from the events, wherever that gives exactly the same.
    """

    de = "Kundentage"
    sentence_de = (
        "Was jeder Kunde oder noch unbekannte Besucher an jedem Kalendertag tat: Ereignisse, Seiten, Handlungen."
    )
    clock = "first_at"
    side_needs = ("owners",)

    visitor_id = text("the customer, else the anonymous visitor")
    customer_id = text("the customer, empty while unknown")
    first_at = moment("the first event of the row")
    first_on = day("the local day")
    events = whole("events")
    page_views = whole("pages and screens seen")
    actions = whole("track events")

    examples = (
        TableExample(
            facts=_SEEN,
            gives=rows("""
                visitor_id      customer_id  first_on    events  page_views  actions
                customer:anna   anna         2024-02-01  2       1           1
                customer:anna   anna         2024-02-01  1       1           0
                customer:anna   anna         2024-02-02  1       1           0
                visitor:tablet  -            2024-02-02  1       1           0
            """),
        ),
        VerbExample(facts=_SEEN, window="2024-02-01", gives={"count": 2, "customers": 1}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("device_days",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        return owned(facts["device_days"], facts["owners"], "first_at").select(*cls.columns())

    @classmethod
    def stands_for(cls) -> Iterator[tuple[Reduction, Reduction]]:
        seen, days, kinds = Identity(), cls(), Events()
        for who in (seen.visitor_id, seen.customer_id):
            yield seen.distinct(who), days.distinct(who)
            yield seen.distinct(who, kinds.views()), days.distinct(who, days.page_views > 0)
            yield seen.distinct(who, kinds.actions()), days.distinct(who, days.actions > 0)
        yield seen.count(), days.sum(days.events)
        yield seen.count(kinds.views()), days.sum(days.page_views)
        yield seen.count(kinds.actions()), days.sum(days.actions)
