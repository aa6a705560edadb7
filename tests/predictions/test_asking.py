"""Predictions asked of facts: what was known and no more, whole local days, gates, and what is kept of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamm.answers import Answers, World
from stamm.answers.table import TableAnswer
from stamm.app.foretelling import keep_foretold
from stamm.app.project import Project
from stamm.lang.errors import CurrencyError, TooLittleError, UsageError
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from stamm.predictions import PREDICTIONS
from stamm.predictions.buying.pareto_nbd import ParetoNbd
from tests.answers.small import order, world
from tests.predictions import buyers

GIVEN = {"model": "bg_nbd", "parameters": "r=1,alpha=30,a=1,b=2"}
LOOKED = date(2024, 2, 10)
SPAN = Window(date(2024, 1, 1), LOOKED)
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def ask(known: World, key: str, **more: Any) -> TableAnswer:
    return Answers(known).analyse(PREDICTIONS[key](**{**GIVEN, **more}), SPAN)


def at(hours: int) -> str:
    return (BEGIN + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


# -- nothing of later ----------------------------------------------------------------------------------------
HOURS = st.integers(0, 80 * 24)
CUT = 40 * 24
ORDERS = st.lists(
    st.tuples(st.sampled_from("abcd"), HOURS, st.integers(0, 5000), st.none() | st.integers(0, 40 * 24)), min_size=1
)


def rows_of(orders: list[tuple[str, int, int, int | None]]) -> list[dict[str, Any]]:
    return [
        order(number, who, at(when), amount, cancelled_at=None if after is None else at(when + after))
        for number, (who, when, amount, after) in enumerate(orders)
    ]


@settings(max_examples=6, deadline=None)
@given(orders=ORDERS, moved=st.lists(st.tuples(HOURS, st.booleans()), min_size=30, max_size=30))
def test_what_comes_later_changes_nothing(
    orders: list[tuple[str, int, int, int | None]], moved: list[tuple[int, bool]]
) -> None:
    """Orders and cancellations of later are moved about, made undone, or made; each is what it was before."""
    other = []
    for (who, when, amount, after), (to, gone) in zip(orders, moved, strict=False):
        if when >= CUT and gone:
            continue
        if when >= CUT:
            other.append((who, CUT + to, amount + 1, after))
        elif after is not None and when + after >= CUT:
            other.append((who, when, amount, None if gone else CUT - when + to))
        else:
            other.append((who, when, amount, after))
    other.append(("e", CUT, 100, None))
    one, two = (world({"orders": rows_of(each)}, as_of=LOOKED.isoformat()) for each in (orders, other))
    # the value rests on how often, how lately and for how much each of them bought
    assert ask(one, "value_ahead", worth="own_mean").rows == ask(two, "value_ahead", worth="own_mean").rows


# -- which days ----------------------------------------------------------------------------------------------
def test_days_are_those_of_the_shop() -> None:
    """23:30 and 00:30 in Berlin are two days, though one in UTC, and 00:30 of the day of looking is not known."""
    rows = [order(1, "anna", "2024-01-10T22:30"), order(2, "anna", "2024-01-10T23:30")]
    rows += [order(3, "anna", "2024-02-09T23:30")]
    known = world({"orders": rows}, as_of="2024-02-10", zone="Europe/Berlin")
    (row,) = ask(known, "no_order_risk").rows
    assert (row.orders, row.last_on) == (2, "2024-01-11")


def test_without_a_day_it_is_asked_when_the_data_end() -> None:
    covered = {"orders": (date(2024, 1, 1), date(2024, 2, 9))}
    known = world({"orders": [order(1, "anna", "2024-01-01T10:00")]}, coverage=covered)
    then = world({"orders": [order(1, "anna", "2024-01-01T10:00")]}, as_of="2024-02-10")
    assert ask(known, "no_order_risk").rows == ask(then, "no_order_risk").rows


def test_a_currency_without_a_rate_is_refused() -> None:
    rows = [order(1, "anna", "2024-01-01T10:00"), order(2, "anna", "2024-01-02T10:00", currency="USD")]
    with pytest.raises(CurrencyError):
        ask(world({"orders": rows}, as_of="2024-02-10"), "value_ahead", worth="own_mean")


# -- gates ---------------------------------------------------------------------------------------------------
def many(customers: int, returning: int, days: int = 100) -> World:
    """So many customers, some of whom came back, the first of them so many days before the 1st of July."""
    start = datetime(2024, 7, 1, 12, tzinfo=UTC) - timedelta(days=days)
    rows = [order(n, f"c{n}", (start + timedelta(days=n % 20)).isoformat()) for n in range(customers)]
    rows += [
        order(f"again{n}", f"c{n}", (start + timedelta(days=20 + 3 * (n % 20))).isoformat()) for n in range(returning)
    ]
    return world({"orders": rows}, as_of="2024-07-01")


@pytest.mark.parametrize(
    ("known", "lacking"),
    [
        ((99, 60), "at least 100 customers with an order, and there are 99"),
        ((100, 29), "at least 30 customers who ordered again, and there are 29"),
        ((200, 60, 89), "at least 90 days since the first order, and there are 89"),
    ],
)
def test_too_little_is_refused_and_said(known: tuple[int, ...], lacking: str) -> None:
    with pytest.raises(TooLittleError, match=lacking):
        Answers(many(*known)).analyse(PREDICTIONS["no_order_risk"], SPAN)


def test_parameters_that_are_none() -> None:
    for text in ("r=1", "r=1,alpha=x,a=1,b=2", "r=1,alpha=-3,a=1,b=2", "r=1,alpha=3,a=1,b=2,c=4"):
        with pytest.raises(UsageError, match="cannot be"):
            PREDICTIONS["no_order_risk"](model="bg_nbd", parameters=text)


def test_nobody_is_foretold_by_less_than_a_fit() -> None:
    made = buyers.pareto(ParetoNbd(0.8, 40.0, 0.6, 150.0), 300, 90.0, 4).histories
    rows = []
    for who, (repeats, last, age) in enumerate(zip(made.repeats, made.last, made.age, strict=True)):
        first = datetime(2024, 7, 1, 12, tzinfo=UTC) - timedelta(days=age)
        for number in range(int(repeats) + 1):
            when = first + timedelta(days=int(last) * number / max(repeats, 1))
            rows.append(order(f"{who}-{number}", f"c{who}", when.isoformat()))
    answer = Answers(world({"orders": rows}, as_of="2024-07-01")).analyse(PREDICTIONS["no_order_risk"], SPAN)
    assert [row.parameter for row in answer.tables["model"]] == ["r", "alpha", "s", "beta"]
    assert len(answer.rows) == 300
    assert [row.value for row in answer.rows] == sorted((row.value for row in answer.rows), reverse=True)
    back = sum(row.orders > 1 for row in answer.rows)
    assert answer.notes[0].en == f"Pareto/NBD, fitted to 300 customers, {back} of whom came back."


# -- kept ----------------------------------------------------------------------------------------------------
def test_what_is_kept_is_what_was_said(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shop", Organisation(history="complete"))
    rows = [
        order(1, "anna", "2024-01-01T10:00"),
        order(2, "ben", "2024-01-05T10:00"),
        order(3, "ben", "2024-02-05T10:00"),
    ]
    answer = ask(world({"orders": rows}, as_of="2024-02-10"), "next_order", parameters="r=1,alpha=30,a=4,b=0.1")
    told = {row.customer_id: row.value for row in answer.rows}
    assert told["anna"] is not None
    assert told["ben"] is None, "who has rather stopped than not has no date, and no row"
    for _ in range(2):
        assert keep_foretold(project, answer, now=datetime(2024, 2, 10, 12, tzinfo=UTC)) == 1
    (kept,) = project.lake().snapshot().dataset("predictions").to_table().to_pylist()
    assert kept["model"] == "next_order:bg_nbd:365d"
    assert (kept["name"], kept["horizon_days"], kept["customer_id"]) == ("next_order", 365, "anna")
    assert (kept["value"], kept["low"], kept["high"]) == (told["anna"], answer.rows[0].low, answer.rows[0].high)
    assert kept["predicted_at"] == datetime(2024, 2, 10, tzinfo=UTC)
    assert kept["version"].endswith("r=1,alpha=30,a=4,b=0.1")
