"""Product return rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.returned_lines import ReturnedLines
from stamm.facts.sold_lines import SoldLines
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.metrics.kind import Metric, part


class ProductReturnRate(Metric):
    """Of the pieces sold in the window, the share that has come back so far.

    Returns count with the order they belong to, whenever they came back, so the rate of a recent window may
    still grow. Orders that were cancelled count neither as sold nor as returned. Quantities may be weights
    and one return may hold many pieces, so there is no interval.
    """

    de = "Produktrücksendequote"
    sentence_de = "Anteil der im Zeitraum verkauften Stücke, die bisher zurückgekommen sind."
    also = "PRR"
    unit, better = "share", "lower"
    n = "lines"
    examples = (
        given(sold=200, returned=30).gives(0.15),
        given(sold=0, returned=0).gives(None),
        # sold in February 4 + 1 + 5 = 10; back of them 2 in February and 1 in March: 3 / 10. Cleo's order was
        # cancelled, dora's is from January, and what ben sends back in April is not known yet
        given(
            orders=rows("""
                order_id  customer_id  ordered_at  amount_minor  cancelled_at
                o1        anna         2024-02-05  5000          -
                o2        ben          2024-02-10  5000          -
                o3        cleo         2024-02-11  3000          2024-02-12
                o4        dora         2024-01-20  1000          -
            """),
            order_lines=rows("""
                order_id  line_id  customer_id  ordered_at  quantity
                o1        1        anna         2024-02-05  4
                o1        2        anna         2024-02-05  1
                o2        1        ben          2024-02-10  5
                o3        1        cleo         2024-02-11  3
                o4        1        dora         2024-01-20  2
            """),
            returns=rows("""
                return_id  order_id  line_id  customer_id  ordered_at  returned_at  quantity
                r1         o1        1        anna         2024-02-05  2024-02-10   2
                r2         o2        1        ben          2024-02-10  2024-03-05   1
                r3         o3        1        cleo         2024-02-11  2024-02-20   3
                r4         o4        1        dora         2024-01-20  2024-02-02   2
                r5         o2        1        ben          2024-02-10  2024-04-10   1
            """),
            window="2024-02",
            as_of="2024-04-01",
        ).gives(0.30),
    )

    @part("pieces sold", "verkaufte Stücke", "number")
    def sold(self, sold_lines: SoldLines) -> Reduction:
        return sold_lines.sum(sold_lines.quantity)

    @part("of them returned so far", "davon bisher zurückgesandt", "number")
    def returned(self, returned_lines: ReturnedLines) -> Reduction:
        orders = returned_lines.by("ordered_at")
        return orders.sum(orders.quantity)

    @part("order lines", "Bestellzeilen")
    def lines(self, sold_lines: SoldLines) -> Reduction:
        return sold_lines.count()

    def value(self, sold: Any, returned: Any) -> Any:
        return share(returned, sold)
