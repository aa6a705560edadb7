"""An order that is changed, paid back and cancelled: the same whatever comes first, and however often it comes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from stamm.answers.ask import Answers
from stamm.app.project import Project
from stamm.lang.window import Window
from tests.leaving import planted as p
from tests.projecting.shops import arrive, project_all, rows, shop, track
from tests.thorough import turns

DAY = Window(date(2024, 2, 1), date(2024, 2, 2))


def line(sku: str, price: int, pieces: int = 1) -> dict[str, Any]:
    return {"sku": sku, "price": price, "quantity": pieces}


#: 19 + 2 x 3; then 2 x 19 + 5; paid back as it was then; then 19 + 3
CALLS = [
    track("Order Completed", 1, order_id="o1", products=[line("p1", 19), line("p2", 3, 2)], coupon="spring"),
    track("Order Updated", 3, order_id="o1", products=[line("p1", 19, 2), line("p3", 5)]),
    track("Order Refunded", 4, order_id="o1"),
    track("Order Updated", 5, order_id="o1", products=[line("p2", 3), line("p1", 19)]),
]
LINES = [("p1", 1.0, 1900, "09:01", "anna"), ("p2", 1.0, 300, "09:01", "anna")]


def lines(project: Project) -> list[tuple[Any, ...]]:
    return rows(project, "order_lines", "line_id", "quantity", "amount_minor", "ordered_at", "customer_id")


def check(project: Project, calls: Sequence[dict[str, Any]]) -> None:
    """Each call in a round of its own, every other one from another sender."""
    for number, call in enumerate(calls):
        arrive(project, [call], first=number + 1, source=("shop", "web")[number % 2])
        project_all(project)
    assert rows(project, "orders", "amount_minor", "ordered_at", "campaign") == [(2200, "09:01", "spring")]
    assert lines(project) == LINES
    assert rows(project, "returns", "order_id", "amount_minor", "returned_at") == [("o1", 4300, "09:04")]


@pytest.mark.parametrize("order", [pytest.param((0, 1, 2, 3), marks=pytest.mark.long), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_a_change_replaces_the_lines_whatever_comes_first(tmp_path: Path, order: tuple[int, ...]) -> None:
    project = shop(tmp_path / "shop")
    check(project, [CALLS[place] for place in order])
    # and once more, as messages of other ids: nothing changes
    arrive(project, [CALLS[place] for place in (0, 1, 3)], first=10)
    project_all(project)
    assert lines(project) == LINES
    assert rows(project, "orders", "amount_minor") == [(2200,)]


@pytest.mark.long
def test_in_many_orders(tmp_path: Path) -> None:
    for number, calls in enumerate(random.Random(5).sample(list(permutations(CALLS)), turns(12, 5))):
        check(shop(tmp_path / str(number)), calls)


def test_all_in_one_round(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    arrive(project, [CALLS[place] for place in (3, 1, 0, 2)])
    project_all(project)
    assert lines(project) == LINES
    assert rows(project, "returns", "amount_minor") == [(4300,)]


def test_lines_of_files_stand_beside(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    arrive(project, CALLS[:1])
    project_all(project)
    packed = {"order_id": "o1", "line_id": "wrapping", "ordered_at": p.JANUARY, "quantity": 1.0, "amount_minor": 0}
    p.put(project, "order_lines", [packed], source="lines.csv")
    arrive(project, CALLS[1:2], first=10)
    project_all(project)
    assert [name for name, *_ in lines(project)] == ["p1", "p3", "wrapping"]


def test_a_change_that_names_no_products_leaves_them(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    arrive(project, [CALLS[0], track("Order Updated", 2, order_id="o1", subtotal=20)])
    project_all(project)
    assert [name for name, *_ in lines(project)] == ["p1", "p2"]
    assert rows(project, "orders", "amount_minor") == [(2000,)]


def test_numbers_after_a_part_was_paid_back_and_after_all_was_cancelled(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    part = track("Order Refunded", 2, order_id="o1", refund_id="r1", products=[line("p2", 3)])
    arrive(project, [part, part, CALLS[0]])
    project_all(project)
    asked = ("gross_revenue", "revenue", "order_count")

    def numbers() -> list[Any]:
        answers = Answers(project.world())
        return [answers.ask(key, [DAY]).rows[0].value for key in asked]

    assert numbers() == [2500, 2200, 1]
    arrive(project, [track("Order Cancelled", 6, order_id="o1"), CALLS[3]], first=20)
    project_all(project)
    assert numbers() == [0, 0, 0]
