"""The lifecycle, by hand: what can be known of a period, and who is behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stamm.analyses.lifecycle import Lifecycle
from stamm.answers import Answers, TableAnswer, World
from stamm.facts import imported
from stamm.lang.errors import UsageError
from stamm.lang.reasons import BEGINS_BEFORE, NO_FACTS, NOT_BEGUN, NOT_OVER
from stamm.lang.window import Window
from tests.answers.small import order, world

ORDERS = (
    order(1, "anna", "2024-01-31T22:30"),  # in Berlin too
    order(2, "ben", "2024-01-31T23:30"),  # there it is February
    order(3, "anna", "2024-02-10"),
    order(4, "ben", "2024-03-10"),
)


def asked(facts: World, span: str, **settings: object) -> TableAnswer:
    return Answers(facts).analyse(Lifecycle, Window.parse(span), settings=settings)


def told(answer: TableAnswer) -> list[tuple[Any, ...]]:
    return [(row.active, row.new, row.returning, row.resurrected, row.dormant) for row in answer.rows]


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [
        ("UTC", [(2, 2, 0, 0, 0), (1, 0, 1, 0, 1), (1, 0, 0, 1, 1)]),
        ("Europe/Berlin", [(1, 1, 0, 0, 0), (2, 1, 1, 0, 0), (1, 0, 1, 0, 1)]),
    ],
)
def test_periods_are_those_of_the_zone(zone: str, wanted: list[tuple[int, ...]]) -> None:
    of = world({"orders": ORDERS}, zone=zone, as_of="2024-06-01")
    assert told(asked(of, "2024-01-01/2024-04-01")) == wanted


def test_a_cut_history_tells_who_is_active_until_the_one_before_is_known() -> None:
    coverage = dict.fromkeys(imported(), (date(2024, 1, 1), date(2024, 3, 20)))
    answer = asked(world({"orders": ORDERS}, history="cut", coverage=coverage), "2024-01-01/2024-05-01")
    assert told(answer) == [
        (2, None, None, None, None),
        (1, 0, 1, 0, 1),
        (1, 0, 0, 1, 1),
        (None, None, None, None, None),
    ]
    assert [row.reason for row in answer.rows] == [BEGINS_BEFORE, "", NOT_OVER, NOT_BEGUN]
    assert [row.kept for row in answer.rows] == [None, 0.5, 0, None]
    assert [row.low is None for row in answer.rows] == [True, False, True, True]
    assert "not seen in the data before" in answer.notes[0].en


def test_who_is_behind_a_period() -> None:
    of = world({"orders": [*ORDERS, order(5, None, "2024-02-10")]})
    answer = asked(of, "2024-02")
    behind = Answers(of).customers(answer, answer.rows[0])
    assert (behind.counted, behind.others) == (("anna",), ("ben",))
    parts = {words.en: who for words, who in behind.parts}
    assert parts == {"new": (), "stayed": ("anna",), "came back": (), "went quiet": ("ben",)}
    assert answer.left_out == {"orders without a customer": 1}


def test_visitors_are_people_and_stay_themselves_when_they_are_known() -> None:
    seen = [("e1", None, "2024-01-05"), ("e2", "anna", "2024-02-05"), ("e3", None, "2024-02-06")]
    events = [
        {"event_id": n, "customer_id": who, "anonymous_id": "phone", "happened_at": at, "kind": "page"}
        for n, who, at in seen
    ]
    events.append({**events[0], "event_id": "e4", "anonymous_id": "tablet"})
    of = world({"events": events})
    assert told(asked(of, "2024-01-01/2024-03-01", active_with="page", people="visitors")) == [
        (2, 2, 0, 0, 0),
        (1, 0, 1, 0, 1),
    ]
    answer = asked(of, "2024-01-01/2024-03-01", active_with="page")
    assert told(answer) == [(1, 1, 0, 0, 0), (1, 0, 1, 0, 0)]
    assert answer.left_out == {"events without a customer": 1}


def test_without_facts() -> None:
    of = world({}, coverage={})
    answer = asked(of, "2024-02")
    assert (answer.rows[0].active, answer.rows[0].reason) == (None, NO_FACTS)
    with pytest.raises(UsageError, match="nobody can be named"):
        Answers(of).customers(answer, answer.rows[0])
    with pytest.raises(UsageError, match="active_with"):
        Lifecycle(active_with="bought")
