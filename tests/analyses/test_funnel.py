"""The funnel, by hand: what can be known of it, who is left out, and what it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stamm.analyses.funnel import Funnel
from stamm.answers import Answers, TableAnswer, World
from stamm.facts import imported
from stamm.lang.errors import UsageError
from stamm.lang.reasons import BEGINS_BEFORE, GROWING, NO_FACTS, NOT_BEGUN, NOT_OVER, OUTSIDE, ZERO
from stamm.lang.window import Window
from tests.answers.small import order, world

STEPS = "page:/cart > order"


def page(number: int, who: str | None, happened_at: str, path: str = "/cart") -> dict[str, Any]:
    row = {"event_id": f"e{number}", "customer_id": who, "happened_at": happened_at, "kind": "page", "page": path}
    return {**row, "anonymous_id": None if who else f"phone{number}"}


def asked(facts: World, span: str = "2024-02", **settings: object) -> TableAnswer:
    return Answers(facts).analyse(Funnel, Window.parse(span), settings={"steps": STEPS, **settings})


def reached(answer: TableAnswer) -> list[int | None]:
    return [row.reached for row in answer.rows]


@pytest.mark.parametrize(
    ("ordered_at", "hours", "wanted"),
    [
        ("2024-02-01T12:00", 2.0, 1),
        ("2024-02-01T12:00:00.000001", 2.0, 0),
        ("2024-02-01T10:00", 0.0, 1),  # at the same moment, an order comes after what is seen
        ("2024-02-01T09:59:59", 2.0, 0),
        ("2024-03-01T10:00", 720.0, 1),  # after the span
    ],
)
def test_the_time_counts_from_the_first_step_to_the_microsecond(ordered_at: str, hours: float, wanted: int) -> None:
    facts = {"events": [page(1, "anna", "2024-02-01T10:00")], "orders": [order(1, "anna", ordered_at)]}
    assert reached(asked(world(facts), within_hours=hours)) == [1, wanted]


def test_a_page_is_named_by_its_path_or_how_it_begins() -> None:
    pages = [
        page(1, "anna", "2024-02-01", "/shop/tea"),
        page(2, "ben", "2024-02-01", "/shop"),
        page(3, "cleo", "2024-02-01"),
    ]
    of = world({"events": pages})
    assert reached(asked(of, steps="page > page:/shop*", mode="any")) == [3, 2]
    assert reached(asked(of, steps="page > page:/shop/*", mode="any")) == [3, 1]
    assert reached(asked(of, steps="page > page:/shop", mode="any")) == [3, 1]
    assert reached(asked(of, steps="page > page:shop", mode="any")) == [3, 0], "that would be the name of a page"


@pytest.mark.parametrize(
    ("span", "as_of", "more", "reason", "last"),
    [
        ("2024-02", None, {}, "", GROWING),
        ("2024-02", "2024-02-20", {}, NOT_OVER, NOT_OVER),
        ("2024-03", "2024-02-20", {}, NOT_BEGUN, NOT_BEGUN),
        ("2023-12", None, {}, OUTSIDE, OUTSIDE),
        ("2024-07", "2025-01-01", {}, OUTSIDE, OUTSIDE),
        ("2024-01", None, {"history": "cut"}, BEGINS_BEFORE, BEGINS_BEFORE),
        ("2024-01", None, {}, ZERO, ZERO),
    ],
)
def test_what_can_be_known(span: str, as_of: str | None, more: dict[str, Any], reason: str, last: str) -> None:
    coverage = dict.fromkeys(imported(), (date(2024, 1, 10), date(2024, 2, 29)))
    facts = {"events": [page(1, "anna", "2024-02-19"), page(2, "ben", "2024-02-29")]}
    answer = asked(world(facts, coverage=coverage, as_of=as_of, **more), span, within_hours=24)
    assert [row.reason for row in answer.rows] == [reason, last]
    assert answer.rows[1].complete is (last in ("", ZERO))
    if last == GROWING:
        assert [row.undecided for row in answer.rows] == [0, 1]
        assert answer.rows[1].of_first_high is None
        assert answer.notes[0].en == "Can still get further, since their time is not over: 1."
    if reason in (NOT_BEGUN, OUTSIDE):
        assert reached(answer) == [None, None]


@pytest.mark.parametrize(("mode", "undecided"), [("ordered", 2), ("strict", 1)])
def test_what_came_between_ends_a_strict_attempt(mode: str, undecided: int) -> None:
    last = "2024-12-31"
    pages = [page(1, "anna", last), page(2, "anna", f"{last}T01:00", "/help"), page(3, "ben", last)]
    answer = asked(world({"events": pages}), "2024-12", within_hours=48, mode=mode)
    assert [row.undecided for row in answer.rows] == [0, undecided]


def test_that_a_page_was_looked_at_lies_between_no_steps_and_is_none() -> None:
    events = [
        page(1, "anna", "2024-02-01T10:00"),
        {**page(2, "anna", "2024-02-01T10:05"), "kind": "stay"},
        page(3, "anna", "2024-02-01T10:05:01", "/pay"),
    ]
    facts = world({"events": events})
    assert reached(asked(facts, steps="page:/cart > page:/pay", mode="strict")) == [1, 1]
    assert reached(asked(facts, steps="event > event > event")) == [1, 1, 0]


def test_without_facts() -> None:
    of = world({}, coverage={"orders": (date(2024, 1, 1), date(2024, 12, 31))})
    answer = asked(of)
    assert [(row.reached, row.reason) for row in answer.rows] == [(None, NO_FACTS)] * 2
    with pytest.raises(UsageError, match="nobody can be named"):
        Answers(of).customers(answer, answer.rows[0])


def test_what_is_left_out_is_counted() -> None:
    facts = {
        "events": [page(1, None, "2024-02-01"), page(2, None, "2024-02-01", "/help"), page(3, None, "2024-01-31")],
        "orders": [order(1, None, "2024-02-01"), order(2, "anna", "2024-02-01", cancelled_at="2024-02-02")],
    }
    orders = {"orders without a customer": 1, "cancelled orders": 1}
    assert asked(world(facts)).left_out == orders
    assert asked(world(facts), people="customers").left_out == {"events without a customer": 1, **orders}


def test_shares_and_intervals() -> None:
    facts = {"events": [page(n, f"c{n}", "2024-02-01") for n in range(4)], "orders": [order(1, "c0", "2024-02-02")]}
    row = asked(world(facts)).rows[1]
    assert (row.of_first, row.of_before, row.dropped, row.minutes) == (0.25, 0.25, 3, 1440)
    assert (row.of_first_low, row.of_first_high) == pytest.approx((0.04558726, 0.69935818))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"steps": "order"}, "2 to 12 steps"),
        ({"steps": " > ".join(["order"] * 13)}, "2 to 12 steps"),
        ({"steps": "order > "}, "steps"),
        ({"steps": "order > bought"}, "bought"),
        ({"steps": "order:big > order"}, "order:big"),
        ({"steps": "order > order", "mode": "any"}, "twice"),
        ({"within_hours": -1}, "within_hours"),
    ],
)
def test_what_it_refuses(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Funnel(**settings)
