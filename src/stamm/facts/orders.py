"""Orders."""

from __future__ import annotations

from ibis.common.deferred import Deferred

from stamm.facts.columns import currency, dimension, moment, money, text
from stamm.facts.kind import Imported, Reduction


class Orders(Imported):
    """What customers bought, one row an order."""

    de = "Bestellungen"
    sentence_de = "Was Kunden gekauft haben, eine Zeile je Bestellung."
    key_columns = ("order_id",)
    clock = "ordered_at"
    clocks = ("ordered_at",)

    order_id = text("the order's number in the shop", required=True)
    customer_id = text("who ordered; empty where unknown")
    ordered_at = moment("when it was placed", required=True)
    amount_minor = money("paid for goods, after discounts, without tax and shipping", required=True)
    discount_minor = money("discounts taken off")
    tax_minor = money("tax")
    shipping_minor = money("shipping charged")
    cost_minor = money("cost of the goods")
    currency = currency()
    channel = dimension("web, app, store ...")
    campaign = dimension("the campaign that brought the order")
    fulfilled_at = moment("when it was sent")
    delivered_at = moment("when it arrived")
    cancelled_at = moment("when it was cancelled; a cancelled order counts for nothing")

    def stands(self) -> Deferred:
        """Orders that were not cancelled."""
        return self.cancelled_at.isnull()

    def placed(self) -> Reduction:
        """Number of orders that stand."""
        return self.count(self.stands())

    def turnover(self) -> Reduction:
        """Sum of the amounts of orders that stand."""
        return self.money(self.amount_minor, self.stands())
