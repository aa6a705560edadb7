"""What came back of what was sold."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, moment, money, real, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, rows

_ = ibis._


class ReturnedLines(Derived):
    """What came back so far of orders that were not cancelled, with what the order and its line say of it."""

    de = "Zurückgesandte Zeilen"
    sentence_de = "Was bisher aus nicht stornierten Bestellungen zurückkam, samt Angaben aus Bestellung und Zeile."
    clock = "returned_at"
    side_needs = ("order_lines",)

    return_id = text("the return's number")
    order_id = text("the order it belongs to")
    line_id = text("the order's line")
    customer_id = text("who returned")
    ordered_at = moment("when the order was placed")
    returned_at = moment("when it came back")
    quantity = real("pieces or units returned")
    amount_minor = money("paid back")
    reason = dimension("why it came back")
    product = dimension("the product's name")
    category = dimension("the product's category")
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
                "order_lines": rows("""
                    order_id  line_id  customer_id  ordered_at  category  quantity
                    o1        1        anna         2024-02-01  tea       2
                """),
                "returns": rows("""
                    return_id  order_id  line_id  ordered_at  returned_at  quantity
                    r1         o1        1        -           2024-02-10   1
                    r2         o2        1        2024-02-02  2024-02-10   4
                    r3         o3        1        2024-01-05  2024-02-11   1
                    r4         -         -        -           2024-02-12   1
                    r5         o1        1        -           2024-03-10   1
                """),
            },
            context={"as_of": "2024-03-01"},
            gives=rows("""
                return_id  customer_id  ordered_at  returned_at  quantity  category  channel
                r1         anna         2024-02-01  2024-02-10   1         tea       web
                r3         -            2024-01-05  2024-02-11   1         -         -
                r4         -            -           2024-02-12   1         -         -
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("sent_back",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        lines = facts["order_lines"].select("product", "category", its_order=_.order_id, its_line=_.line_id)
        back = facts["sent_back"]
        back = back.left_join(lines, [back.order_id == lines.its_order, back.line_id == lines.its_line])
        return back.drop("its_order", "its_line")
