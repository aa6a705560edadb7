"""What was sold."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, moment, money, real, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, rows

_ = ibis._


class SoldLines(Derived):
    """What was sold: the lines of orders that were not cancelled, with the order's channel and campaign.

    A line whose order is not among the orders counts.
    """

    de = "Verkaufte Zeilen"
    sentence_de = "Was verkauft wurde: die Zeilen nicht stornierter Bestellungen, samt deren Kanal und Kampagne."
    clock = "ordered_at"
    side_needs = ("orders",)

    order_id = text("the order")
    line_id = text("the line's number within the order")
    customer_id = text("who ordered")
    ordered_at = moment("when the order was placed")
    product_id = text("the product's number")
    product = dimension("the product's name")
    category = dimension("the product's category")
    quantity = real("pieces or units sold")
    amount_minor = money("paid for the line")
    cost_minor = money("cost of the goods")
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
                    o1        2        anna         2024-02-01  cups      1
                    o2        1        ben          2024-02-02  tea       4
                    o3        1        cleo         2024-02-02  tea       5
                """),
            },
            gives=rows("""
                order_id  line_id  category  quantity  channel
                o1        1        tea       2         web
                o1        2        cups      1         web
                o3        1        tea       5         -
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("order_lines",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        orders = facts["orders"].select("channel", "campaign", "cancelled_at", its_order=_.order_id)
        lines = facts["order_lines"]
        known = lines.left_join(orders, lines.order_id == orders.its_order)
        return known.filter(_.cancelled_at.isnull()).drop("its_order", "cancelled_at")
