"""Worked examples of the retention table, small enough to check by hand."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import Row, TableExample, rows

#: three begin on the same day, one is back on the day after, another on the fifth
THREE = rows("""
    order_id  customer_id  ordered_at        amount_minor
    o1        anna         2024-02-01T09:00  1000
    o2        ben          2024-02-01T12:00  1000
    o3        cleo         2024-02-01T18:00  1000
    o4        anna         2024-02-02T08:00  1000
    o5        ben          2024-02-06T12:00  1000
""")
#: emil's order was cancelled; whose the last one is nobody knows
SHOP = rows("""
    order_id  customer_id  ordered_at        amount_minor  cost_minor  cancelled_at
    o1        anna         2024-01-10T10:00  10000         4000        -
    o2        ben          2024-01-20T12:00  3000          -           -
    o3        anna         2024-02-15T10:00  5000          2000        -
    o4        cleo         2024-02-29T10:00  2000          1000        -
    o5        anna         2024-03-30T10:00  1000          600         -
    o6        ben          2024-03-31T10:00  4000          3000        -
    o7        emil         2024-01-11T10:00  9900          100         2024-01-12T10:00
    o8        -            2024-01-12T10:00  9900          100         -
""")
RETURNED = rows("""
    return_id  order_id  customer_id  returned_at       amount_minor
    r1         o3        -            2024-03-05T10:00  1000
    r2         o7        emil         2024-01-20T10:00  9900
""")
#: anna's was sent before she was a customer
MESSAGES = rows("""
    message_id  customer_id  sent_at           cost_minor
    m1          anna         2024-01-05T10:00  50
    m2          ben          2024-02-01T10:00  20
""")
#: ben's first lies on the day of his entry; the shared one is not spread, and acquisition is no part of it
COSTS = rows("""
    cost_id  customer_id  incurred_on  kind         amount_minor
    c1       ben          2024-01-20   service      500
    c2       -            2024-01-31   service      9000
    c3       anna         2024-01-10   acquisition  2000
    c4       anna         2024-02-20   reward       300
""")


def _three(settings: dict[str, Any], gives: str) -> TableExample:
    return TableExample(
        facts={"orders": THREE},
        context={
            "window": "2024-02-01",
            "as_of": "2024-02-08",
            "settings": {"cohort": "day", "period": "day", "periods": 6, **settings},
        },
        gives=rows(gives),
    )


def _shop(settings: dict[str, Any], gives: str, **more: Any) -> TableExample:
    facts: dict[str, tuple[Row, ...]] = {"orders": SHOP, "returns": RETURNED, "messages": MESSAGES, "costs": COSTS}
    context = {"window": "2024-01-01/2024-03-01", "as_of": "2024-04-01", "settings": {"periods": 2, **settings}, **more}
    return TableExample(facts=facts, context=context, gives=rows(gives))


EXAMPLES = (
    _three(
        {"rule": "on"},
        """
        period  value  returned  size
        0       1      3         3
        1       1/3    1         3
        2       0      0         3
        3       0      0         3
        4       0      0         3
        5       1/3    1         3
        6       0      0         3
        """,
    ),
    _three(
        {"rule": "on_or_after"},
        """
        period  value  returned  size
        0       1      3         3
        1       2/3    2         3
        2       1/3    1         3
        3       1/3    1         3
        4       1/3    1         3
        5       1/3    1         3
        6       0      0         3
        """,
    ),
    # steps of 24 hours: anna was back within her first, ben exactly five later
    _three(
        {"period": "step", "rule": "bracket", "brackets": "1-4,5-5"},
        """
        period  last_period  value  returned  size
        0       0            1      3         3
        1       4            0      0         3
        5       5            1/3    1         3
        """,
    ),
    # March is over, April is not
    _shop(
        {},
        """
        cohort   period  value  returned  size  complete  reason
        2024-01  0       1      2         2     true      -
        2024-01  1       1/2    1         2     true      -
        2024-01  2       1      2         2     true      -
        2024-02  0       1      1         1     true      -
        2024-02  1       0      0         1     true      -
        2024-02  2       -      -         1     false     not_over
        """,
    ),
    _shop(
        {},
        """
        period  value  returned  denominator
        0       1      3         3
        1       1/3    1         3
        2       1      2         2
        """,
        table="pooled",
    ),
    # recurring: anna begins in February, too, and is back in March
    _shop(
        {"entry": "recurring", "denominator": "before"},
        """
        cohort   period  value  returned  denominator  size
        2024-01  0       -      2         -            2
        2024-01  1       1/2    1         2            2
        2024-01  2       2      2         1            2
        2024-02  0       -      2         -            2
        2024-02  1       1/2    1         2            2
        2024-02  2       -      -         -            2
        """,
    ),
    _shop(
        {"of": "revenue"},
        """
        cohort   period  value  amount  denominator
        2024-01  0       1      13000   13000
        2024-01  1       5/13   5000    13000
        2024-01  2       4/13   4000    13000
        2024-02  0       1      2000    2000
        2024-02  1       0      0       2000
        2024-02  2       -      -       -
        """,
    ),
    # January: 6000 and 3000 less 500; February adds 3000 less 300 and less 20; March 400 and 1000 less 1000
    _shop(
        {"of": "contribution", "denominator": "customers"},
        """
        cohort   period  value  amount  denominator
        2024-01  0       4250   8500    2
        2024-01  1       5590   11180   2
        2024-01  2       5790   11580   2
        2024-02  0       1000   1000    1
        2024-02  1       1000   1000    1
        2024-02  2       -      -       -
        """,
    ),
)
