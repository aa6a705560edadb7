"""Historic value of a customer."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.orders import Orders
from stamm.facts.returned_lines import ReturnedLines
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.gross_revenue import SALES
from stamm.metrics.revenue.revenue import RETURNS


class HistoricValue(Metric):
    """What a customer has brought in so far, after returns, on average over all who ever ordered.

    From the first fact to the window's end; the window's start plays no part. It forecasts nothing, and
    customers who will buy again are counted at what they have bought. Orders and returns without a customer
    are in neither number.
    """

    en = "Historic value of a customer"
    de = "Bisheriger Kundenwert"
    sentence_de = "Was ein Kunde bisher nach Rücksendungen eingebracht hat, im Mittel über alle, die je bestellt haben."
    unit, better, family = "money", "higher", "clv"
    n = "customers"
    examples = (
        given(paid=1_050_000, returned=50_000, customers=100).gives(10_000),
        given(paid=0, returned=0, customers=0).gives(None),
        # anna 2000 + 3000 less 200 and 500, ben 5000, emil 1500; cleo cancelled, dora orders in March: 10800 / 3
        given(orders=SALES, returns=RETURNS, window="2024-02", as_of="2024-04-01").gives(3600),
    )

    @part("paid so far", "bisher bezahlt", "money")
    def paid(self, orders: Orders) -> Reduction:
        return orders.so_far().money(orders.amount_minor, orders.stands() & orders.customer_id.notnull())

    @part("paid back so far", "bisher erstattet", "money")
    def returned(self, returned_lines: ReturnedLines) -> Reduction:
        back = returned_lines.so_far()
        return back.money(back.amount_minor, back.customer_id.notnull())

    @part("customers who ever ordered", "Kunden, die je bestellt haben")
    def customers(self, orders: Orders) -> Reduction:
        return orders.so_far().customers(orders.stands())

    def value(self, paid: Any, returned: Any, customers: Any) -> Any:
        return ratio(paid - returned, customers)
