"""The slider of the page about worth: whole money there, the smallest unit everywhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from stamm.analyses.worth import Worth
from stamm.answers import Answers
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.reports.journeys.worth import worth_of
from tests.analyses.test_worth import risk
from tests.answers.small import order, world


@pytest.mark.parametrize(
    ("field", "given", "shown"),
    [
        ("budget", {"budget": "12.50"}, "12.50"),
        ("budget", {"budget": "0"}, "0.00"),
        ("budget", {"budget": ""}, "500.00"),
        ("budget", {"budget": " 7 "}, "7.00"),
        ("budget", {"budget_minor": "700"}, "7.00"),
        ("price", {}, "5.00"),
        ("price", {"price": "2.5", "price_minor": "900"}, "2.50"),
    ],
)
def test_an_amount_is_written_in_whole_money_and_asked_in_the_smallest(
    signed_in: Callable[..., Any], field: str, given: dict[str, str], shown: str
) -> None:
    text = signed_in("analyst").get("/worth/", given).content.decode()
    (input_,) = re.findall(rf'<input[^>]*id="s-{field}"[^>]*>', text)
    assert f'name="{field}"' in input_
    assert f'value="{shown}"' in input_
    assert 'step="0.01"' in input_
    assert "aria-invalid" not in input_
    assert f'<label for="s-{field}">{"Budget" if field == "budget" else "Price each"} (EUR)</label>' in text
    assert "minor units" not in text


@pytest.mark.parametrize("written", ["many", "12.345", "-3", "NaN", "1e40"])
def test_what_is_no_budget_is_shown_beside_the_field(signed_in: Callable[..., Any], written: str) -> None:
    text = signed_in("analyst").get("/worth/", {"budget": written}).content.decode()
    (field,) = re.findall(r'<input[^>]*id="s-budget"[^>]*>', text)
    assert 'aria-invalid="true"' in field


@pytest.mark.parametrize(
    ("budget", "price", "value", "most", "step"),
    [(0, 500, "0.00", "15.00", "5.00"), (1200, 500, "12.00", "15.00", "5.00"), (9900, 500, "99.00", "100.00", "5.00")],
)
def test_the_slider_reaches_from_nothing_to_all_for_whom_it_pays(
    budget: int, price: int, value: str, most: str, step: str
) -> None:
    """An effort pays for three of four; a greater budget than they take is reached, too."""
    amounts = {"anna": 90_000, "ben": 90_000, "cleo": 90_000, "dora": 100}
    told = [risk(who, 0.5) for who in amounts]
    orders = [order(who, who, "2024-02-03", amount) for who, amount in amounts.items()]
    answers = Answers(world({"orders": orders, "predictions": told}))
    settings = {"budget_minor": budget, "price_minor": price}
    found = worth_of(answers.analyse(Worth, Window.parse("2024-02"), settings=settings), Language("en"))
    assert found is not None
    assert (found.slider.value, found.slider.most, found.slider.step) == (value, most, step)
