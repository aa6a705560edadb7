"""A worked example of themes, small enough to check by hand."""

from __future__ import annotations

from string import ascii_lowercase

from stamm.lang.example import Row, TableExample, rows

#: each with a word that nobody else wrote, so that no two texts are equal
LATE, TASTY = "die Lieferung und das Paket sind spät", "der Tee und das Aroma sind lecker"
#: of forty who wrote of each, so many did in March, and so many of all were gone thirty days later
WROTE, IN_MARCH, GONE = 40, {LATE: 30, TASTY: 10}, {LATE: 10, TASTY: 4}


def _sheet(number: int, text: str, place: int) -> list[Row]:
    """An answer from 0 to 10 and what was written: of late parcels 3 or 9 in turn, of good tea always 10."""
    day = "2024-03-05" if place < IN_MARCH[text] else "2024-02-05"
    own = f"x{ascii_lowercase[number // 26]}{ascii_lowercase[number % 26]}"
    of = {"response_id": f"a{number}", "customer_id": f"c{number}", "asked_at": day, "answered_at": day}
    score = "10" if text == TASTY else ("3", "9")[place % 2]
    return [
        {**of, "question": "recommend", "kind": "nps", "score": score},
        {**of, "question": "why", "kind": "text", "comment": f"{text} {own}"},
    ]


def _subscription(number: int, text: str, place: int) -> Row:
    """All were customers when they wrote."""
    ended = "2024-03-10" if place >= WROTE - GONE[text] else None
    if place < IN_MARCH[text] and ended:
        ended = "2024-03-20"
    return {
        "subscription_id": f"s{number}",
        "customer_id": f"c{number}",
        "started_at": "2024-01-01",
        "ended_at": ended,
        "mrr_minor": "1000",
        "status": "active",
    }


_WHO = [(2 * place + which, text, place) for place in range(WROTE) for which, text in enumerate((LATE, TASTY))]
_FACTS = {
    "responses": tuple(line for who in _WHO for line in _sheet(*who)),
    "subscriptions": tuple(_subscription(*who) for who in _WHO),
}
_CONTEXT = {
    "window": "2024-03",
    "as_of": "2024-06-01",
    "spell_rule": "subscriptions",
    "settings": {"horizon_days": 36},
}
EXAMPLES = (
    # 30 of 40 in March and 10 of 40 before; 10 of the 40 who ever wrote of it left, and 4 of the other 40
    TableExample(
        facts=_FACTS,
        context=_CONTEXT,
        gives=rows("""
            n   of  share  n_before  of_before  change  score  nps  authors  left  others  others_left  difference
            30  40  3/4    10        40         1/2     0.6    0    40       10    40      4            0.15
            10  40  1/4    30        40         -1/2    1      100  40       4     40      10           -0.15
        """),
    ),
    TableExample(
        facts=_FACTS,
        context={**_CONTEXT, "table": "basis"},
        gives=rows("""
            texts  different  themes  with_theme
            40     40         2       40
        """),
    ),
)
