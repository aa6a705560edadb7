"""Worked examples of the survival curve, small enough to check by hand."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import TableExample, rows

#: anna leaves after 10 days, ben (twice here) after 20 and 5, cleo is here for 20, dora for 30; emil pays nothing;
#: fay comes after the span
FIVE = rows("""
    subscription_id  customer_id  started_at  ended_at    mrr_minor  status    end_reason
    s1               anna         2024-01-01  2024-01-11  1000       active    voluntary
    s2               ben          2024-01-01  2024-01-21  1000       active    delinquent
    s3               ben          2024-01-22  2024-01-27  1000       past_due  -
    s4               cleo         2024-01-11  2024-02-09  1000       active    voluntary
    s5               dora         2024-01-01  -           1000       active    -
    s6               emil         2024-01-01  2024-01-05  1000       trialing  voluntary
    s7               fay          2024-01-31  -           1000       active    -
""")
#: ben chose two things at his first end, cleo has not left yet, emil is no customer, and a colour is no reason
ASKED = rows("""
    response_id  question  kind    survey  customer_id  asked_at    answered_at  choice
    a1           why       choice  exit    anna         2024-01-09  2024-01-10   price
    a2           why       choice  exit    ben          2024-01-21  2024-01-22   price
    a3           why       choice  exit    ben          2024-01-21  2024-01-22   taste
    a4           why       choice  exit    cleo         2024-01-20  2024-01-21   taste
    a5           why       choice  exit    ben          2024-01-28  -            taste
    a6           colour    choice  other   anna         2024-01-05  2024-01-06   red
    a7           why       choice  exit    emil         2024-01-05  2024-01-06   price
""")


def _shop(settings: dict[str, Any], gives: str, **more: Any) -> TableExample:
    context = {
        "window": "2024-01-01/2024-01-31",
        "as_of": "2024-03-01",
        "spell_rule": "subscriptions",
        "settings": settings,
        **more,
    }
    return TableExample(facts={"subscriptions": FIVE, "responses": ASKED}, context=context, gives=rows(gives))


EXAMPLES = (
    # lengths 5, 10, 20, 20 (open), 30 (open): 4/5, then 3/4 of it, then 2/3 of that
    _shop(
        {"grid": "week"},
        """
        step  days  survival  at_risk  ended  censored  complete
        0     0     1         5        0      0         true
        1     7     4/5       4        1      0         true
        2     14    3/5       3        1      0         true
        3     21    2/5       1        1      1         true
        4     28    2/5       1        0      0         true
        """,
    ),
    # v = 1/20, + 1/12, + 1/6 for the three ends
    _shop(
        {"grid": "event"},
        """
        step  days  survival  low           high          at_risk  ended  censored
        0     0     1         -             -             5        0      0
        1     5     4/5       0.2038092633  0.9691797889  5        1      0
        2     10    3/5       0.1257301830  0.8817564074  4        1      0
        3     20    2/5       0.0519757504  0.7528157914  3        1      1
        """,
    ),
    # 5 + 5 x 4/5 + 10 x 3/5 + 10 x 2/5 = 19
    _shop(
        {},
        """
        spells  ended  median  low  high  mean  up_to  longest
        5       3      20      5    -     19    30     30
        """,
        table="summary",
    ),
    # voluntary, not paid, and one of whom nothing is told; then price twice, and taste
    _shop(
        {"survey": "exit", "near_days": 5},
        """
        spells  known  share
        1       3      1/3
        1       3      1/3
        1       3      1/3
        2       2      1
        1       2      1/2
        """,
        table="why",
    ),
)
