"""Stretches are kept in one file, and a change makes only those of the customers it touches again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.answers.plan import Plan
from stamm.app.project import Project
from stamm.lang.window import windows
from tests.kept.shops import answers, check_kept, put, refresh, shop

MONTHS = windows(date(2024, 1, 1), date(2024, 7, 1), "month")
KEYS = ("customer_retention_rate", "customer_count", "customer_lifetime")
LAPSE = timedelta(days=10)


def order(number: int | str, at: str | datetime, customer: str | None, cancelled: str | None = None) -> dict[str, Any]:
    """An order, a moment in UTC."""
    moments = [datetime.fromisoformat(text) if isinstance(text, str) else text for text in (at, cancelled)]
    at_, cancelled_at = (moment and moment.replace(tzinfo=UTC) for moment in moments)
    row = {"order_id": f"o{number}", "customer_id": customer, "ordered_at": at_, "amount_minor": 1000}
    return {**row, "cancelled_at": cancelled_at}


def lapsing(directory: Path, rule: str = "orders") -> Project:
    """A shop whose customers are gone after ten days of silence."""
    project = shop(directory)
    return project.rewrite(replace(project.organisation, lapse_days=LAPSE.days, spell_rule=rule))


def again(project: Project) -> dict[str, int | None]:
    """Of how many customers a refresh made each fact of customers again, None where of all."""
    return {each.fact: each.customers for each in refresh(project).made if each.fact == "stretches"}


@pytest.mark.long
def test_only_customers_who_are_touched_are_made_again(tmp_path: Path) -> None:
    project = lapsing(tmp_path / "shop")
    many = [order(f"{who}{day}", f"2024-01-{day:02}T10:00", who) for who in ("anna", "ben", "cleo") for day in (1, 9)]
    put(project, "orders", many)
    assert again(project) == {"stretches": None}
    assert again(project) == {}
    # one more order; one that is cancelled; one that turns out to be somebody else's, which touches both
    changes: list[tuple[Mapping[str, Any], int]] = [
        (order("new", "2024-03-01T10:00", "anna"), 1),
        (order("ben9", "2024-01-09T10:00", "ben", "2024-01-10T10:00"), 1),
        (order("cleo9", "2024-01-09T10:00", "ben"), 2),
        (order("nobody", "2024-02-01T10:00", None), 0),
    ]
    for minutes, (row, touched) in enumerate(changes, 1):
        put(project, "orders", [row], minutes=minutes)
        assert again(project) == {"stretches": touched}
        check_kept(project)
        assert answers(project, MONTHS, KEYS) == answers(project, MONTHS, KEYS, use_kept=False)
    # another rule has another file
    with closing(project.rewrite(replace(project.organisation, lapse_days=9)).world().engine):
        assert again(Project.open(project.directory)) == {"stretches": None}


def test_what_is_asked_as_of_before_is_derived(tmp_path: Path) -> None:
    project = lapsing(tmp_path / "shop")
    put(project, "orders", [order(day, f"2024-01-{day:02}T10:00", "anna") for day in (1, 9, 12)])
    refresh(project)
    world = project.world()
    with closing(world.engine):
        for day, kept in ((13, True), (12, False), (9, False)):
            plan = Plan(world, (), None, world.day_start(date(2024, 1, day)))
            assert plan.keeps("stretches") is plan.keeps("spells") is kept


def test_a_subscription_that_ends_with_what_is_known_has_not_ended(tmp_path: Path) -> None:
    """Its end comes true at as_of; what is kept knows it all the same, and says nothing of it."""
    project = lapsing(tmp_path / "shop", "subscriptions")
    midnight = datetime(2024, 2, 29, 23, tzinfo=UTC)
    rows = [
        {"subscription_id": f"s{number}", "customer_id": "anna", "started_at": begun, "ended_at": end, "mrr_minor": 1,
         "status": "active"}
        for number, begun, end in (
            (1, datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 9, tzinfo=UTC)),
            (2, datetime(2024, 2, 1, tzinfo=UTC), midnight),
        )
    ]  # fmt: skip
    put(project, "subscriptions", rows)
    refresh(project)
    check_kept(project)
    world = project.world()
    with closing(world.engine):
        for as_of, ends in ((midnight, [True, False]), (midnight + timedelta(days=1), [True, True])):
            found = []
            for each in (world, replace(world, kept={})):
                plan = Plan(each, (), None, as_of)
                assert plan.keeps("stretches") is (each is world)
                spells = plan.world.engine.run(plan["spells"].order_by("number"))
                found.append([ended is not None for ended in spells["ended_at"].to_pylist()])
            assert found == [ends, ends]


def test_what_rests_on_events_is_not_kept(tmp_path: Path) -> None:
    project = lapsing(tmp_path / "shop", "activity")
    put(project, "orders", [order(1, "2024-01-01T10:00", "anna")])
    assert again(project) == {}
    world = project.world()
    with closing(world.engine):
        assert "stretches" not in world.kept


ORDERS = st.builds(
    lambda number, step, customer, cancelled: order(
        number, datetime(2024, 2, 1) + step * LAPSE / 2 + (step % 2) * timedelta(microseconds=1),  # noqa: DTZ001 - UTC
        customer, "2024-03-01T10:00" if cancelled else None,
    ),
    st.integers(0, 9),
    st.integers(0, 12),
    st.sampled_from(("anna", "ben", None)),
    st.booleans(),
)  # fmt: skip
STEPS = st.lists(
    st.lists(ORDERS, min_size=1, max_size=5, unique_by=lambda row: row["order_id"]), min_size=1, max_size=4
)


def play(directory: Path, steps: list[list[dict[str, Any]]]) -> None:
    """Import and refresh step by step; at the end all is as derived, and as made from nothing."""
    project = lapsing(directory)
    for number, rows in enumerate(steps):
        put(project, "orders", rows, minutes=number)
        refresh(project)
    check_kept(project)
    found = answers(project, MONTHS, KEYS)
    assert found == answers(project, MONTHS, KEYS, use_kept=False)
    refresh(project, anew=True)
    check_kept(project)
    assert found == answers(project, MONTHS, KEYS)


@pytest.mark.long
@settings(
    max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(steps=STEPS)
def test_step_by_step_is_as_made_from_nothing(
    steps: list[list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    play(tmp_path_factory.mktemp("steps") / "shop", steps)
