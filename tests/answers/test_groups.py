"""Splitting answers: by a fact's own column, by a customer's attribute at the moment it counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamm.answers import Answers
from stamm.lang.errors import UsageError
from stamm.lang.window import Window
from tests.answers.made import Begun, OrdersPerAnswer, Placed, Turnover
from tests.answers.small import ask, grid, known, order, paying, values, world
from tests.thorough import turns

MOVED = [
    known("anna", "2024-01-01", country="DE"),
    known("anna", "2024-02-15", country="AT"),
    known("ben", "2024-02-20", country="DE"),
]


def test_by_a_column_of_the_fact() -> None:
    orders = [
        order(1, "anna", "2024-02-05", channel="web"),
        order(2, "ben", "2024-02-06", channel="app"),
        order(3, None, "2024-03-06", channel="web"),
        order(4, None, "2024-03-07"),
    ]
    answer = ask(world({"orders": orders}), Placed, "2024-02", "2024-03", "2024-04", by="channel")
    assert grid(answer) == {
        ("2024-02-01", "app"): 1,
        ("2024-02-01", "web"): 1,
        ("2024-02-01", None): 0,
        ("2024-03-01", "app"): 0,
        ("2024-03-01", "web"): 1,
        ("2024-03-01", None): 1,
        ("2024-04-01", "app"): 0,
        ("2024-04-01", "web"): 0,
        ("2024-04-01", None): 0,
    }
    assert [row.group for row in answer.rows] == ["app", "web", None] * 3


def test_outside_coverage_the_grid_has_no_values() -> None:
    answer = ask(
        world({"orders": [order(1, "anna", "2024-02-05", channel="web")]}), Placed, "2023", "2024", by="channel"
    )
    assert grid(answer) == {("2023-01-01", "web"): None, ("2024-01-01", "web"): 1}


def test_a_changed_attribute_is_taken_at_the_moment_of_the_fact() -> None:
    orders = [
        order(1, "anna", "2024-02-14T23:59:59", 100),
        order(2, "anna", "2024-02-15T00:00:00", 200),
        order(3, "anna", "2024-02-28", 400),
        order(4, "ben", "2024-02-19", 800),  # before anything was known of ben
        order(5, "ben", "2024-02-20", 1600),
        order(6, None, "2024-02-20", 3200),
        order(7, "cleo", "2024-02-20", 6400),  # of whom nothing is ever known
    ]
    answer = ask(world({"orders": orders, "customers": MOVED}), Turnover, "2024-02", by="country")
    assert grid(answer) == {("2024-02-01", "AT"): 600, ("2024-02-01", "DE"): 1700, ("2024-02-01", None): 10400}


def test_in_retention_it_is_taken_at_the_start_of_the_window() -> None:
    subscriptions = [
        paying("anna", "2024-01-05"),
        paying("ben", "2024-01-05", "2024-03-10"),
        paying("cleo", "2024-02-25"),
    ]
    customers = [*MOVED, known("cleo", "2024-02-25", country="CH"), known("cleo", "2024-02-27", country="DE")]
    of = world({"subscriptions": subscriptions, "customers": customers}, spell_rule="subscriptions")
    start = ask(of, "customer_retention_rate", "2024-02", "2024-03", by="country")
    parts = {(str(row.window.start), row.group): dict(row.parts) for row in start.rows}
    assert parts["2024-02-01", "DE"] == {"start": 1, "kept": 1}  # anna, who moves on the 15th
    assert parts["2024-02-01", "AT"] == {"start": 0, "kept": 0}
    assert parts["2024-02-01", None] == {"start": 1, "kept": 1}  # ben, not known yet
    assert parts["2024-03-01", "AT"] == {"start": 1, "kept": 1}
    assert parts["2024-03-01", "DE"] == {"start": 2, "kept": 1}  # ben, who leaves, and cleo
    joined = grid(ask(of, "new_customers", "2024-02", by="country"))
    assert joined["2024-02-01", "CH"] == 1  # at the moment of joining


def test_an_attribute_known_from_the_very_start_of_the_window() -> None:
    customers = [known("anna", "2024-02-01", country="DE")]
    of = world({"subscriptions": [paying("anna", "2024-01-05")], "customers": customers}, spell_rule="subscriptions")
    assert grid(ask(of, "customer_count", "2024-02", by="country")) == {("2024-02-01", "DE"): 1}


@pytest.mark.parametrize(
    ("metric", "by", "sentence"),
    [
        (Placed, "shoe_size", "Orders cannot be split by 'shoe_size': the fact has no such column."),
        (Placed, "email", "Orders cannot be split by 'email': the fact has no such column."),
        (Placed, "touchpoint", "Orders cannot be split by 'touchpoint': the fact has no such column."),
        (
            "customer_retention_rate",
            "channel",
            "Customer base cannot be split by 'channel': the fact has no such column.",
        ),
        (OrdersPerAnswer, "channel", "Responses cannot be split by 'channel': the fact has no such column."),
    ],
)
def test_a_dimension_that_a_fact_lacks_is_refused_by_name(metric: Any, by: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask(world({"orders": [order(1, "anna", "2024-02-05")]}), metric, "2024-02", by=by)
    assert caught.value.what == sentence
    assert "country" in caught.value.remedy


def test_a_metric_of_two_facts_over_the_full_grid() -> None:
    responses = [
        {"response_id": "1", "question": "q", "kind": "nps", "customer_id": "ben", "asked_at": "2024-02-01",
         "answered_at": "2024-03-01"},
    ]  # fmt: skip
    customers = [known("anna", "2024-01-01", country="DE"), known("ben", "2024-01-01", country="AT")]
    orders = [order(1, "anna", "2024-02-05"), order(2, "ben", "2024-03-05")]
    of = world({"orders": orders, "responses": responses, "customers": customers})
    answer = ask(of, OrdersPerAnswer, "2024-02", "2024-03", by="country")
    assert [(row.group, dict(row.parts), row.value) for row in answer.rows] == [
        ("AT", {"placed": 0, "answered": 0}, None),
        ("DE", {"placed": 1, "answered": 0}, None),
        ("AT", {"placed": 1, "answered": 1}, 1.0),
        ("DE", {"placed": 0, "answered": 0}, None),
    ]


MINUTES = st.integers(0, 60 * 24 * 120)
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def moment(minutes: int) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


PEOPLE = st.sampled_from(["anna", "ben", "cleo", None])
ORDERS = st.lists(st.tuples(PEOPLE, MINUTES, st.integers(0, 900), st.sampled_from(["web", "app", None])), max_size=12)
VERSIONS = st.lists(
    st.tuples(st.sampled_from(["anna", "ben", "cleo"]), MINUTES, st.sampled_from(["DE", "AT", None])),
    max_size=6,
    unique_by=lambda version: version[:2],
)


def check_sums(orders: list[Any], versions: list[Any], by: str, keys: tuple[Any, ...]) -> None:
    of = world(
        {
            "orders": [
                order(number, who, "", amount, channel=channel) | {"ordered_at": moment(at)}
                for number, (who, at, amount, channel) in enumerate(orders)
            ],
            "customers": [
                known(who, "", country=country) | {"valid_from": moment(at)} for who, at, country in versions
            ],
        }
    )
    windows = [Window.parse(text) for text in ("2024-01", "2024-02", "2024", "2024-W08")]
    answers = Answers(of)
    for key in keys:
        total = answers.ask(key, windows)
        split = answers.ask(key, windows, by=by)
        for row in total.rows:
            parts = [each.value for each in split.rows if each.window == row.window]
            assert sum(part for part in parts if part is not None) == row.value
    of.engine.close()


@settings(max_examples=3, deadline=None, derandomize=True)
@given(ORDERS, VERSIONS)
def test_sums_over_groups_equal_the_total(orders: list[Any], versions: list[Any]) -> None:
    check_sums(orders, versions, "channel", (Turnover,))
    check_sums(orders, versions, "country", (Turnover, "lost_customers"))


@pytest.mark.long
@settings(max_examples=turns(15, 6), deadline=None)
@given(ORDERS, VERSIONS)
def test_sums_over_groups_in_many_worlds(orders: list[Any], versions: list[Any]) -> None:
    spells = ("customer_count", "new_customers", "lost_customers", "returned_customers")
    check_sums(orders, versions, "channel", (Placed, Turnover))
    check_sums(orders, versions, "country", (Placed, Turnover, *spells))


def test_by_is_not_guessed_where_the_fact_has_its_own() -> None:
    of = world({"subscriptions": [paying("anna", "2024-02-05", plan="club")], "customers": MOVED})
    assert grid(ask(of, Begun, "2024-02", by="plan")) == {("2024-02-01", "club"): 1}
    assert grid(ask(of, Begun, "2024-02", by="country")) == {("2024-02-01", "DE"): 1}
    assert values(ask(of, Begun, "2024-02")) == [1]
