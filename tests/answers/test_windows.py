"""Which windows have a value, which are final, and why the others have none."""

from __future__ import annotations

from datetime import date

import pytest

from stamm.lang.reasons import CUT_HISTORY, LOOKS_BACK, NO_FACTS, NOT_BEGUN, OUTSIDE, ZERO
from stamm.metrics.retention.loyal_customers import LoyalCustomers
from tests.answers.made import Discounts, MeanAmount, Placed, Turnover
from tests.answers.small import ask, order, paying, utc, values, world

FEBRUARY_TO_APRIL = {"orders": (date(2024, 2, 1), date(2024, 4, 10))}


def test_outside_coverage_there_is_no_value_and_inside_without_rows_there_is_zero() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-10")]}, coverage=FEBRUARY_TO_APRIL)
    answer = ask(of, Placed, "2024-01", "2024-02", "2024-03", "2024-04", "2024-05")
    assert values(answer) == [None, 1, 0, 0, None]
    assert [row.reason for row in answer.rows] == [OUTSIDE, "", "", "", NOT_BEGUN]
    assert [row.parts["placed"] for row in answer.rows] == [None, 1, 0, 0, None]
    assert answer.as_of == utc("2024-04-11")


def test_the_border_of_coverage_is_a_day() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-10")]}, coverage=FEBRUARY_TO_APRIL)
    answer = ask(of, Placed, "2024-01-31", "2024-02-01", "2024-04-10", "2024-04-11")
    assert values(answer) == [None, 0, 0, None]


def test_a_mean_of_nothing_has_no_value() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-10")]}, coverage=FEBRUARY_TO_APRIL)
    mean = ask(of, MeanAmount, "2024-02", "2024-03")
    assert values(mean) == [1000, None]
    assert [row.reason for row in mean.rows] == ["", ZERO]
    assert mean.rows[1].parts == {"turnover": 0, "placed": 0}
    assert values(ask(of, Discounts, "2024-02", "2024-03")) == [0, 0]
    share = ask(of, "repeat_purchase_rate", "2024-03").rows[0]
    assert (share.value, share.n, share.low, share.high) == (None, 0, None, None)


def test_facts_never_taken_in_have_no_value() -> None:
    of = world({}, coverage={})
    row = ask(of, Placed, "2024-02").rows[0]
    assert (row.value, row.reason, row.complete) == (None, NO_FACTS, False)
    assert ask(of, Placed, "2024-02").as_of is None


def test_a_window_that_is_not_over_is_marked_and_has_no_interval() -> None:
    orders = [order(1, "anna", "2024-03-02"), order(2, "anna", "2024-04-05"), order(3, "ben", "2024-04-06")]
    of = world({"orders": orders}, coverage=FEBRUARY_TO_APRIL)
    whole, open_ = ask(of, "repeat_purchase_rate", "2024-03", "2024-04").rows
    assert (whole.value, whole.complete) == (0, True)
    assert whole.low == 0
    assert whole.high is not None
    assert (open_.value, open_.n, open_.complete) == (0.5, 2, False)
    assert (open_.low, open_.high) == (None, None)


def test_a_window_that_ends_with_the_data_is_complete() -> None:
    of = world({"orders": []}, coverage=FEBRUARY_TO_APRIL)
    rows = ask(of, Placed, "2024-04-01/2024-04-11", "2024-04-01/2024-04-12").rows
    assert [row.complete for row in rows] == [True, False]


def test_a_window_that_begins_before_the_data_is_not_complete_where_history_is_cut() -> None:
    orders = [order(1, "anna", "2024-02-10")]
    for history, complete in (("cut", False), ("complete", True)):
        of = world({"orders": orders}, coverage=FEBRUARY_TO_APRIL, history=history)
        row = ask(of, Placed, "2024-01-15/2024-02-15").rows[0]
        assert (row.value, row.complete) == (1, complete)


def test_the_guard_on_a_cut_history_is_exactly_the_lapse() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-10")]}, coverage=FEBRUARY_TO_APRIL, history="cut")
    answer = ask(of, "customer_count", "2024-02-10", "2024-02-11", "2024-02-12")  # the 1st and ten days
    assert [row.value for row in answer.rows] == [None, 1, 1]
    assert [row.reason for row in answer.rows] == [CUT_HISTORY, "", ""]
    # an order is an order
    assert values(ask(of, Placed, "2024-02-10", "2024-02-09")) == [1, 0]


def test_what_looks_back_before_data_that_begin_in_mid_life_has_no_value() -> None:
    orders = [order(1, "anna", "2024-03-01"), order(2, "anna", "2024-03-02")]
    asked = {"orders": 2, "days": 45}  # 45 days before the 17th of March is the 1st of February
    for history, expected in (("cut", [(None, LOOKS_BACK), (1, "")]), ("complete", [(1, ""), (1, "")])):
        of = world({"orders": orders}, coverage=FEBRUARY_TO_APRIL, history=history, lapse_days=30)
        answer = ask(of, LoyalCustomers(**asked), "2024-03-12", "2024-03-16")
        assert [(row.value, row.reason) for row in answer.rows] == expected


@pytest.mark.parametrize(
    ("lapse_days", "guarded"), [(30, ["2024-03-30"]), (31, ["2024-03-30", "2024-03-31", "2024-04-01"])]
)
def test_the_guard_counts_days_of_24_hours(lapse_days: int, guarded: list[str]) -> None:
    """From midnight of the 1st of March in Berlin, 31 x 24 h end at one o'clock on the 1st of April, in summer time."""
    coverage = {"orders": (date(2024, 3, 1), date(2024, 4, 10))}
    of = world({"orders": []}, coverage=coverage, history="cut", zone="Europe/Berlin", lapse_days=lapse_days)
    answer = ask(of, "customer_count", "2024-03-30", "2024-03-31", "2024-04-01", "2024-04-02")
    assert [str(row.window.start) for row in answer.rows if row.reason == CUT_HISTORY] == guarded


def test_no_guard_over_subscriptions_or_a_complete_history() -> None:
    coverage = dict.fromkeys(("orders", "subscriptions"), (date(2024, 2, 1), date(2024, 4, 10)))
    facts = {"orders": [order(1, "anna", "2024-02-01T10:00")], "subscriptions": [paying("anna", "2024-02-01T10:00")]}
    by_subscription = world(facts, coverage=coverage, history="cut", spell_rule="subscriptions")
    assert values(ask(by_subscription, "customer_count", "2024-02-01")) == [1]
    assert values(ask(world(facts, coverage=coverage), "customer_count", "2024-02-01")) == [1]
    assert values(ask(world(facts, coverage=coverage, history="cut"), "customer_count", "2024-02-01")) == [None]


def test_days_are_those_of_the_zone() -> None:
    late = [order(1, "anna", "2024-02-29T22:59:59"), order(2, "ben", "2024-02-29T23:00:00")]
    of = world({"orders": late}, zone="Europe/Berlin")
    assert values(ask(of, Placed, "2024-02-29", "2024-03-01", "2024-02", "2024-03")) == [1, 1, 1, 1]
    assert values(ask(world({"orders": late}), Placed, "2024-02-29", "2024-03-01")) == [2, 0]


def test_a_day_that_was_skipped_holds_nothing_and_the_next_holds_all() -> None:
    coverage = {"orders": (date(1994, 12, 1), date(1995, 1, 31))}
    orders = [order(1, "anna", "1994-12-31T09:59:59.999999"), order(2, "anna", "1994-12-31T10:00")]
    of = world({"orders": orders}, coverage=coverage, zone="Pacific/Kiritimati")
    answer = ask(of, Placed, "1994-12-30", "1994-12-31", "1995-01-01", "1994", "1995")
    assert values(answer) == [1, 0, 1, 1, 1]


def test_windows_may_overlap_repeat_and_be_none() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-10"), order(2, "anna", "2024-03-10")]})
    assert values(ask(of, Placed, "2024", "2024-02", "2024-02", "2024-Q1")) == [2, 1, 1, 2]
    assert values(ask(of, "customer_count", "2024-02", "2024-02")) == [0, 0]
    assert ask(of, Turnover).rows == ()


def test_state_is_that_at_the_end_of_what_is_known() -> None:
    of = world({"orders": [order(1, "anna", "2024-04-08")]}, coverage=FEBRUARY_TO_APRIL)
    row = ask(of, "customer_count", "2024-04").rows[0]
    assert (row.value, row.complete) == (1, False)


@pytest.mark.parametrize(
    ("until", "spent", "came"),
    [
        ({"costs": date(2024, 3, 15)}, 500, 1),  # ben of the 20th is no new customer of a half that ends before him
        ({"orders": date(2024, 3, 15)}, 500, 1),  # nor are the 300 of the 20th set against the customers of that half
        ({}, 800, 2),
    ],
)
def test_a_metric_and_all_that_it_is_built_on_are_told_of_one_moment(
    until: dict[str, date], spent: int, came: int
) -> None:
    orders = [order(1, "anna", "2024-03-05"), order(2, "ben", "2024-03-20")]
    costs = [
        {"cost_id": str(day), "incurred_on": date(2024, 3, day), "kind": "acquisition", "amount_minor": amount}
        for day, amount in ((10, 500), (20, 300))
    ]
    last = {"costs": date(2024, 3, 31), "orders": date(2024, 3, 31), **until}
    of = world(
        {"orders": orders, "costs": costs}, coverage={kind: (date(2024, 1, 1), day) for kind, day in last.items()}
    )
    answer = ask(of, "acquisition_cost", "2024-03")
    (row,) = answer.rows
    assert row.parts == {"spent": spent, "new_customers": came}
    assert row.value == spent / came
    assert row.complete == (not until)
    assert answer.as_of == utc("2024-03-16" if until else "2024-04-01")
    # asked by itself, it is told as far as its own facts reach
    alone = 1 if "orders" in until else 2
    assert values(ask(of, "new_customers", "2024-03")) == [alone]


def test_a_metric_built_on_what_was_never_taken_in_has_no_value_and_no_moment() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-10")]}, coverage=FEBRUARY_TO_APRIL)
    answer = ask(of, "acquisition_cost", "2024-02")
    assert (answer.as_of, answer.rows[0].value, answer.rows[0].reason) == (None, None, NO_FACTS)
