"""Metrics of a segment, against facts that were kept to its members by hand, window by window."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from stamm.answers import Answers
from stamm.answers.people import People
from stamm.answers.side_by_side import side_by_side
from stamm.lang.errors import UsageError
from stamm.lang.reasons import CUSTOMERLESS_FACTS, CUSTOMERLESS_ORDERS, NO_MEMBERS
from stamm.lang.window import Window, windows
from stamm.reports import workings
from stamm.segments.sentence import read
from stamm.segments.speech import Speech
from tests.answers.small import order, world

RULE = read("who ordered at least 2 times in the last 40 days or whose country is AT", Speech())
QUARTER = windows(date(2024, 2, 1), date(2024, 5, 1), "month")

#: anna is in it from March on, ben in April alone, as cleo's order was cancelled later; dora moved to AT in March
ORDERS = [
    order(1, "anna", "2024-02-03"),
    order(2, "anna", "2024-02-20", 2000),
    order(3, "anna", "2024-03-05", 4000),
    order(4, "anna", "2024-03-31T23:59", 500),
    order(5, "ben", "2024-03-01T00:00", 7000),
    order(6, "ben", "2024-03-02", 100),
    order(7, "ben", "2024-04-30T23:59", 800),
    order(8, "cleo", "2024-02-10"),
    order(9, "cleo", "2024-02-11", cancelled_at="2024-03-15"),
    order(10, "cleo", "2024-03-20", 90),
    order(11, "dora", "2024-02-10", 60),
    order(12, "dora", "2024-04-10", 30),
    order(13, None, "2024-03-10", 10),
    order(14, "cleo", "2024-04-02", 20),
]
CUSTOMERS = [
    {"customer_id": "dora", "valid_from": "2024-01-01", "country": "DE"},
    {"customer_id": "dora", "valid_from": "2024-03-15", "country": "AT"},
]
#: who was in it as each month opened, found by reading the rows above
MEMBERS = {"2024-02": set(), "2024-03": {"anna", "cleo"}, "2024-04": {"anna", "ben", "dora"}}


def asked(**more: Any) -> Answers:
    made = world({"orders": ORDERS, "customers": CUSTOMERS}, **more)
    return Answers(replace(made, saved=lambda: {"mine": RULE}))


def kept(window: Window) -> list[dict[str, Any]]:
    """The orders that stood of members in a window; a cancelled one never did."""
    return [
        each
        for each in ORDERS
        if each["customer_id"] in MEMBERS[window.name]
        and window.start <= datetime.fromisoformat(each["ordered_at"]).date() < window.end
        and "cancelled_at" not in each
    ]


def test_orders_and_money_are_those_of_whoever_was_in_it_as_the_window_opened() -> None:
    answers = asked()
    with closing(answers.world.engine):
        orders = answers.ask("order_count", QUARTER, where="segment=mine")
        money = answers.ask("gross_revenue", QUARTER, where="segment=mine")
        assert [row.value for row in orders.rows] == [len(kept(row.window)) for row in orders.rows] == [0, 3, 2]
        sums = [sum(each["amount_minor"] for each in kept(row.window)) for row in money.rows]
        assert [row.value for row in money.rows] == sums == [0, 4590, 830]
        # dora, nobody who was known, and cleo; whoever came later in a month was in neither
        others = answers.ask("gross_revenue", QUARTER, where="segment!=mine")
        assert [row.value for row in others.rows] == [60, 0, 20]
        assert answers.ask("order_count", QUARTER, where="segment=mine").left_out == {"orders without a customer": 1}
        march = answers.ask("gross_revenue", [Window.parse("2024-03")], where=("segment=mine", "country=AT")).rows
        assert [row.value for row in march] == [0]
        people, retention = People(answers.world, orders.where), answers.world.metrics["customer_retention_rate"]()
        assert people.counted(retention, QUARTER[1]) == {"start": {"anna"}, "kept": {"anna"}}


@pytest.mark.long
def test_a_split_within_a_segment_is_the_same_however_it_is_prepared() -> None:
    plain, prepared = asked(), asked()
    with closing(plain.world.engine), closing(prepared.world.engine):
        metric = plain.world.metrics["gross_revenue"]()
        prepared.prepare_each(metric, QUARTER, ("country", "channel"), where="segment=mine")
        for by in ("country", "channel"):
            one, other = (each.ask(metric, QUARTER, by=by, where="segment=mine").rows for each in (plain, prepared))
            assert one == other, by
        april = {
            row.group: row.value for row in plain.ask(metric, QUARTER[2:], by="country", where="segment=mine").rows
        }
        assert april == {"AT": 30, None: 800}


def test_what_comes_later_changes_nobody() -> None:
    """The same with everything after March opened taken away: the members of March are the same."""
    early = [row for row in ORDERS if row["ordered_at"] < "2024-04-01"]
    made = world({"orders": early, "customers": CUSTOMERS[:1]})
    answers = Answers(replace(made, saved=lambda: {"mine": RULE}))
    with closing(made.engine), closing((whole := asked()).world.engine):
        for each in (answers, whole):
            found = each.ask("gross_revenue", QUARTER[:2], where="segment=mine")
            assert [row.value for row in found.rows] == [0, 4000 + 500 + 90]


def test_retention_of_a_segment_is_of_its_members_spells() -> None:
    """Lapse of ten days: here on 1 March are none but those who ordered since 20 February: anna, a member; kept: anna
    ordered on the 31st, so she is here on 1 April."""
    answers = asked()
    with closing(answers.world.engine):
        (row,) = answers.ask("customer_retention_rate", [Window.parse("2024-03")], where="segment=mine").rows
        assert (row.value, dict(row.parts)) == (1.0, {"start": 1, "kept": 1})
        (row,) = answers.ask("customer_retention_rate", [Window.parse("2024-03")], where="segment!=mine").rows
        assert row.value is None


def test_facts_of_nobody_are_in_no_segment_and_are_counted() -> None:
    """Two returns in March, of anna and of nobody; the report's words for what was passed over know the code."""
    lost = [
        {"return_id": "r1", "order_id": "o3", "customer_id": "anna", "returned_at": "2024-03-10", "amount_minor": 1000},
        {"return_id": "r2", "order_id": "o13", "customer_id": None, "returned_at": "2024-03-11", "amount_minor": 10},
    ]
    made = world({"orders": ORDERS, "customers": CUSTOMERS, "returns": lost})
    answers = Answers(replace(made, saved=lambda: {"mine": RULE}))
    with closing(made.engine):
        found = answers.ask("revenue", QUARTER[1:2], where="segment=mine")
        assert found.rows[0].value == 4590 - 1000
        assert found.left_out == {CUSTOMERLESS_ORDERS: 1, CUSTOMERLESS_FACTS: 1}
        assert found.left_out.keys() <= workings._LEFT_OUT.keys()


def test_only_facts_that_would_count_are_passed_over_each_once() -> None:
    """Of nobody: three sheets in the box, each with a score and a reason; one of a mail; one asked in February and
    answered in March, one asked in March and answered in April, one not answered; of anna, a member, one in the box."""

    def sheet(name: str, asked: str, answered: str | None, touchpoint: str = "box", whose: str | None = None) -> Any:
        of_all = {"response_id": name, "customer_id": whose, "asked_at": asked, "touchpoint": touchpoint}
        scored = {**of_all, "question": "recommend", "kind": "nps", "answered_at": answered, "score": answered and 9.0}
        return [scored, {**of_all, "question": "why", "kind": "text", "answered_at": answered, "score": None}]

    responses = [
        *(row for name in ("a", "b", "c") for row in sheet(name, "2024-03-05", "2024-03-06")),
        *sheet("d", "2024-03-05", "2024-03-06", "mail"),
        *sheet("e", "2024-02-28", "2024-03-01T00:00"),
        *sheet("f", "2024-03-31", "2024-04-01T00:00"),
        *sheet("g", "2024-03-05", None),
        *sheet("h", "2024-03-05", "2024-03-06", whose="anna"),
    ]
    made = world({"orders": ORDERS, "customers": CUSTOMERS, "responses": responses})
    answers = Answers(replace(made, saved=lambda: {"mine": RULE}))
    with closing(made.engine):
        for where, passed in ((["segment=mine", "touchpoint=box"], 4), (["segment=mine"], 5)):
            found = answers.ask("net_promoter_score", QUARTER[1:2], where=where)
            assert (found.rows[0].value, found.rows[0].n) == (100, 1)
            assert found.left_out == {CUSTOMERLESS_FACTS: passed}
        # f, too, which was answered as April began
        found = answers.ask("net_promoter_score", QUARTER[1:3], where=["segment=mine", "touchpoint=box"])
        assert found.left_out == {CUSTOMERLESS_FACTS: 5}


def test_it_is_refused_or_has_no_value_where_nobody_can_tell() -> None:
    answers = asked(history="cut")
    with closing(answers.world.engine):
        found = answers.ask("order_count", windows(date(2024, 1, 1), date(2024, 3, 1), "month"), where="segment=mine")
        assert [(row.value, row.reason) for row in found.rows] == [(None, NO_MEMBERS), (0, "")]
        for where, words in (
            ("segment=nothing", "no segment named 'nothing'"),
            ("segment=", "never unknown"),
        ):
            with pytest.raises(UsageError, match=words):
                answers.ask("order_count", QUARTER, where=where)
        with pytest.raises(UsageError, match="no customers"):
            answers.ask("social_engagement_rate", QUARTER, where="segment=mine")
        with pytest.raises(UsageError, match="segment"):
            answers.analyse("rfm", Window(date(2024, 1, 1), date(2024, 6, 1)), where="segment=mine")


@pytest.mark.long
def test_segments_stand_side_by_side_and_a_new_rule_is_a_new_number() -> None:
    answers = asked()
    with closing(answers.world.engine):
        metric = answers.world.metrics["order_count"]()
        found = side_by_side(answers, metric, QUARTER, ["mine", "never_ordered"], by=None, where=())
        assert found.by == "segment"
        assert [(row.window.name, row.group, row.value) for row in found.rows] == [
            ("2024-02", "mine", 0), ("2024-02", "never_ordered", 1),
            ("2024-03", "mine", 3), ("2024-03", "never_ordered", 0),
            ("2024-04", "mine", 2), ("2024-04", "never_ordered", 0),
        ]  # fmt: skip
        other = Answers(replace(answers.world, saved=lambda: {"mine": read("whose country is DE", Speech())}))
        assert [row.value for row in other.ask("order_count", QUARTER, where="segment=mine").rows] == [1, 0, 0]
