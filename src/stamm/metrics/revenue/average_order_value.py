"""Average order value."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.orders import Orders
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.gross_revenue import SALES


class AverageOrderValue(Metric):
    """What an order in the window was worth, on average.

    Gross revenue over the number of orders: after discounts, without tax and shipping, before returns.
    """

    de = "Durchschnittlicher Bestellwert"
    sentence_de = "Was eine Bestellung im Zeitraum im Mittel wert war."
    also = "AOV"
    unit, better = "money", "higher"
    interval = Mean("order_count", "gross_revenue", "squares")
    examples = (
        given(gross_revenue=900_000, order_count=300).gives(3_000),
        given(gross_revenue=0, order_count=0).gives(None),
        # anna 3000, ben 5000, someone unknown 1000: 9000 / 3
        given(orders=SALES, window="2024-02", as_of="2024-04-01").gives(3000),
    )

    @part("squares of the amounts", "Quadrate der Beträge", "number")
    def squares(self, orders: Orders) -> Reduction:
        amount = orders.amount_minor.cast("float64")
        return orders.sum(amount * amount, orders.stands())

    def value(self, gross_revenue: Any, order_count: Any) -> Any:
        return ratio(gross_revenue, order_count)
