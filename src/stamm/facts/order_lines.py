"""Order lines."""

from __future__ import annotations

from stamm.facts.columns import currency, dimension, moment, money, real, text
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows


class OrderLines(Imported):
    """What was in each order, one row a line."""

    de = "Bestellzeilen"
    sentence_de = "Was in jeder Bestellung lag, eine Zeile je Position."
    key_columns = ("order_id", "line_id")
    clock = "ordered_at"
    clocks = ("ordered_at",)

    order_id = text("the order", required=True, personal=False)
    line_id = text("the line's number within the order", required=True, personal=False)
    customer_id = text("who ordered; empty where unknown", personal=True)
    ordered_at = moment("when the order was placed", required=True)
    product_id = text("the product's number", personal=False)
    product = dimension("the product's name", personal=False)
    category = dimension("the product's category", personal=False)
    quantity = real("pieces or units sold", required=True, low=0)
    amount_minor = money("paid for the line")
    cost_minor = money("cost of the goods")
    currency = currency()

    # whether a line's order was cancelled is for sold_lines to say
    examples = (
        VerbExample(
            facts={
                "order_lines": rows("""
                    order_id  line_id  customer_id  ordered_at  category  quantity
                    o1        1        anna         2024-02-01  tea       2
                    o1        2        anna         2024-02-01  cups      1
                    o2        1        ben          2024-02-29  tea       4
                    o3        1        ben          2024-03-01  tea       4
                """),
            },
            window="2024-02",
            gives={"count": 3, "customers": 2},
        ),
    )
