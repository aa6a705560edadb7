"""Worked examples of the funnel, small enough to check by hand."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import TableExample, rows

#: anna looks twice and then buys; ben pays a day after his cart, to the second; cleo looks at something else before
#: she pays; dora begins before February, and what she does at last begins nothing; who has the phone gets to the cart
EVENTS = rows("""
    event_id  customer_id  anonymous_id  happened_at           kind   name      page
    e01       anna         -             2024-02-01T10:00      page   -         /cart
    e02       anna         -             2024-02-02T09:00      page   -         /cart
    e03       anna         -             2024-02-02T09:10      track  Checkout  -
    e04       ben          -             2024-02-03T12:00      page   -         /cart
    e05       ben          -             2024-02-03T12:00      track  Checkout  -
    e06       cleo         -             2024-02-05T08:00      page   -         /cart
    e07       cleo         -             2024-02-05T08:05      page   -         /help
    e08       cleo         -             2024-02-05T08:20      track  Checkout  -
    e09       dora         -             2024-01-31T23:59      page   -         /cart
    e10       dora         -             2024-02-01T00:10      track  Checkout  -
    e11       -            phone         2024-02-29T23:30      page   -         /cart
""")
ORDERS = rows("""
    order_id  customer_id  ordered_at           amount_minor  cancelled_at
    o1        anna         2024-02-02T09:30     1000          -
    o2        ben          2024-02-04T12:00     1000          -
    o3        cleo         2024-02-05T09:00     1000          2024-02-06
    o4        -            2024-02-05T10:00     1000          -
""")


def _funnel(settings: dict[str, Any], gives: str, **more: Any) -> TableExample:
    asked = {"steps": "page:/cart > track:Checkout > order", "within_hours": 24, **settings}
    return TableExample(
        facts={"events": EVENTS, "orders": ORDERS},
        context={"window": "2024-02", "as_of": "2024-04-01", "settings": asked, **more},
        gives=rows(gives),
    )


EXAMPLES = (
    # both of anna's attempts get to the end within the time: the first one counts
    _funnel(
        {},
        """
        step  reached  customers  of_first  of_before  dropped  minutes  undecided  complete
        1     4        3          1         -          -        -        0          true
        2     3        3          3/4       3/4        1        20       0          true
        3     2        2          1/2       2/3        1        730      0          true
        """,
    ),
    # anna's first attempt is over before she pays, so the second counts; ben's is, too
    _funnel(
        {"within_hours": 23.4},
        """
        step  reached  of_first  of_before  dropped  minutes
        1     4        1         -          -        -
        2     3        3/4       3/4        1        10
        3     1        1/4       1/3        2        20
        """,
    ),
    # nothing between: cleo looked for help; of ben's two at one moment the cart has the lesser id
    _funnel(
        {"mode": "strict"},
        """
        step  reached  of_first  of_before  dropped  minutes
        1     4        1         -          -        -
        2     2        1/2       1/2        2        5
        3     2        1/2       1          0        730
        """,
    ),
    # in any order dora begins in February, with what is the second step elsewhere
    _funnel(
        {"mode": "any"},
        """
        step  reached  of_first  of_before  dropped  minutes
        1     5        1         -          -        -
        2     3        3/5       3/5        2        20
        3     2        2/5       2/3        1        730
        """,
    ),
    # who has the phone can still go on for half an hour less than a day
    _funnel(
        {},
        """
        step  reached  of_first  undecided  complete  reason
        1     4        1         0          true      -
        2     3        3/4       1          false     growing
        3     2        1/2       1          false     growing
        """,
        as_of="2024-03-01",
    ),
    _funnel(
        {"people": "customers"},
        """
        step  reached  customers  of_first
        1     3        3          1
        2     3        3          1
        3     2        2          2/3
        """,
        as_of="2024-03-01",
    ),
)
