"""Each visitor's visits in a row, without where they came from."""

from __future__ import annotations

import ibis.expr.types as ir

from stamm.facts.columns import moment, real, text, whole
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.visit_history import in_a_row
from stamm.lang.example import TableExample, rows


class VisitOrder(Derived):
    """Which of the visitor's visits each one was, and how long after the start of the one before.

    The rows of the visit history with fewer columns, made of the spans of sessions.
    """

    de = "Reihenfolge der Besuche"
    sentence_de = "Der wievielte Besuch des Besuchers es war, und wie lange nach Beginn des vorigen."
    clock = "started_at"
    narrows = "visit_history"

    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    started_at = moment("its first event")
    position = whole("1 for the visitor's first visit, 2 for the second ...")
    previous_at = moment("the start of the visit before")
    gap_days = real("days since the start of the visit before")

    # two pages within the hour are one visit; the phone is anna's
    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind
                    e1        -            phone         2024-01-30T10:00  page
                    e2        -            phone         2024-01-30T10:30  page
                    e3        anna         phone         2024-02-02T10:00  page
                    e4        -            tablet        2024-02-02T10:00  page
                """),
            },
            gives=rows("""
                visitor_id      started_at        position  gap_days
                customer:anna   2024-01-30T10:00  1         -
                customer:anna   2024-02-02T10:00  2         3
                visitor:tablet  2024-02-02T10:00  1         -
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("session_spans",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        return in_a_row(facts["session_spans"])
