"""Gross revenue."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.orders import Orders
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, part

#: February holds three orders that stand: anna's second, ben's (of unknown cost) and one without a customer
SALES = rows("""
    order_id  customer_id  ordered_at  amount_minor  cost_minor  cancelled_at
    o1        anna         2024-01-10  2000          1200        -
    o2        anna         2024-02-05  3000          1800        -
    o3        ben          2024-02-20  5000          -           -
    o4        -            2024-02-14  1000          800         -
    o5        cleo         2024-02-07  9900          5000        2024-02-08
    o6        dora         2024-03-02  4000          2000        -
    o7        emil         2024-01-20  1500          900         -
""")


class GrossRevenue(Metric):
    """What customers paid for goods ordered in the window.

    After discounts, without tax and shipping. Cancelled orders do not count, orders without a customer do.
    What came back is not taken off here, but in revenue.
    """

    de = "Bruttoumsatz"
    sentence_de = "Was Kunden für die im Zeitraum bestellten Waren bezahlt haben."
    unit, better = "money", "higher"
    n = "orders"
    examples = (
        given(amount=900_000).gives(900_000),
        given(amount=0).gives(0),
        # anna 3000, ben 5000, someone unknown 1000; cleo cancelled
        given(orders=SALES, window="2024-02", as_of="2024-04-01").gives(9000),
    )

    @part("amounts of the orders", "Beträge der Bestellungen", "money")
    def amount(self, orders: Orders) -> Reduction:
        return orders.turnover()

    @part("orders", "Bestellungen")
    def orders(self, orders: Orders) -> Reduction:
        return orders.placed()

    def value(self, amount: Any) -> Any:
        return amount
