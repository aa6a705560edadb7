"""What came back of standing orders."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, moment, money, real, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, rows

_ = ibis._


class SentBack(Derived):
    """What came back so far of orders that were not cancelled, with what the order says of it.

    A return whose order is not among the orders counts. The moment of the order is the return's own, else
    that of its order; a return that tells neither is in no window of orders. Whose it is says the return, else
    its order.
    """

    de = "Zurückgesandtes"
    sentence_de = "Was bisher aus nicht stornierten Bestellungen zurückkam, samt Angaben aus der Bestellung."
    clock = "returned_at"
    side_needs = ("orders",)

    return_id = text("the return's number")
    order_id = text("the order it belongs to")
    line_id = text("the order's line")
    customer_id = text("who returned")
    ordered_at = moment("when the order was placed")
    returned_at = moment("when it came back")
    quantity = real("pieces or units returned")
    amount_minor = money("paid back")
    reason = dimension("why it came back")
    channel = dimension("web, app, store ...")
    campaign = dimension("the campaign that brought the order")

    examples = (
        TableExample(
            facts={
                "orders": rows("""
                    order_id  customer_id  ordered_at  amount_minor  channel  cancelled_at
                    o1        anna         2024-02-01  3000          web      -
                    o2        ben          2024-02-02  1000          app      2024-02-03
                """),
                "returns": rows("""
                    return_id  order_id  line_id  customer_id  ordered_at  returned_at  quantity
                    r1         o1        1        -            -           2024-02-10   1
                    r2         o2        1        -            2024-02-02  2024-02-10   4
                    r3         o3        1        cleo         2024-01-05  2024-02-11   1
                    r4         -         -        -            -           2024-02-12   1
                    r5         o1        1        dora         2024-01-31  2024-02-13   1
                    r6         o1        1        -            -           2024-03-10   1
                """),
            },
            context={"as_of": "2024-03-01"},
            gives=rows("""
                return_id  customer_id  ordered_at  returned_at  channel
                r1         anna         2024-02-01  2024-02-10   web
                r3         cleo         2024-01-05  2024-02-11   -
                r4         -            -           2024-02-12   -
                r5         dora         2024-01-31  2024-02-13   web
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("returns",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        orders = facts["orders"].select(
            "channel",
            "campaign",
            "cancelled_at",
            its_order=_.order_id,
            orderer=_.customer_id,
            placed_at=_.ordered_at,
            placed_on=_.ordered_on,
        )
        back = facts["returns"]
        back = back.left_join(orders, back.order_id == orders.its_order).filter(_.cancelled_at.isnull())
        back = back.mutate(
            ordered_on=_.ordered_at.isnull().ifelse(_.placed_on, _.ordered_on),
            ordered_at=_.ordered_at.coalesce(_.placed_at),
            customer_id=_.customer_id.coalesce(_.orderer),
        )
        return back.drop("its_order", "orderer", "placed_at", "placed_on", "cancelled_at")
