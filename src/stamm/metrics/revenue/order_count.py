"""Orders."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.orders import Orders
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.gross_revenue import SALES


class OrderCount(Metric):
    """How many orders were placed in the window.

    Cancelled orders do not count, orders without a customer do.
    """

    en = "Orders"
    de = "Bestellungen"
    sentence_de = "Wie viele Bestellungen im Zeitraum eingingen."
    unit, better = "count", "higher"
    n = "orders"
    examples = (
        given(orders=300).gives(300),
        given(orders=0).gives(0),
        # anna's, ben's and the one without a customer; cleo's was cancelled
        given(orders=SALES, window="2024-02", as_of="2024-04-01").gives(3),
    )

    @part("orders", "Bestellungen")
    def orders(self, orders: Orders) -> Reduction:
        return orders.placed()

    def value(self, orders: Any) -> Any:
        return orders
