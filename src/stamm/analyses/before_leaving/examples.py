"""A worked example of what changed before customers left, small enough to check by hand."""

from __future__ import annotations

from stamm.lang.example import TableExample, rows

#: anna and ben order last on 10 and 11 April, and have left thirty days later; cleo and dora order again in time;
#: fay, who came in April, leaves as well, and was no customer before
_ORDERS = rows("""
    order_id  customer_id  ordered_at        amount_minor  cancelled_at
    o1        anna         2024-01-01T10:00  1000          -
    o2        anna         2024-04-10T10:00  1000          -
    o3        ben          2024-01-01T10:00  1000          -
    o4        ben          2024-04-08T10:00  1000          2024-04-20
    o5        ben          2024-04-11T10:00  1000          -
    o6        cleo         2024-01-01T10:00  1000          -
    o7        cleo         2024-04-10T10:00  1000          -
    o8        cleo         2024-05-05T10:00  1000          -
    o9        cleo         2024-06-01T10:00  1000          -
    oa        dora         2024-01-01T10:00  1000          -
    ob        dora         2024-04-12T10:00  1000          -
    oc        dora         2024-05-10T10:00  1000          -
    od        dora         2024-06-05T10:00  1000          -
    oe        fay          2024-04-09T10:00  1000          -
""")
#: in the ten days before and in the ten before those: anna 1 and 3, ben 0 and 2, cleo 2 and 1, dora 1 and 1
_EVENTS = rows("""
    event_id  customer_id  happened_at       kind
    e1        anna         2024-03-22T10:00  page
    e2        anna         2024-03-25T10:00  page
    e3        anna         2024-03-30T10:00  page
    e4        anna         2024-04-09T10:00  page
    e5        anna         2024-04-10T10:00  page
    e6        ben          2024-03-22T10:00  page
    e7        ben          2024-03-30T10:00  page
    e8        cleo         2024-03-30T10:00  page
    e9        cleo         2024-04-02T10:00  page
    ea        cleo         2024-04-08T10:00  page
    eb        dora         2024-03-30T10:00  page
    ec        dora         2024-04-10T10:00  page
    ed        dora         2024-02-10T10:00  page
""")
_CONTEXT = {
    "window": "2024-05",
    "as_of": "2024-08-01",
    "lapse_days": 30,
    "settings": {"days": 10, "least": 2},
}
EXAMPLES = (
    # anna's change is -2 and ben's, too; cleo's is +1 and dora's 0; nobody knew yet that ben would cancel an order
    TableExample(
        facts={"orders": _ORDERS, "events": _EVENTS},
        context=_CONTEXT,
        gives=rows("""
            n  earlier  near  change  n_stayed  earlier_stayed  near_stayed  change_stayed  difference
            2  2.5      0.5   -2      2         1               1.5          0.5            -2.5
            2  0        0.5   0.5     2         0               0            0              0.5
            2  0        0     0       2         0               0            0              0
            2  0        0     0       2         0               0            0              0
            2  0        0     0       2         0               0            0              0
            2  0        0     0       2         0               0            0              0
        """),
    ),
    TableExample(
        facts={"orders": _ORDERS, "events": _EVENTS},
        context={**_CONTEXT, "table": "basis"},
        gives=rows("""
            days  left  long  matched  stayed
            10    3     2     2        2
        """),
    ),
)
