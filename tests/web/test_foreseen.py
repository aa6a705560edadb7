"""What pages of what is to come show of a small shop: half a year of orders, no lines, and nothing kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from stamm.analyses.worth import MAP, Worth
from stamm.answers import Answers
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.reports.journeys.behind import row_words
from stamm.reports.journeys.worth_map import map_of
from tests.analyses.test_worth import risk
from tests.answers.small import order, world

AMOUNTS = {"anna": 90_000, "ben": 90_000, "cleo": 4_000, "dora": 100}
ORDERS = [order(who, who, "2024-02-03", amount) for who, amount in AMOUNTS.items()]
RISKS = [risk(who, told) for who, told in {"anna": 0.5, "ben": 0.6, "cleo": 0.2, "dora": 0.5, "emil": 0.9}.items()]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/recommendations/", "order lines"),
        ("/worth/", "Price each (EUR)"),
        ("/leaving/?by=no_order_risk", "Value at risk"),
        ("/predictions/", "Next order"),
    ],
)
def test_a_page_says_what_there_is_or_what_is_lacking(signed_in: Callable[..., Any], path: str, says: str) -> None:
    answer = signed_in("analyst").get(path)
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())
    assert says.casefold() in text.casefold()


def test_a_customer_is_told_when_to_expect_though_nothing_was_kept(signed_in: Callable[..., Any]) -> None:
    text = signed_in("analyst").get("/customers/of/c1").content.decode()
    (panel,) = re.findall(r'aria-labelledby="what-next".*?</section>', text, re.DOTALL)
    assert "Next order" in panel
    assert re.search(r"of ten such customers one has by|less likely than not", panel)
    assert "as known at the start of" in panel


def test_the_map_has_each_customer_once_in_full_rows() -> None:
    """An effort of 5.00 that keeps a fifth pays for 25.00: anna's 900.00 lie beyond eight times that, dora's 1.00
    below it, and emil, who would bring nothing, beside it."""
    answers = Answers(world({"orders": ORDERS, "predictions": RISKS}))
    answer = answers.analyse(Worth, Window.parse("2024-02"))
    drawn = map_of(answer, Language("en"))
    assert drawn.columns[0] == "nothing"
    assert {len(spots) for _name, spots in drawn.rows} == {len(drawn.columns)}
    assert [name for name, _spots in drawn.rows] == ["50 to 100%", "25 to 50%", "12.5 to 25%"]
    assert sum(int(spot.customers) for _name, spots in drawn.rows for spot in spots if spot.customers) == 5
    assert sum(place.fight + place.beyond + place.alone + place.let_go for place in answer.tables[MAP]) == 5
    assert [spot.customers for spot in drawn.rows[1][1]] == ["", "1", "", "1"]
    assert drawn.rows[0][1][0].decided == "To let go"


def test_each_place_of_the_map_leads_to_its_customers() -> None:
    """Everybody is behind one place; dora's risk of 50 % belongs to the place below it."""
    answers = Answers(world({"orders": ORDERS, "predictions": RISKS}))
    answer = answers.analyse(Worth, Window.parse("2024-02"))
    found: dict[str, tuple[str, ...]] = {}
    for _name, spots in map_of(answer, Language("en")).rows:
        for spot in (spot for spot in spots if spot.who):
            row = answer.row_named(dict(each.split("=") for each in spot.who))
            behind = answers.customers(answer, row)
            assert (len(behind.counted), len(behind.others)) == (row.customers, 5 - row.customers)
            found[row_words(answer, row, Language("en"))] = behind.counted
    assert found == {
        "Risk of leaving: 50 to 100% · Would bring if they stay: nothing": ("emil",),
        "Risk of leaving: 50 to 100% · Would bring if they stay: more than €200.00": ("ben",),
        "Risk of leaving: 25 to 50% · Would bring if they stay: up to €25.00": ("dora",),
        "Risk of leaving: 25 to 50% · Would bring if they stay: more than €200.00": ("anna",),
        "Risk of leaving: 12.5 to 25% · Would bring if they stay: up to €50.00": ("cleo",),
    }
