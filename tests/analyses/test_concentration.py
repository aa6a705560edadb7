"""Who makes how much of the contribution: the customers behind a point, and what is refused or left out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stamm.analyses.concentration import TOTALS
from stamm.answers import Answers, TableAnswer, World
from stamm.lang.errors import CurrencyError
from stamm.lang.reasons import CANCELLED_ORDERS, CUSTOMERLESS_ORDERS, NO_FACTS, SHARED_COSTS, UNKNOWN_COSTS, ZERO
from stamm.lang.window import Window
from tests.answers.small import known, order, world

FEBRUARY = Window.parse("2024-02")
#: anna leaves 60, ben 30, cleo 10, and dora costs more than she brings
ORDERS = [
    order(1, "anna", "2024-02-01", 100, cost_minor=40),
    order(2, "ben", "2024-02-02", 40, cost_minor=10),
    order(3, "cleo", "2024-02-03", 10),
    order(4, "dora", "2024-02-04", 5, cost_minor=25),
    order(5, "emil", "2024-02-05", 900, cancelled_at="2024-02-06"),
    order(6, None, "2024-02-05", 700, cost_minor=1),
    order(7, "fay", "2024-03-01", 700),
]
FACTS: dict[str, Any] = {
    "orders": ORDERS,
    "costs": [{"cost_id": "c1", "incurred_on": "2024-02-09", "kind": "service", "amount_minor": 800}],
    "customers": [known(who, "2024-01-01", country="DE") for who in ("anna", "ben")],
}


def asked(of: World, /, by: str | None = None, **settings: object) -> TableAnswer:
    return Answers(of).analyse("concentration", FEBRUARY, by=by, settings=settings)


def test_the_curve_and_what_was_left_out() -> None:
    answer = asked(world(FACTS), points=4)
    assert [(row.percent, row.amount, row.value) for row in answer.rows] == [
        (25, 60, 0.6),
        (50, 90, 0.9),
        (75, 100, 1),
        (100, 100, 1),
    ]
    (total,) = answer.tables[TOTALS]
    assert (total.customers, total.bringing, total.costing) == (4, 3, 1)
    assert (total.brought, total.lost, total.left) == (100, 20, 80)
    # 1 x 60 + 2 x 30 + 3 x 10 = 150
    assert total.gini == pytest.approx((5 - 2 * 150 / 100) / 4)
    assert answer.left_out == {CUSTOMERLESS_ORDERS: 1, CANCELLED_ORDERS: 1, SHARED_COSTS: 1, UNKNOWN_COSTS: 1}
    assert "count" in answer.notes[0].en


def test_each_group_has_a_curve_of_its_own() -> None:
    answer = asked(world(FACTS), by="country", points=4)
    found = {(row.group, row.percent): row.value for row in answer.rows}
    assert found["DE", 25] == found["DE", 50] == pytest.approx(60 / 90)
    assert (found["DE", 100], found[None, 25], found[None, 50]) == (1, 1, 1)
    assert [total.group for total in answer.tables[TOTALS]] == ["DE", None]


@pytest.mark.parametrize(
    ("first", "counted", "others"),
    [("best", ("anna", "ben"), ("cleo", "dora")), ("least", ("cleo", "dora"), ("anna", "ben"))],
)
def test_the_customers_behind_a_point(first: str, counted: tuple[str, ...], others: tuple[str, ...]) -> None:
    of = world(FACTS)
    answer = asked(of, first=first, points=4)
    behind = Answers(of).customers(answer, answer.rows[1])
    assert (behind.counted, behind.others) == (counted, others)
    assert answer.rows[1].customers == len(counted)


def test_where_nobody_brought_anything_there_is_no_curve() -> None:
    for orders in ([], [order(1, "anna", "2024-02-01", 0)], [order(1, "anna", "2024-02-01", 5, cost_minor=9)]):
        answer = asked(world({"orders": orders}), points=4)
        assert [(row.value, row.reason) for row in answer.rows] == [(None, ZERO)] * 4
        assert [total.gini for total in answer.tables[TOTALS]] == [None] * len(orders)


@pytest.mark.parametrize("number", [1, 3])
def test_equal_customers_are_not_unequal(number: int) -> None:
    orders = [order(each, f"c{each}", "2024-02-01", 500) for each in range(number)]
    assert asked(world({"orders": orders})).tables[TOTALS][0].gini == pytest.approx(0)


def test_costs_never_taken_in_are_not_nothing() -> None:
    coverage = dict.fromkeys(("orders", "returns", "messages"), (date(2024, 1, 1), date(2024, 12, 31)))
    of = world(FACTS, coverage=coverage)
    assert [(row.value, row.reason, row.complete) for row in asked(of, points=4).rows] == [(None, NO_FACTS, False)] * 4
    assert asked(of, of="revenue", points=4).rows[0].value == pytest.approx(100 / 155)


def test_money_that_cannot_be_added_is_refused_by_name() -> None:
    costs = [{"cost_id": "c1", "customer_id": "anna", "incurred_on": "2024-02-09", "kind": "service"}]
    costs = [{**cost, "amount_minor": 8, "currency": "USD"} for cost in costs]
    with pytest.raises(CurrencyError, match=r"Costs hold money .*USD: 1"):
        asked(world({**FACTS, "costs": costs}))
