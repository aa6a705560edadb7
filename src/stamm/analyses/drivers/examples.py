"""A worked example of what goes with staying, small enough to check by hand."""

from __future__ import annotations

from stamm.lang.example import TableExample, rows

#: five were here on 1 March, fay was not; dora and emil were gone on 1 April
SUBSCRIBED = rows("""
    subscription_id  customer_id  started_at  ended_at    mrr_minor  status
    s1               anna         2024-01-01  -           1000       active
    s2               ben          2024-01-01  -           1000       active
    s3               cleo         2024-01-01  -           1000       active
    s4               dora         2024-01-01  2024-03-10  1000       active
    s5               emil         2024-01-01  2024-03-20  1000       active
    s6               fay          2024-03-02  -           1000       active
""")
#: anna ordered again within the 30 days before, ben's second order came with the span, cleo's was too long ago, and
#: dora's was cancelled, though only later
ORDERED = rows("""
    order_id  customer_id  ordered_at        amount_minor  discount_minor  channel  cancelled_at
    o1        anna         2024-02-01T10:00  1000          -               web      -
    o2        anna         2024-02-29T23:59  1000          -               app      -
    o3        ben          2024-02-10T10:00  1000          100             web      -
    o4        ben          2024-03-01T00:00  1000          -               app      -
    o5        cleo         2024-01-30T10:00  1000          100             app      -
    o6        cleo         2024-02-10T10:00  1000          0               web      -
    o7        dora         2024-02-10T10:00  1000          -               store    -
    o8        dora         2024-02-20T10:00  1000          -               web      2024-03-05
    o9        fay          2024-02-20T10:00  1000          -               web      -
""")
#: emil thought better of it; dora has not answered in time
ASKED = rows("""
    response_id  question   kind  customer_id  asked_at    answered_at  score
    a1           recommend  nps   anna         2024-02-10  2024-02-11   9
    a2           recommend  nps   emil         2024-02-10  2024-02-11   10
    a3           recommend  nps   emil         2024-02-20  2024-02-21   3
    a4           recommend  nps   dora         2024-02-20  2024-03-01   10
    a5           recommend  nps   ben          2024-02-20  2024-02-21   7
""")

EXAMPLES = (
    TableExample(
        facts={"subscriptions": SUBSCRIBED, "orders": ORDERED, "responses": ASKED},
        context={
            "window": "2024-03",
            "as_of": "2024-05-01",
            "spell_rule": "subscriptions",
            "settings": {"look_back_days": 30},
        },
        gives=rows("""
            behaviour            value  n  stayed  n_without  stayed_without  difference
            ordered_again        -      2  1       3          2               -1/6
            used_discount        -      1  1       4          2               1/2
            first_channel        web    2  2       2          1               1/2
            first_channel        store  1  0       3          3               -1
            first_channel        app    1  1       3          2               1/3
            would_recommend      -      1  1       2          1               1/2
            would_not_recommend  -      1  0       2          2               -1
            several_categories   -      0  0       5          3               -
            returned_something   -      0  0       5          3               -
            visited_often        -      0  0       5          3               -
            had_ticket           -      0  0       5          3               -
            waited_for_service   -      0  0       5          3               -
            came_to_gathering    -      0  0       5          3               -
            opened_message       -      0  0       0          0               -
            clicked_message      -      0  0       0          0               -
        """),
    ),
)
