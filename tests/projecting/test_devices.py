"""An order of which only the device is known is the customer's whose device it turns out to be."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from stamm.answers.ask import Answers
from stamm.app.identifying import Identifying
from stamm.app.project import Project
from stamm.lang.window import Window
from tests.projecting.shops import arrive, message, project_all, rows, shop, track
from tests.thorough import turns

DAY = Window(date(2024, 2, 1), date(2024, 2, 2))
LATER = datetime(2024, 2, 2, 8, tzinfo=UTC)


def on(device: str, event: str, minute: int, user: str | None = None, **properties: Any) -> dict[str, Any]:
    return {**track(event, minute, user=user, **properties), "anonymousId": device}


TEA = [{"sku": "tea", "price": 5}]
#: the phone is anna's until ben takes it at 4; an order of each, and one of a tablet that is nobody's
CALLS = [
    on("phone", "Order Completed", 1, order_id="o1", products=TEA),
    message("identify", 2, anonymousId="phone", userId="anna"),
    on("phone", "Order Refunded", 3, order_id="o1", refund_id="r1", total=2),
    message("page", 4, anonymousId="phone", userId="ben"),
    on("phone", "Order Completed", 5, order_id="o2", products=TEA),
    on("tablet", "Order Completed", 6, order_id="o3", products=TEA),
]
WHOSE = [("o1", "anna"), ("o2", "ben"), ("o3", None)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop(tmp_path / "shop")


def one_by_one(project: Project, calls: Sequence[dict[str, Any]]) -> None:
    for number, call in enumerate(calls):
        arrive(project, [call], first=number + 1)
        project_all(project)


def check(project: Project) -> None:
    assert rows(project, "orders", "order_id", "customer_id") == WHOSE
    assert rows(project, "order_lines", "order_id", "customer_id") == WHOSE
    assert rows(project, "returns", "order_id", "customer_id") == [("o1", "anna")]


@pytest.mark.parametrize("order", [(5, 4, 3, 2, 1, 0), pytest.param((2, 4, 0, 3, 5, 1), marks=pytest.mark.long)])
def test_an_order_goes_to_whose_the_device_was_whatever_comes_first(project: Project, order: tuple[int, ...]) -> None:
    one_by_one(project, [CALLS[place] for place in order])
    check(project)


@pytest.mark.long
def test_in_many_orders(tmp_path: Path) -> None:
    for number, calls in enumerate(random.Random(5).sample(list(permutations(CALLS[:4])), turns(8, 4))):
        project = shop(tmp_path / str(number))
        one_by_one(project, [*calls, *CALLS[4:]])
        check(project)


def test_numbers_count_the_customer(project: Project) -> None:
    arrive(project, CALLS)
    project_all(project)
    answers = Answers(project.world())
    assert [answers.ask(key, [DAY]).rows[0].value for key in ("order_count", "customer_count")] == [3, 2]
    check(project)
    number = project.lake().snapshot().number
    project_all(project)
    assert project.lake().snapshot().number == number


def test_a_customer_who_is_named_counts(project: Project) -> None:
    named = on("phone", "Order Updated", 7, user="cleo", order_id="o1", products=TEA)
    one_by_one(project, [*CALLS[:2], named])
    assert rows(project, "orders", "customer_id") == [("cleo",)]
    assert rows(project, "order_lines", "customer_id") == [("cleo",)]


def test_a_device_that_is_taken_back_and_a_merge_that_is(project: Project) -> None:
    arrive(project, [*CALLS, message("alias", 9, previousId="anna", userId="anne")])
    project_all(project)
    identifying = Identifying(project)
    assert rows(project, "orders", "customer_id") == [("anne",), ("ben",), (None,)]
    identifying.unmerge("phone", "ben", now=LATER)
    assert rows(project, "orders", "customer_id") == [("anne",), ("anne",), (None,)]
    identifying.unmerge("anna", now=LATER)
    assert rows(project, "orders", "customer_id") == [("anna",), ("anna",), (None,)]
    assert rows(project, "order_lines", "customer_id") == [("anna",), ("anna",), (None,)]
