"""Revenue per customer."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.gross_revenue import SALES
from stamm.metrics.revenue.revenue import RETURNS


class RevenuePerCustomer(Metric):
    """Revenue of the window for each customer who ordered in it.

    What was paid back in the window is taken off, also for orders before it and of customers who did not order in
    it. Orders without a customer are in the revenue and not among the customers.
    """

    de = "Umsatz pro Kunde"
    sentence_de = "Umsatz des Zeitraums je Kunde, der darin bestellt hat."
    also = "ARPU"
    unit, better = "money", "higher"
    n = "customers"
    examples = (
        given(revenue=850_000, customers=250).gives(3_400),
        given(revenue=0, customers=0).gives(None),
        # 9000 ordered less 600 paid back; anna and ben ordered, cleo cancelled: 8400 / 2
        given(orders=SALES, returns=RETURNS, window="2024-02", as_of="2024-04-01").gives(4200),
    )

    @part("customers who ordered", "Kunden mit Bestellung")
    def customers(self, purchases: Purchases) -> Reduction:
        return purchases.customers()

    def value(self, revenue: Any, customers: Any) -> Any:
        return ratio(revenue, customers)
