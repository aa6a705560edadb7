"""What was known of each customer, and when."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import moment, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, rows

_ = ibis._


class CustomerVersions(Derived):
    """What was known of each customer from when until when.

    Before the first row nothing is known: what is said of a past moment uses only what was so then.
    """

    de = "Kundenstände"
    sentence_de = "Was über jeden Kunden bekannt war, von wann bis wann."
    clock = "valid_from"

    customer_id = text("who")
    valid_from = moment("from when")
    valid_until = moment("until when; empty for the last")

    examples = (
        TableExample(
            facts={
                "customers": rows("""
                    customer_id  valid_from  country
                    anna         2024-01-01  DE
                    anna         2024-03-01  AT
                """),
            },
            gives=rows("""
                customer_id  valid_from  valid_until  country
                anna         2024-01-01  2024-03-01   DE
                anna         2024-03-01  -            AT
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ()

    side_needs = ("customers",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        order = ibis.window(group_by="customer_id", order_by="valid_from")
        return facts["customers"].mutate(valid_until=_.valid_from.lead().over(order))
