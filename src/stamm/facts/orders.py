"""Orders."""

from __future__ import annotations

from ibis.common.deferred import Deferred

from stamm.facts.columns import currency, dimension, moment, money, text
from stamm.facts.kind import Imported, Reduction
from stamm.lang.example import VerbExample, rows


class Orders(Imported):
    """What customers bought, one row an order."""

    de = "Bestellungen"
    sentence_de = "Was Kunden gekauft haben, eine Zeile je Bestellung."
    key_columns = ("order_id",)
    clock = "ordered_at"
    clocks = ("ordered_at",)

    order_id = text("the order's number in the shop", required=True, personal=False)
    customer_id = text("who ordered; empty where unknown", personal=True)
    anonymous_id = text("the device or browser on which it was ordered, where that is known", personal=True)
    ordered_at = moment("when it was placed", required=True)
    amount_minor = money("paid for goods, after discounts, without tax and shipping", required=True)
    discount_minor = money("discounts taken off")
    tax_minor = money("tax")
    shipping_minor = money("shipping charged")
    cost_minor = money("cost of the goods")
    currency = currency()
    channel = dimension("web, app, store ...", personal=False)
    campaign = dimension("the campaign that brought the order", personal=False)
    fulfilled_at = moment("when it was sent", follows="ordered_at")
    delivered_at = moment("when it arrived", follows="ordered_at")
    cancelled_at = moment("when it was cancelled; a cancelled order counts for nothing", follows="ordered_at")

    examples = (
        VerbExample(
            facts={
                "orders": rows("""
                    order_id  customer_id  ordered_at        amount_minor  cancelled_at
                    o1        anna         2024-02-01T00:00  3000          -
                    o2        ben          2024-02-10T10:00  2500          2024-02-11T10:00
                    o3        -            2024-02-29T23:59  1000          -
                    o4        anna         2024-03-01T00:00  9900          -
                """),
            },
            window="2024-02",
            gives={"placed": 2, "turnover": 4000, "stands": 2},
        ),
    )

    def stands(self) -> Deferred:
        """Orders that were not cancelled."""
        return self.cancelled_at.isnull()

    def placed(self) -> Reduction:
        """Number of orders that stand."""
        return self.count(self.stands())

    def turnover(self) -> Reduction:
        """Sum of the amounts of orders that stand."""
        return self.money(self.amount_minor, self.stands())
