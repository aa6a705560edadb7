"""Who brings how much, in words: worked out by hand from four customers."""

from __future__ import annotations

from datetime import date

from stamm.answers import Answers
from stamm.lang.language import NO_BREAK, Language
from stamm.lang.window import Window
from stamm.reports.bringing import bringing_of, brought_by_group
from tests.reports import shops

#: 600, 200, 100 and 100, together 1,000
ORDERS = [
    shops.order(number, date(2024, 2, 1 + number), amount) for number, amount in enumerate((60000, 20000, 10000, 10000))
]
COUNTRIES = [
    {"customer_id": f"c{number}", "valid_from": "2024-01-01", "country": "DE" if number < 3 else "AT"}
    for number in range(4)
]
SETTINGS = {"of": "revenue", "points": 4}


def test_the_sentence_the_points_and_the_groups() -> None:
    world = shops.world({"orders": ORDERS, "returns": [], "customers": COUNTRIES}, date(2024, 3, 31))
    answers, say = Answers(world), Language("en")
    span = Window.parse("2024-02")
    found = bringing_of(answers.analyse("concentration", span, settings=SETTINGS), say)
    assert found is not None
    assert found.sentence == "The best 25% of the customers (1) brought 60.0% of revenue."
    assert [(part.customers, part.share) for part in found.parts] == [
        ("1", "60.0%"), ("2", "80.0%"), ("3", "90.0%"), ("4", "100.0%"),
    ]  # fmt: skip
    # (4 + 1 - 2 (1 x 600 + 2 x 200 + 3 x 100 + 4 x 100) / 1000) / 4
    assert dict(found.totals) == {
        "Customers": ("4",), "Brought": ("€1,000.00",), "Gini coefficient": ("0.40",),
    }  # fmt: skip
    least = bringing_of(answers.analyse("concentration", span, settings={**SETTINGS, "first": "least"}), Language("de"))
    assert least is not None
    assert least.sentence.replace(NO_BREAK, " ") == "Die untersten 25 % der Kunden (1) erbrachten 10,0 % des Umsatzes."
    groups = brought_by_group(answers.analyse("concentration", span, by="country", settings=SETTINGS), say)
    assert [(group.name, group.customers, group.brought) for group in groups] == [
        ("DE", "3", "€900.00"), ("AT", "1", "€100.00"),
    ]  # fmt: skip
    nothing = answers.analyse("concentration", Window.parse("2024-03"), settings=SETTINGS)
    assert bringing_of(nothing, say) is None
