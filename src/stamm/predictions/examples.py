"""Worked examples of what models of buying foretell, with parameters that can be followed by hand.

With BG/NBD, r = 1, alpha = 30, a = 1 and b = 2 a customer with x repeats, the last t days after the first order and
seen for T, has stopped with odds 1/(x+1) ((30+T)/(30+t))^(1+x) (none without repeats), and else stays silent for 90
days with ((30+T)/(120+T))^(1+x). As of 2024-03-01:

    anna   ordered on 2024-01-01 twice, her third order came to nothing  x = 0, T = 60
    ben    on 2024-01-01 and 2024-01-31, cancelled only later            x = 1, t = 30, T = 60
    cleo   on 2024-02-20                                                 x = 0, T = 10
    dora   after the day of looking
"""

from __future__ import annotations

from stamm.lang.example import TableExample, rows

_ORDERS = rows("""
    order_id  customer_id  ordered_at        amount_minor  cancelled_at
    o1        anna         2024-01-01T09:00  1000          -
    o2        anna         2024-01-01T21:00  2000          -
    o3        anna         2024-02-20T09:00  9000          2024-02-21T09:00
    o4        ben          2024-01-01T09:00  1000          -
    o5        ben          2024-01-31T09:00  3000          2024-03-05T09:00
    o6        cleo         2024-02-20T09:00  500           -
    o7        -            2024-02-20T09:00  7000          -
    o8        dora         2024-03-01T00:00  1000          -
""")
_BG = {"model": "bg_nbd", "parameters": "r=1,alpha=30,a=1,b=2"}


def _context(**settings: object) -> dict[str, object]:
    return {"window": "2024-01-01/2024-03-01", "as_of": "2024-03-01", "settings": {**_BG, **settings}}


# anna 90/180; ben is here with 4/7 (odds 1/2 * (90/60)^2 = 9/8 give 8/17), silent (90/180)^2; cleo 40/130
NO_ORDER_RISK = (
    TableExample(
        facts={"orders": _ORDERS},
        context=_context(),
        gives=rows("""
            customer_id  value    orders  last_on
            ben          11/17    2       2024-01-31
            anna         1/2      1       2024-01-01
            cleo         4/13     1       2024-02-20
        """),
    ),
)

# anna 2 (2 ln 2 - 1), ben 8/17 * 3/2, cleo 2 (13/9 ln 13/4 - 1)
EXPECTED_ORDERS = (
    TableExample(
        facts={"orders": _ORDERS},
        context=_context(),
        gives=rows("""
            customer_id  value               orders  last_on
            cleo         1.4050033227647573  1       2024-02-20
            anna         0.7725887222397811  1       2024-01-01
            ben          12/17               2       2024-01-31
        """),
    ),
)

# those times 500, 3000 (two orders of one day are one) and 2000, rounded
VALUE_AHEAD = (
    TableExample(
        facts={"orders": _ORDERS},
        context=_context(worth="own_mean", discount=0.0),
        gives=rows("""
            customer_id  value  orders  last_on
            anna         2318   1       2024-01-01
            ben          1412   2       2024-01-31
            cleo         703    1       2024-02-20
        """),
    ),
)

# of the 2317.8, 1411.8 and 702.5 the parts in which something is ordered: 1/2, 6/17 and 9/13
VALUE_IF_STAYING = (
    TableExample(
        facts={"orders": _ORDERS},
        context=_context(worth="own_mean", discount=0.0),
        gives=rows("""
            customer_id  value  orders  last_on
            anna         4636   1       2024-01-01
            ben          4000   2       2024-01-31
            cleo         1015   1       2024-02-20
        """),
    ),
)

# alpha 30.5, so that no day is hit exactly: anna has ordered by d with d/(90.5+d), cleo with d/(40.5+d); of ben, who is
# here with 0.472, half can never have ordered. The first day counts as one
NEXT_ORDER = (
    TableExample(
        facts={"orders": _ORDERS},
        context=_context(parameters="r=1,alpha=30.5,a=1,b=2"),
        gives=rows("""
            customer_id  next_on     low_on      high_on     value  low  high  orders
            cleo         2024-04-10  2024-03-05  2025-02-28  41     5    365   1
            anna         2024-05-30  2024-03-11  -           91     11   -     1
            ben          -           2024-03-12  -           -      12   -     2
        """),
    ),
)
