"""Worked examples of the lifecycle, small enough to check by hand."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import TableExample, rows

#: anna stays, pauses in March and is back; ben goes quiet after January; cleo's second was cancelled; dora is new at
#: the last moment of February; whose the last one is nobody knows
ORDERS = rows("""
    order_id  customer_id  ordered_at        amount_minor  cancelled_at
    o1        anna         2024-01-10T10:00  1000          -
    o2        ben          2024-01-20T10:00  1000          -
    o3        anna         2024-02-01T00:00  1000          -
    o4        anna         2024-02-20T10:00  1000          -
    o5        cleo         2024-02-03T10:00  1000          -
    o6        dora         2024-02-29T23:59  1000          -
    o7        cleo         2024-03-05T10:00  1000          2024-03-06
    o8        dora         2024-03-31T10:00  1000          -
    o9        anna         2024-04-02T10:00  1000          -
    o10       -            2024-04-03T10:00  1000          -
""")
#: dora moves in March
CUSTOMERS = rows("""
    customer_id  valid_from        country
    anna         2024-01-10T10:00  AT
    cleo         2024-02-03T10:00  DE
    dora         2024-02-29T23:00  DE
    dora         2024-03-15T10:00  AT
""")


def _lifecycle(gives: str, settings: dict[str, Any] | None = None, **context: Any) -> TableExample:
    asked = {"window": "2024-01-01/2024-05-01", "as_of": "2024-05-01", "settings": settings or {}, **context}
    return TableExample(facts={"orders": ORDERS, "customers": CUSTOMERS}, context=asked, gives=rows(gives))


EXAMPLES = (
    _lifecycle("""
        period   active  new  returning  resurrected  dormant  before  kept
        2024-01  2       2    0          0            0        0       -
        2024-02  3       2    1          0            1        2       1/2
        2024-03  1       0    1          0            2        3       1/3
        2024-04  1       0    0          1            1        1       0
    """),
    # asked from March on, what lies before is known all the same; March is not over
    _lifecycle(
        """
        period   active  new  returning  resurrected  dormant  complete  reason
        2024-03  0       0    0          0            3        false     not_over
        """,
        window="2024-03",
        as_of="2024-03-20",
    ),
    _lifecycle(
        """
        period   active  new  returning  resurrected  dormant
        2024-Q1  4       4    0          0            0
        2024-Q2  1       0    1          0            3
        """,
        {"period": "quarter"},
        as_of="2024-07-01",
    ),
    # who is dormant counts where they were when the month began: dora in Austria in April
    _lifecycle(
        """
        period   group  active  new  returning  resurrected  dormant  before
        2024-03  AT     1       0    1          0            1        2
        2024-03  DE     0       0    0          0            1        1
        2024-04  AT     1       0    0          1            1        1
        2024-04  DE     0       0    0          0            0        0
        """,
        window="2024-03-01/2024-05-01",
        by="country",
    ),
)
