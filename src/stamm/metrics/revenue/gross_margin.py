"""Gross margin."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.orders import Orders
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.gross_revenue import SALES


class GrossMargin(Metric):
    """The share of what customers paid for goods that is left after the cost of these goods.

    Of orders in the window whose cost is known; the others are in neither number. Before returns. It is
    negative where goods were sold below cost.
    """

    de = "Bruttomarge"
    sentence_de = "Anteil des für Waren Bezahlten, der nach den Kosten dieser Waren bleibt."
    also = "GM"
    unit, better = "share", "higher"
    n = "orders"
    examples = (
        given(amount=10_000, cost=7_000).gives(0.30),
        given(amount=0, cost=0).gives(None),
        # anna 3000 less 1800, the order without a customer 1000 less 800, the cost of ben's is unknown: 1400 / 4000
        given(orders=SALES, window="2024-02", as_of="2024-04-01").gives(0.35),
    )

    @part("paid, where the cost is known", "bezahlt, wo die Kosten bekannt sind", "money")
    def amount(self, orders: Orders) -> Reduction:
        return orders.money(orders.amount_minor, orders.stands() & orders.cost_minor.notnull())

    @part("cost of the goods", "Kosten der Waren", "money")
    def cost(self, orders: Orders) -> Reduction:
        return orders.money(orders.cost_minor, orders.stands())

    @part("orders whose cost is known", "Bestellungen mit bekannten Kosten")
    def orders(self, orders: Orders) -> Reduction:
        return orders.count(orders.stands() & orders.cost_minor.notnull())

    def value(self, amount: Any, cost: Any) -> Any:
        return share(amount - cost, amount)
