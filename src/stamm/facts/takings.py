"""What customers paid and were paid back."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import flag, moment, money, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.orders import Orders
from stamm.lang.example import TableExample, rows

_ = ibis._


class Takings(Derived):
    """What customers paid for goods and what they were paid back, one row an order that stands or a return of one.

    Their sum is revenue. A return stands where it came back, not where its order does.
    """

    de = "Einnahmen"
    sentence_de = (
        "Was Kunden für Waren zahlten und erstattet bekamen, je gültiger Bestellung oder Rücksendung eine Zeile."
    )
    clock = "taken_at"

    customer_id = text("who; empty where unknown")
    taken_at = moment("when it was ordered or came back")
    kind = text("sale or return")
    amount_minor = money("paid, or less than zero where paid back")
    currency = text("ISO 4217")
    foreign = flag("money of a currency without a rate")

    # cleo cancelled; whose the last return is says its order
    examples = (
        TableExample(
            facts={
                "orders": rows("""
                    order_id  customer_id  ordered_at  amount_minor  cancelled_at
                    o1        anna         2024-02-01  3000          -
                    o2        cleo         2024-02-02  1000          2024-02-03
                    o3        -            2024-02-04  500           -
                """),
                "returns": rows("""
                    return_id  order_id  customer_id  returned_at  quantity  amount_minor
                    r1         o2        cleo         2024-02-10   1         1000
                    r2         o1        -            2024-03-10   1         800
                    r3         o1        anna         2024-03-11   1         -
                """),
            },
            gives=rows("""
                customer_id  taken_at    kind    amount_minor
                anna         2024-02-01  sale    3000
                -            2024-02-04  sale    500
                anna         2024-03-10  return  -800
                anna         2024-03-11  return  0
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("orders", "sent_back")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        sold = facts["orders"].filter(Orders().stands())
        sold = sold.select(
            "customer_id",
            taken_at=_.ordered_at,
            taken_on=_.ordered_on,
            kind=ibis.literal("sale"),
            amount_minor=_.amount_minor,
            currency=_.currency,
            foreign=_.foreign,
        )
        back = facts["sent_back"].select(
            "customer_id",
            taken_at=_.returned_at,
            taken_on=_.returned_on,
            kind=ibis.literal("return"),
            amount_minor=-_.amount_minor.coalesce(0),
            currency=_.currency,
            foreign=_.foreign,
        )
        return sold.union(back, distinct=False)
