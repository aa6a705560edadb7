"""Worked examples of paths, small enough to check by hand."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import TableExample, rows

#: anna loads a page again, and comes back after half an hour; ben's last two are of one moment; cleo sees no page;
#: the phone's visit began in January
EVENTS = rows("""
    event_id  customer_id  anonymous_id  happened_at       kind   name  page   referrer  channel
    e01       anna         -             2024-02-01T10:00  page   -     /      search    web
    e02       anna         -             2024-02-01T10:01  page   -     /tea   -         web
    e03       anna         -             2024-02-01T10:02  page   -     /tea   -         web
    e04       anna         -             2024-02-01T10:03  track  Add   /tea   -         web
    e05       anna         -             2024-02-01T10:04  page   -     /cart  -         web
    e06       anna         -             2024-02-01T10:35  page   -     /cart  -         app
    e07       ben          -             2024-02-02T10:00  page   -     /      mail      web
    e08       ben          -             2024-02-02T10:05  page   -     /tea   -         web
    e09       ben          -             2024-02-02T10:05  page   -     /cart  -         web
    e10       cleo         -             2024-02-03T10:00  track  Add   -      -         app
    e11       -            phone         2024-01-31T23:59  page   -     /tea   search    web
    e12       -            phone         2024-02-01T00:01  page   -     /cart  -         web
""")


def _paths(gives: str, settings: dict[str, Any] | None = None, table: str = "rows") -> TableExample:
    context = {"window": "2024-02", "as_of": "2024-04-01", "settings": settings or {}, "table": table}
    return TableExample(facts={"events": EVENTS}, context=context, gives=rows(gives))


EXAMPLES = (
    # both came the same way; anna's second visit is a page
    _paths("""
        rank  visits  visitors  share
        1     2       2         2/3
        2     1       1         1/3
    """),
    # with repeats anna's first way is one of its own
    _paths(
        """
        rank  visits  visitors  share
        1     1       1         1/3
        2     1       1         1/3
        3     1       1         1/3
        """,
        {"collapse": "false"},
    ),
    # to the cart, a place before: twice from the tea, once from nowhere
    _paths(
        """
        rank  visits  visitors  share
        1     2       2         2/3
        2     1       1         1/3
        """,
        {"direction": "to", "step": "page:/cart", "length": 2},
    ),
    # from the first time something was added: once to the cart, once to nothing
    _paths(
        """
        rank  visits  visitors  share
        1     1       1         1/2
        2     1       1         1/2
        """,
        {"step": "track:Add"},
    ),
    # anna's first visit and ben's go on to the tea and the cart, anna's second begins and ends at the cart
    _paths(
        """
        depth  visits  share  of_before  ended  n
        1      2       2/3    2/3        0      3
        2      2       2/3    1          0      3
        3      2       2/3    1          -      3
        1      1       1/3    1/3        1      3
        """,
        {"branches": "4", "length": "3"},
        table="branching",
    ),
    # the tea and the cart are one place, and one after the other: ben and anna from the start to it, and anna there
    _paths(
        """
        rank  visits  share
        1     2       2/3
        2     1       1/3
        """,
        {"together": "/t*, /c*", "length": "2"},
    ),
    # told from the end: to the cart from the tea twice, once from nowhere
    _paths(
        """
        depth  visits  share  of_before  ended
        1      3       1      1          1
        2      2       2/3    2/3        0
        3      2       2/3    1          -
        """,
        {"branches": "4", "length": "3", "direction": "to", "step": "page:/cart"},
        table="branching",
    ),
    _paths(
        """
        what   visits  share
        /      2       2/3
        /cart  1       1/3
        """,
        table="landing",
    ),
    _paths(
        """
        what   visits  share
        /cart  3       1
        """,
        table="exit",
    ),
    _paths(
        """
        what  visits  share
        /*    3       1
        """,
        {"together": "/*"},
        table="landing",
    ),
    _paths(
        """
        what    visits  share
        -       2       1/2
        mail    1       1/4
        search  1       1/4
        """,
        table="referrers",
    ),
    _paths(
        """
        what  visits  share
        app   2       1/2
        web   2       1/2
        """,
        table="channels",
    ),
)
