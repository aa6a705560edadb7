"""Revenue."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.orders import Orders
from stamm.facts.returned_lines import ReturnedLines
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.gross_revenue import SALES

#: anna returns parts of January's order in January and February, someone unknown does in February; cleo's order was
#: cancelled, ben returns his in March
RETURNS = rows("""
    return_id  order_id  customer_id  ordered_at  returned_at  quantity  amount_minor
    r0         o1        anna         2024-01-10  2024-01-20   1         200
    r1         o1        anna         2024-01-10  2024-02-02   1         500
    r2         o5        cleo         2024-02-07  2024-02-09   1         9900
    r3         o3        ben          2024-02-20  2024-03-05   1         5000
    r4         o4        -            2024-02-14  2024-02-25   1         100
""")


class Revenue(Metric):
    """What customers paid for goods ordered in the window, less what was paid back for returns in it.

    A return is taken off when it comes back, also where its order lies before the window, so that the past
    does not change; a window with more returns than orders is negative. Returns of cancelled orders do not
    count.
    """

    de = "Umsatz"
    sentence_de = "Was Kunden für im Zeitraum bestellte Waren bezahlten, abzüglich des für Rücksendungen Erstatteten."
    unit, better = "money", "higher"
    n = "orders"
    examples = (
        given(gross_revenue=900_000, returned=50_000).gives(850_000),
        given(gross_revenue=0, returned=2_000).gives(-2_000),
        # 9000 ordered; returned 500 of January's order and 100 of the order without a customer
        given(orders=SALES, returns=RETURNS, window="2024-02", as_of="2024-04-01").gives(8400),
    )

    @part("paid back for returns", "für Rücksendungen erstattet", "money")
    def returned(self, returned_lines: ReturnedLines) -> Reduction:
        return returned_lines.money(returned_lines.amount_minor)

    @part("orders", "Bestellungen")
    def orders(self, orders: Orders) -> Reduction:
        return orders.placed()

    def value(self, gross_revenue: Any, returned: Any) -> Any:
        return gross_revenue - returned
