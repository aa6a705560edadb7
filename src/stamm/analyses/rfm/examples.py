"""Worked examples of recency, frequency and money, small enough to check by hand."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import TableExample, rows

#: ben and cleo ordered last at the same moment; dora sent back more than she paid; emil's order was cancelled, and
#: fay's was before the span
FIVE = rows("""
    order_id  customer_id  ordered_at        amount_minor  cancelled_at
    o1        anna         2024-02-01T10:00  1000          -
    o2        anna         2024-02-10T10:00  1000          -
    o3        anna         2024-02-29T10:00  4000          -
    o4        ben          2024-02-20T10:00  5000          -
    o5        cleo         2024-02-20T10:00  2000          -
    o6        cleo         2024-02-05T10:00  2000          -
    o7        dora         2024-02-03T10:00  3000          -
    o8        emil         2024-02-28T10:00  9000          2024-02-28T11:00
    o9        fay          2024-01-31T10:00  9000          -
    o10       dora         2024-01-20T10:00  1000          -
    o11       ben          2024-01-10T10:00  9000          -
    o12       -            2024-02-10T10:00  9000          -
""")
RETURNED = rows("""
    return_id  order_id  customer_id  returned_at       amount_minor
    r1         o7        -            2024-02-10T10:00  3000
    r2         o10       dora         2024-02-10T10:00  1000
    r3         o4        ben          2024-03-01T10:00  5000
    r4         o8        emil         2024-02-29T10:00  9000
""")


def _shop(settings: dict[str, Any], gives: str, **more: Any) -> TableExample:
    context = {"window": "2024-02", "as_of": "2024-03-10", "settings": settings, **more}
    return TableExample(facts={"orders": FIVE, "returns": RETURNED}, context=context, gives=rows(gives))


EXAMPLES = (
    # of four: recency anna 1 + 15 // 4 = 4, ben and cleo 2, dora 1; frequency 4, 1, 3, 1; money 4, 3, 2, 1
    _shop(
        {},
        """
        customers  share  revenue  revenue_share  orders
        1          1/4    6000     3/7            3
        0          0      0        0              -
        0          0      0        0              -
        0          0      0        0              -
        0          0      0        0              -
        0          0      0        0              -
        0          0      0        0              -
        1          1/4    4000     2/7            2
        1          1/4    5000     5/14           1
        1          1/4    -1000    -1/14          1
        """,
    ),
    # anna by frequency and money (4 + 4 + 1) // 2 = 4; ben (1 + 3 + 1) // 2 = 2, cleo (3 + 2 + 1) // 2 = 3; dora 1
    _shop(
        {},
        """
        recency  worth  customers  share  revenue
        5        5      0          0      0
        5        4      0          0      0
        5        3      0          0      0
        5        2      0          0      0
        5        1      0          0      0
        4        5      0          0      0
        4        4      1          1/4    6000
        4        3      0          0      0
        4        2      0          0      0
        4        1      0          0      0
        3        5      0          0      0
        3        4      0          0      0
        3        3      0          0      0
        3        2      0          0      0
        3        1      0          0      0
        2        5      0          0      0
        2        4      0          0      0
        2        3      1          1/4    4000
        2        2      1          1/4    5000
        2        1      0          0      0
        1        5      0          0      0
        1        4      0          0      0
        1        3      0          0      0
        1        2      0          0      0
        1        1      1          1/4    -1000
        """,
        table="map",
    ),
    _shop(
        {},
        """
        score  by_recency  by_frequency  orders_from  orders_to  by_money  money_from  money_to
        5      0           0             -            -          0         -           -
        4      1           1             3            3          1         6000        6000
        3      0           1             2            2          1         5000        5000
        2      2           0             -            -          1         4000        4000
        1      1           2             1            1          1         -1000       -1000
        """,
        table="scores",
    ),
    # in the 29 days before February ben, dora and fay ordered, in that order: recency 1, 2, 4
    _shop(
        {"earlier": "2024-02-01"},
        """
        customers
        1
        1
        1
        1
        1
        """,
        table="moves",
    ),
)
