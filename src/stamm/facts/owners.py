"""Whose a device is, from when to when."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import moment, text
from stamm.facts.day_links import findings, turns
from stamm.facts.elapsed import AFTER_ALL, BEFORE_ALL
from stamm.facts.kind import FactTables, Kept, SpellRules, Windowing
from stamm.lang.example import TableExample, rows

_ = ibis._


class Owners(Kept):
    """Whose a device is, from when to when: each moment of its time belongs to exactly one customer.

    Its first owner has it from the beginning, its last for good. Spans that several findings confirm are one.
    """

    de = "Besitzer"
    sentence_de = "Wem ein Gerät von wann bis wann gehört: jeder Moment gehört genau einem Kunden."
    clock = "since_at"

    anonymous_id = text("the device")
    customer_id = text("whose it is")
    since_at = moment("from when (in); empty for the first owner")
    until_at = moment("until when (out); empty for the last owner")

    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind
                    e1        anna         phone         2024-02-01T10:00  page
                    e2        anna         phone         2024-02-03T10:00  page
                    e3        ben          phone         2024-02-04T10:00  page
                    e4        anna         phone         2024-02-06T10:00  page
                    e5        cleo         tablet        2024-02-04T10:00  page
                """),
            },
            gives=rows("""
                anonymous_id  customer_id  since_at          until_at
                phone         anna         -                 2024-02-04T10:00
                phone         ben          2024-02-04T10:00  2024-02-06T10:00
                phone         anna         2024-02-06T10:00  -
                tablet        cleo         -                 -
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("day_links",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        order = ibis.window(group_by="anonymous_id", order_by=["linked_at", "customer_id"])
        # days are a step on the way only where they are there
        spans = turns(facts["day_links"] if facts.keeps("day_links") else findings(facts), ["anonymous_id"])
        spans = spans.mutate(until_at=_.linked_at.lead().over(order), place=ibis.row_number().over(order))
        return spans.select(
            "anonymous_id", "customer_id", since_at=(_.place > 0).ifelse(_.linked_at, None), until_at=_.until_at
        )


def owned(table: ir.Table, owners: ir.Table, at: str) -> ir.Table:
    """The table with `customer_id` and `visitor_id` resolved: rows of a device belong to who owned it at `at`."""
    owners = owners.select(
        device=_.anonymous_id,
        owner=_.customer_id,
        since_at=_.since_at.coalesce(BEFORE_ALL),
        until_at=_.until_at.coalesce(AFTER_ALL),
    )
    table = table.mutate(unowned=_.customer_id.isnull().ifelse(_.anonymous_id, None))
    matched = table.left_join(
        owners,
        [
            table.unowned == owners.device,
            table[at] >= owners.since_at,
            table[at] < owners.until_at,
        ],
    )
    customer = ibis.coalesce(matched.customer_id, matched.owner)
    visitor = ibis.coalesce(ibis.literal("customer:") + customer, ibis.literal("visitor:") + matched.anonymous_id)
    return matched.mutate(customer_id=customer, visitor_id=visitor).drop(
        "unowned", "device", "owner", "since_at", "until_at"
    )
