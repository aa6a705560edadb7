"""Retention by cohort, by hand: who enters, who counts, and what can be known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stamm.analyses.kind import ROWS
from stamm.analyses.retention_table import POOLED, RetentionTable
from stamm.analyses.retention_table.cells import FIRST
from stamm.answers import Answers, TableAnswer, World
from stamm.facts import imported
from stamm.lang.errors import CurrencyError, UsageError
from stamm.lang.reasons import BEGINS_BEFORE, NO_FACTS, NOT_BEGUN, NOT_OVER, OUTSIDE, ZERO
from stamm.lang.window import Window
from tests.answers.small import ALL_OF_2024, known, order, world

BERLIN = {"zone": "Europe/Berlin"}
TWICE = (
    order(1, "anna", "2024-01-01"),
    order(2, "anna", "2024-01-02"),
    order(3, "ben", "2024-01-03"),
    order(4, "ben", "2024-02-01"),
    order(5, "ben", "2024-02-02"),
    order(6, "anna", "2024-02-05"),
)


def event(
    number: int, customer: str | None, happened_at: str, name: str = "Home", kind: str = "page"
) -> dict[str, Any]:
    row = {"event_id": f"e{number}", "customer_id": customer, "happened_at": happened_at, "kind": kind, "name": name}
    return {**row, "anonymous_id": None if customer else "phone"}


def asked(facts: World, span: str, *, by: str | None = None, **settings: object) -> TableAnswer:
    return Answers(facts).analyse(RetentionTable, Window.parse(span), by=by, settings=settings)


def column(answer: TableAnswer, name: str, table: str = ROWS) -> list[Any]:
    return [getattr(row, name) for row in answer.tables[table]]


# -- who counts ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("minimum", "returned"), [(1, [2, 2]), (2, [1, 1]), (3, [0, 0])])
def test_how_often_in_the_period(minimum: int, returned: list[int]) -> None:
    answer = asked(world({"orders": TWICE}), "2024-01", periods=1, minimum=minimum)
    assert column(answer, "returned") == returned
    assert column(answer, "size") == [2, 2]


def test_how_often_in_it_or_later_and_what_those_bring() -> None:
    later: dict[str, Any] = {"periods": 2, "minimum": 2, "rule": "on_or_after"}
    answer = asked(world({"orders": TWICE}), "2024-01", of="orders", **later)
    assert column(answer, "returned") == [2, 1, 0]
    assert column(answer, "amount") == [6, 2, 0], "anna's one order in February brings nothing"
    assert column(asked(world({"orders": TWICE}), "2024-01", **later), "value") == [1, 0.5, 0]


def test_what_brackets_take_in() -> None:
    orders = [order(n, "anna", f"2024-01-{day:02}") for n, day in enumerate((1, 3, 5, 9))]
    answer = asked(
        world({"orders": orders}), "2024-01-01", cohort="day", period="day", rule="bracket", brackets="2-4,6,8"
    )
    assert [(row.period, row.last_period, row.returned) for row in answer.rows] == [
        (0, 0, 1),
        (2, 4, 1),
        (6, 6, 0),
        (8, 8, 1),
    ]


@pytest.mark.parametrize(
    ("returns", "returned"),
    [("visit", [1]), ("activity", [1]), ("order", [0]), ("track:Signed up", [0]), ("page:Home", [1])],
)
def test_the_entry_is_one_occurrence_and_not_another(returns: str, returned: list[int]) -> None:
    facts = {
        "orders": [order(1, "anna", "2024-01-05T10:00"), order(2, "ben", "2024-01-05T10:00")],
        # one before the entry does not count; ben comes back
        "events": [event(1, "anna", "2024-01-05T09:00"), event(2, "ben", "2024-01-06T10:00")],
    }
    answer = asked(world(facts), "2024-01", returns_with=returns, minimum=2, periods=1)
    assert column(answer, "returned")[:1] == returned


@pytest.mark.parametrize(
    ("entry", "sizes", "back"),
    [
        ("first_ever", [0, 1, 0], [None, 1, None]),
        ("first_in_range", [1, 1, 0], [1, 1, None]),
        ("recurring", [1, 2, 1], [1, 1, 0]),
    ],
)
def test_who_begins(entry: str, sizes: list[int], back: list[int | None]) -> None:
    orders = [
        order(1, "anna", "2024-01-10"),
        order(2, "anna", "2024-02-10"),
        order(3, "anna", "2024-03-10"),
        order(4, "ben", "2024-03-05"),
        order(5, "ben", "2024-03-30"),
        order(6, "ben", "2024-04-05"),
    ]
    answer = asked(world({"orders": orders}), "2024-02-01/2024-05-01", entry=entry, periods=1)
    assert column(answer, "size")[::2] == sizes
    assert column(answer, "returned")[1::2] == back


def test_small_orders_are_no_return_and_cancelled_ones_nothing() -> None:
    orders = [
        order(1, "anna", "2024-01-10", 100),
        order(2, "anna", "2024-02-10", 499),
        order(3, "ben", "2024-01-10"),
        order(4, "ben", "2024-02-10", 500),
        order(5, "cleo", "2024-01-10", cancelled_at="2024-01-11"),
        order(6, None, "2024-01-10"),
    ]
    answer = asked(world({"orders": orders}), "2024-01", periods=1, least_minor=500)
    assert [(row.returned, row.size) for row in answer.rows] == [(2, 2), (1, 2)]
    assert answer.left_out == {"orders without a customer": 1, "cancelled orders": 1}


# -- when ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("entered", "back", "days", "steps"),
    [
        ("2024-03-30T10:00+01:00", "2024-03-31T10:00+02:00", 1, 0),  # 23 hours later
        ("2024-10-26T10:00+02:00", "2024-10-27T10:00+01:00", 1, 1),  # 25 hours later
        ("2024-05-01T10:00:00.5+02:00", "2024-05-02T10:00:00.499999+02:00", 1, 0),
        ("2024-05-01T10:00:00.5+02:00", "2024-05-02T10:00:00.5+02:00", 1, 1),
        ("2024-05-01T23:59+02:00", "2024-05-02T00:01+02:00", 1, 0),
    ],
)
def test_days_are_local_and_steps_are_24_hours(entered: str, back: str, days: int, steps: int) -> None:
    of = world({"orders": [order(1, "anna", entered), order(2, "anna", back)]}, **BERLIN)
    for period, wanted in (("day", days), ("step", steps)):
        answer = asked(of, entered[:10], cohort="day", period=period, periods=1)
        assert column(answer, "returned") == [1, wanted], period


@pytest.mark.parametrize(
    ("period", "zone", "entered", "back", "number"),
    [
        ("week", "UTC", "2024-02-04T20:00", "2024-02-05T08:00", 1),  # Sunday, Monday
        ("week", "UTC", "2024-02-05T08:00", "2024-02-11T20:00", 0),
        ("month", "UTC", "2024-01-31T20:00", "2024-02-01T08:00", 1),
        ("month", "UTC", "2024-02-29T20:00", "2024-03-31T20:00", 1),
        ("month", "Europe/Berlin", "2024-01-31T23:30", "2024-03-31T22:30", 2),  # in February and in April
        ("quarter", "UTC", "2024-03-31T08:00", "2024-04-01T08:00", 1),
        ("year", "UTC", "2024-01-01T08:00", "2024-12-31T08:00", 0),
    ],
)
def test_units_of_the_calendar(period: str, zone: str, entered: str, back: str, number: int) -> None:
    coverage = {"orders": (date(2024, 1, 1), date(2028, 12, 31))}
    of = world({"orders": [order(1, "anna", entered), order(2, "anna", back)]}, coverage=coverage, zone=zone)
    answer = asked(of, "2024", cohort="year", period=period, periods=3)
    assert [row.period for row in answer.rows if row.returned] == sorted({0, number})


def test_a_cell_waits_for_the_last_one_who_entered() -> None:
    orders = [order(1, "anna", "2024-02-01"), order(2, "ben", "2024-02-20T23:59")]
    answer = asked(world({"orders": orders}, as_of="2024-03-03"), "2024-02", period="day", periods=13)
    reasons = column(answer, "reason")
    assert reasons[:12] == [""] * 12, "ben's eleventh day is the second of March"
    assert reasons[12:] == [NOT_OVER, NOT_OVER]
    assert (answer.rows[12].value, answer.rows[12].returned, answer.rows[12].size) == (None, None, 2)


def test_a_step_ends_with_its_24_hours() -> None:
    orders = [order(1, "anna", "2024-02-01"), order(2, "ben", "2024-02-20T23:59")]
    answer = asked(world({"orders": orders}, as_of="2024-03-03"), "2024-02", period="step", periods=12)
    assert [row.period for row in answer.rows if row.complete] == [*range(11)], "the eleventh ends late on the third"


def test_a_cohort_that_is_still_filling_has_its_size_so_far() -> None:
    orders = [order(1, "anna", "2024-02-01")]
    of = world({"orders": orders}, as_of="2024-02-25")
    answer = asked(of, "2024-01-01/2024-04-01", period="day", periods=1)
    assert [(row.size, row.value, row.reason) for row in answer.rows[::2]] == [
        (0, None, ZERO),
        (1, None, NOT_OVER),
        (None, None, NOT_BEGUN),
    ]
    assert column(answer, "reason", POOLED) == [NOT_OVER, NOT_OVER]


def test_what_the_data_cannot_know() -> None:
    facts = {"orders": [order(1, "anna", "2024-01-20")], "events": [event(1, "anna", "2024-04-20")]}
    coverage = dict.fromkeys(imported(), ALL_OF_2024)
    coverage["orders"] = (date(2024, 1, 10), date(2024, 12, 31))
    coverage["events"] = (date(2024, 4, 1), date(2024, 12, 31))
    for history, first in (("cut", BEGINS_BEFORE), ("complete", "")):
        of = world(facts, coverage=coverage, history=history)
        answer = asked(of, "2023-12-01/2024-02-01", returns_with="visit", periods=3)
        assert column(answer, "reason") == [OUTSIDE] * 4 + [OUTSIDE] * 3 + [first]
        assert (answer.rows[-1].value, answer.rows[-1].complete) == (1, history == "complete")
        assert [note.en.split(",")[0] for note in answer.notes] == (
            ["The data begin in mid-life"] if history == "cut" else []
        )
        assert answer.tables[POOLED][-1].value == (1 if history == "complete" else None)
    answer = asked(world(facts, coverage={"orders": ALL_OF_2024}), "2024-01", returns_with="visit", periods=1)
    assert column(answer, "reason") == [NO_FACTS, NO_FACTS]


def test_a_cohort_outside_of_what_is_covered_tells_neither_size_nor_group() -> None:
    facts = {
        "events": [event(1, "anna", "2024-03-02")],
        "customers": [{"customer_id": "anna", "valid_from": "2024-01-01", "country": "DE"}],
    }
    coverage = dict.fromkeys(imported(), ALL_OF_2024)
    coverage["orders"] = (date(2024, 1, 1), date(2024, 3, 1))
    of = world(facts, coverage=coverage, as_of="2024-03-05")
    answer = asked(of, "2024-03-02/2024-03-03", by="country", of="orders", begins_with="visit", cohort="day", periods=1)
    assert [(row.group, row.size, row.reason) for row in answer.rows] == [(None, None, OUTSIDE)] * 2


# -- divided by what -----------------------------------------------------------------------------------------
def test_the_period_before() -> None:
    answer = asked(world({"orders": TWICE}), "2024-01", of="orders", denominator="before", periods=2)
    assert [(row.value, row.denominator, row.n) for row in answer.rows] == [(None, None, 2), (1, 3, 2), (0, 3, 2)]
    assert column(answer, "reason") == [FIRST, "", ""]
    people = asked(world({"orders": TWICE}), "2024-01", denominator="before", periods=1)
    assert [(row.value, row.n, row.low) for row in people.rows] == [(None, None, None), (1, 2, None)]


def test_nothing_is_divided_by_less_than_something() -> None:
    returns = [{"return_id": "r1", "order_id": "o1", "returned_at": "2024-01-20", "amount_minor": 3000}]
    of = world({"orders": [order(1, "anna", "2024-01-10"), order(2, "anna", "2024-02-10")], "returns": returns})
    answer = asked(of, "2024-01", of="revenue", periods=1)
    assert [(row.amount, row.denominator, row.value, row.reason) for row in answer.rows] == [
        (-2000, -2000, None, ZERO),
        (1000, -2000, None, ZERO),
    ]
    each = asked(of, "2024-01", of="revenue", periods=1, denominator="customers")
    assert column(each, "value") == [-2000, 1000]


def test_what_a_contribution_leaves_out_is_told() -> None:
    costs = [
        {"cost_id": "c1", "customer_id": None, "incurred_on": "2024-01-12", "kind": "service", "amount_minor": 900},
        {"cost_id": "c2", "customer_id": None, "incurred_on": "2024-01-12", "kind": "advertising", "amount_minor": 900},
        {"cost_id": "c3", "customer_id": "anna", "incurred_on": "2024-01-09", "kind": "reward", "amount_minor": 70},
    ]
    orders = [order(1, "anna", "2024-01-10", cost_minor=400), order(2, "anna", "2024-01-11")]
    answer = asked(world({"orders": orders, "costs": costs}), "2024-01", of="contribution", periods=1)
    assert column(answer, "amount") == [1600, 1600], "what a customer cost before the entry is not theirs"
    assert answer.left_out == {"costs shared by all customers": 1, "costs of goods that are not known, of orders": 1}


def test_pooled_is_no_mean_of_percentages() -> None:
    orders = [order(f"a{n}", f"a{n}", "2024-01-10") for n in range(3)] + [order("b", "b", "2024-02-10")]
    orders += [order("again", "b", "2024-03-10"), order("back", "a1", "2024-02-10")]
    answer = asked(world({"orders": orders}), "2024-01-01/2024-03-01", periods=1)
    assert column(answer, "value")[1::2] == [pytest.approx(1 / 3), 1]
    pooled = answer.tables[POOLED][1]
    assert (pooled.value, pooled.returned, pooled.denominator, pooled.size) == (0.5, 2, 4, 4)
    assert (pooled.low, pooled.high) == (pytest.approx(0.15003898915), pytest.approx(0.84996101085))


# -- whose, and in which money -------------------------------------------------------------------------------
def test_groups_are_what_was_known_at_the_entry() -> None:
    facts = {
        "orders": [order(1, "anna", "2024-01-10"), order(2, "ben", "2024-02-10"), order(3, "anna", "2024-02-11")],
        "customers": [
            known("anna", "2024-01-01", country="DE"),
            known("anna", "2024-01-20", country="AT"),
            known("ben", "2024-03-01", country="AT"),
        ],
    }
    answer = asked(world(facts), "2024-01-01/2024-03-01", by="country", periods=1)
    found = {(str(row.cohort.start), row.group, row.period): (row.returned, row.size) for row in answer.rows}
    assert found == {
        ("2024-01-01", "DE", 0): (1, 1),
        ("2024-01-01", "DE", 1): (1, 1),
        ("2024-01-01", None, 0): (None, 0),
        ("2024-01-01", None, 1): (None, 0),
        ("2024-02-01", "DE", 0): (None, 0),
        ("2024-02-01", "DE", 1): (None, 0),
        ("2024-02-01", None, 0): (1, 1),
        ("2024-02-01", None, 1): (0, 1),
    }
    assert column(answer, "group", POOLED) == ["DE", "DE", None, None]


def test_money_of_two_currencies_is_refused_only_where_it_is_added() -> None:
    of = world(
        {"orders": [order(1, "anna", "2024-01-10", currency="EUR"), order(2, "ben", "2024-01-11", currency="USD")]}
    )
    assert column(asked(of, "2024-01", of="orders", periods=1), "amount") == [2, 0]
    for settings in ({"of": "gross_revenue"}, {"least_minor": 1}):
        with pytest.raises(CurrencyError, match=r"USD: 1\)"):
            asked(of, "2024-01", **settings)


def test_who_is_behind_a_cell() -> None:
    answers = Answers(world({"orders": TWICE}))
    cells = (("on", 1, ("ben",)), ("on_or_after", 0, ("anna", "ben")), ("on_or_after", 1, ("ben",)))
    for rule, period, counted in cells:
        settings = {"minimum": 2, "rule": rule, "periods": 1}
        answer = answers.analyse(RetentionTable, Window.parse("2024-01"), settings=settings)
        behind = answers.customers(answer, answer.rows[period])
        assert behind.counted == counted
        assert sorted((*behind.counted, *behind.others)) == ["anna", "ben"]
        assert len(behind.counted) == answer.rows[period].returned
    with pytest.raises(UsageError, match="All cohorts together"):
        answers.customers(answer, answer.tables[POOLED][0])


@pytest.mark.parametrize(
    "settings",
    [
        {"begins_with": "purchase"},
        {"returns_with": "track:"},
        {"returns_with": "order:o1"},
        {"rule": "bracket", "brackets": "1-3,3-5"},
        {"rule": "bracket", "brackets": "5-401"},
        {"rule": "bracket", "brackets": "a"},
        {"of": "contribution", "rule": "on_or_after"},
        {"of": "revenue", "minimum": 2},
        {"of": "contribution", "returns_with": "visit"},
        {"minimum": 0},
        {"step_days": 0},
        {"periods": 401},
    ],
)
def test_settings_that_make_no_sense_are_refused_before_anything_is_read(settings: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        RetentionTable(**settings)
