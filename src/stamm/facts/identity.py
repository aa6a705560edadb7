"""Whose an event is."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, text
from stamm.facts.events import KINDS_IN_WORDS, Events
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.facts.owners import owned
from stamm.lang.example import TableExample, VerbExample, rows

_SEEN = {
    "events": rows("""
        event_id  customer_id  anonymous_id  happened_at       kind
        e1        -            phone         2024-02-01T10:00  page
        e2        anna         phone         2024-02-02T10:00  page
        e3        -            phone         2024-02-03T10:00  page
        e4        ben          phone         2024-02-04T10:00  page
        e5        -            phone         2024-02-05T10:00  page
        e6        -            tablet        2024-02-05T11:00  page
    """),
    "links": rows("""
        anonymous_id  linked_at         customer_id  unlinked_at
        tablet        2024-02-05T09:00  cleo         2024-02-06T09:00
    """),
}


class Identity(Derived):
    """Whose each event is: an anonymous visitor's events belong to the customer they turned out to be.

    The customer of the last link of the event's anonymous_id at or before it, else of the first link after
    it. An event that carries both ids is a link; a link taken back counts for nothing. Of two links at the
    same moment the one with the greater customer_id is the later.
    """

    de = "Identität"
    sentence_de = (
        "Wem jedes Ereignis gehört: Anonyme Besuche zählen zu dem Kunden, als der sich der Besucher herausstellt."
    )
    clock = "happened_at"
    side_needs = ("owners",)

    event_id = text("the event")
    visitor_id = text("the customer, else the anonymous visitor")
    customer_id = text("the customer, empty while unknown")
    happened_at = moment("when it happened")
    kind = dimension(KINDS_IN_WORDS)
    name = dimension("the event's name")
    page = dimension("the page's path")
    referrer = dimension("where the visitor came from")
    medium = dimension("kind of origin")
    campaign = dimension("the campaign that brought the visit")
    channel = dimension("web, app, server, chat ...")

    examples = (
        TableExample(
            facts=_SEEN,
            gives=rows("""
                event_id  customer_id  visitor_id
                e1        anna         customer:anna
                e2        anna         customer:anna
                e3        anna         customer:anna
                e4        ben          customer:ben
                e5        ben          customer:ben
                e6        -            visitor:tablet
            """),
        ),
        VerbExample(facts=_SEEN, window="2024-02", gives={"visitors": 3, "views": 6}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("events",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        return owned(facts["events"], facts["owners"], "happened_at")

    def views(self) -> Deferred:
        """Pages and screens seen."""
        return Events().views()

    def visitors(self, where: Deferred | None = None) -> Reduction:
        """How many different visitors."""
        return self.distinct(self.visitor_id, where)
