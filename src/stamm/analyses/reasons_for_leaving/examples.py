"""Worked examples of why customers left, small enough to check by hand."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import TableExample, rows

#: four leave in January and one in February; dora's subscription does not say why, and emil stays
SUBSCRIBED = rows("""
    subscription_id  customer_id  started_at  ended_at    mrr_minor  status  end_reason
    s1               anna         2023-06-01  2024-01-10  1000       active  voluntary
    s2               ben          2023-06-01  2024-01-12  1000       active  voluntary
    s3               cleo         2023-06-01  2024-01-20  1000       active  delinquent
    s4               dora         2023-06-01  2024-01-25  1000       active  -
    s5               emil         2023-06-01  -           1000       active  -
    s6               fay          2023-06-01  2024-02-10  1000       active  changed
""")
#: ben chose two things, cleo has not answered, dora answered when January was over, emil is still here
ASKED = rows("""
    response_id  question  kind    survey  customer_id  asked_at    answered_at  choice
    a1           why       choice  exit    anna         2024-01-09  2024-01-10   price
    a2           why       choice  exit    ben          2024-01-12  2024-01-13   price
    a3           why       choice  exit    ben          2024-01-12  2024-01-13   taste
    a4           why       choice  exit    cleo         2024-01-21  -            -
    a5           why       choice  exit    dora         2024-01-26  2024-02-03   taste
    a6           why       choice  exit    emil         2024-01-26  2024-01-27   price
    a7           heard     choice  hello   anna         2023-06-02  2023-06-02   friends
""")
#: fay sent something back a week before, and long before
BACK = rows("""
    return_id  customer_id  returned_at  amount_minor  reason
    r1         fay          2024-02-03   500           broken
    r2         fay          2023-09-03   500           size
""")


def _shop(settings: dict[str, Any], gives: str, **more: Any) -> TableExample:
    context = {"window": "2024-01", "as_of": "2024-06-01", "spell_rule": "subscriptions", "settings": settings, **more}
    facts = {"subscriptions": SUBSCRIBED, "responses": ASKED, "returns": BACK}
    gives = gives.replace("end of subscription", "end_of_subscription")
    told = tuple({**each, "source": (each["source"] or "").replace("_", " ")} for each in rows(gives))
    return TableExample(facts=facts, context=context, gives=told)


EXAMPLES = (
    # of January's four, three subscriptions say why; of three who were asked and are known then, two answered
    _shop(
        {},
        """
        source               answer      n  known  share  untold  ended
        end of subscription  voluntary   2  3      2/3    1       4
        end of subscription  delinquent  1  3      1/3    1       4
        why                  price       2  2      1      2       4
        why                  taste       1  2      1/2    2       4
        """,
    ),
    # by the end of February dora's answer is known, but not by the end of January
    _shop(
        {"grain": "month"},
        """
        source               answer      n  known  untold  ended
        end of subscription  voluntary   2  3      1       4
        end of subscription  delinquent  1  3      1       4
        why                  price       2  2      2       4
        why                  taste       1  2      2       4
        end of subscription  changed     1  1      0       1
        return               broken      1  1      0       1
        """,
        window="2024-01-01/2024-03-01",
    ),
)
