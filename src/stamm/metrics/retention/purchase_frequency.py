"""Purchase frequency."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.orders import Orders
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, part
from stamm.metrics.retention.repeat_purchase_rate import BUYERS


class PurchaseFrequency(Metric):
    """How many orders a customer who ordered in the window placed in it, on average.

    Customers without an order in the window are not in it, so it is never below one. Orders without a
    customer are in neither number.
    """

    de = "Kaufhäufigkeit"
    sentence_de = "Wie viele Bestellungen auf einen Kunden kommen, der im Zeitraum bestellt hat."
    also = "PF"
    unit, better = "ratio", "higher"
    n = "customers"
    examples = (
        given(orders=500, customers=400).gives(1.25),
        given(orders=0, customers=0).gives(None),
        # in February anna 2, ben 2, cleo 1, emil 1, fay 1; the order without a customer is left out: 7 / 5
        given(orders=BUYERS, window="2024-02", as_of="2024-04-01").gives(1.4),
    )

    @part("orders", "Bestellungen")
    def orders(self, orders: Orders) -> Reduction:
        return orders.count(orders.stands() & orders.customer_id.notnull())

    @part("customers who ordered", "Kunden mit Bestellung")
    def customers(self, orders: Orders) -> Reduction:
        return orders.customers(orders.stands())

    def value(self, orders: Any, customers: Any) -> Any:
        return ratio(orders, customers)
