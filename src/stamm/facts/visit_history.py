"""Each visitor's visits in a row."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, real, text, whole
from stamm.facts.elapsed import days_between
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

#: the phone turns out to be anna's; the tablet is nobody's
_EVENTS = rows("""
    event_id  customer_id  anonymous_id  happened_at       kind
    e1        -            phone         2024-01-30T10:00  page
    e2        anna         phone         2024-02-02T10:00  page
    e3        anna         -             2024-02-02T10:10  page
    e4        anna         -             2024-02-02T22:10  page
    e5        -            tablet        2024-02-03T10:00  page
    e6        ben          -             2024-02-04T10:00  page
    e7        ben          -             2024-03-04T10:00  page
""")


class VisitHistory(Derived):
    """Each visitor's visits in a row: which one it was, and how long after the start of the one before."""

    de = "Besuchsfolge"
    sentence_de = "Die Besuche jedes Besuchers der Reihe nach: der wievielte, und wie lange nach Beginn des vorigen."
    clock = "started_at"

    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    started_at = moment("its first event")
    position = whole("1 for the visitor's first visit, 2 for the second ...")
    previous_at = moment("the start of the visit before")
    gap_days = real("days since the start of the visit before")
    entry_page = dimension("the first page or screen seen")
    referrer = dimension("where its first event came from")
    medium = dimension("kind of origin of its first event")
    campaign = dimension("campaign of its first event")
    channel = dimension("channel of its first event")

    examples = (
        TableExample(
            facts={"events": _EVENTS},
            gives=rows("""
                visitor_id      started_at        position  gap_days
                customer:anna   2024-01-30T10:00  1         -
                customer:anna   2024-02-02T10:00  2         3
                customer:anna   2024-02-02T22:10  3         0.5069444444444444
                customer:ben    2024-02-04T10:00  1         -
                customer:ben    2024-03-04T10:00  2         29
                visitor:tablet  2024-02-03T10:00  1         -
            """),
        ),
        VerbExample(facts={"events": _EVENTS}, window="2024-02", gives={"first": 2, "again": 2}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("sessions",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        return in_a_row(facts["sessions"])

    def first(self) -> Deferred:
        """The visitor's first visit ever."""
        return self.position == 1

    def again(self) -> Deferred:
        """Visits of somebody who had been here before."""
        return self.position >= 2


def in_a_row(visits: ir.Table) -> ir.Table:
    """Visits with their `position`, `previous_at` and `gap_days`."""
    order = ibis.window(group_by="visitor_id", order_by="started_at")
    visits = visits.mutate(position=ibis.row_number().over(order) + 1, previous_at=_.started_at.lag().over(order))
    return visits.mutate(gap_days=days_between(_.previous_at, _.started_at))
