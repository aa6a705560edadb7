"""When someone is a customer: the three rules at their exact borders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from stamm.answers import World
from stamm.answers.plan import Plan
from stamm.engines.duckdb import DuckDB
from stamm.facts import FACTS
from stamm.lang.organisation import Organisation
from tests.answers.small import ALL_OF_2024, derived, order, paying, world


def spells(facts: dict[str, list[dict[str, Any]]], **more: Any) -> list[tuple[str, str | None]]:
    rows = derived(world(facts, **more), "spells", "customer_id", "started_at", "ended_at")
    return [(text(row["started_at"]) or "", text(row["ended_at"])) for row in rows]


def text(moment: Any) -> str | None:
    return moment.strftime("%m-%dT%H:%M:%S.%f").removesuffix(":00.000000") if moment else None


def orders(*moments: str) -> dict[str, list[dict[str, Any]]]:
    return {"orders": [order(number, "anna", at) for number, at in enumerate(moments)]}


def test_the_next_order_within_the_lapse_keeps_the_spell_open() -> None:
    assert spells(orders("2024-02-01T10:00", "2024-02-11T10:00")) == [("02-01T10:00", "02-21T10:00")]
    assert spells(orders("2024-02-01T10:00", "2024-02-11T10:00:00.000001")) == [
        ("02-01T10:00", "02-11T10:00"),
        ("02-11T10:00:00.000001", "02-21T10:00:00.000001"),
    ]


@pytest.mark.parametrize(
    ("zone", "first", "exact"),
    [
        ("Europe/Berlin", "2024-03-25T11:00:00", "2024-04-04T11:00:00"),  # local 12:00, and 13:00 in summer time
        ("Africa/Cairo", "2024-04-20T22:30:00", "2024-04-30T22:30:00"),
        ("Australia/Lord_Howe", "2024-04-01T13:00:00", "2024-04-11T13:00:00"),
    ],
)
def test_a_lapse_is_so_many_times_24_hours_across_clock_changes(zone: str, first: str, exact: str) -> None:
    assert len(spells(orders(first, exact), zone=zone)) == 1
    assert len(spells(orders(first, exact + ".000001"), zone=zone)) == 2


def test_an_end_after_as_of_is_not_known() -> None:
    one = orders("2024-02-01T10:00")
    assert spells(one, as_of="2024-02-11T09:59:59.999999") == [("02-01T10:00", None)]
    assert spells(one, as_of="2024-02-11T10:00") == [("02-01T10:00", "02-11T10:00")]
    assert spells(one, as_of="2024-02-01T10:00") == []


def test_cancelled_and_anonymous_orders_do_not_count() -> None:
    rows = [
        order(1, "anna", "2024-02-01"),
        order(2, "anna", "2024-02-05", cancelled_at="2024-02-06"),
        order(3, None, "2024-02-05"),
    ]
    assert spells({"orders": rows}) == [("02-01T00:00", "02-11T00:00")]


def test_any_sign_of_life_counts_under_activity() -> None:
    event = {"event_id": "e", "anonymous_id": "phone", "happened_at": "2024-02-09", "kind": "page"}
    links = [{"anonymous_id": "phone", "linked_at": "2024-03-01", "customer_id": "anna"}]
    facts = {**orders("2024-02-01", "2024-02-18"), "events": [event], "links": links}
    assert spells(facts, spell_rule="activity") == [("02-01T00:00", "02-28T00:00")]
    assert spells({**facts, "links": []}, spell_rule="activity") == [
        ("02-01T00:00", "02-11T00:00"),
        ("02-18T00:00", "02-28T00:00"),
    ]
    assert len(spells(facts)) == 2


def subscribed(*rows: dict[str, Any]) -> list[tuple[str, str | None]]:
    numbered = [row | {"subscription_id": f"s{number}"} for number, row in enumerate(rows)]
    return spells({"subscriptions": numbered}, spell_rule="subscriptions")


def test_touching_and_overlapping_subscriptions_are_one_spell() -> None:
    assert subscribed(paying("a", "2024-02-01", "2024-02-05"), paying("a", "2024-02-05", "2024-02-09")) == [
        ("02-01T00:00", "02-09T00:00")
    ]
    assert subscribed(paying("a", "2024-02-01", "2024-02-20"), paying("a", "2024-02-05", "2024-02-09"),
                      paying("a", "2024-02-15", "2024-02-21")) == [("02-01T00:00", "02-21T00:00")]  # fmt: skip
    assert len(subscribed(paying("a", "2024-02-01", "2024-02-05"), paying("a", "2024-02-05T00:00:00.000001"))) == 2
    assert subscribed(paying("a", "2024-02-01"), paying("a", "2024-02-05", "2024-02-09")) == [("02-01T00:00", None)]


@pytest.mark.parametrize(("status", "count"), [("active", 1), ("past_due", 1), ("trialing", 0), ("paused", 0)])
def test_who_pays_or_owes_is_a_customer(status: str, count: int) -> None:
    assert len(subscribed(paying("a", "2024-02-01", status=status))) == count


def test_equal_subscriptions_at_once_are_one_spell() -> None:
    twice = [paying(f"c{n}", "2024-02-01", "2024-02-05") for n in range(200)] * 3
    again = [paying(f"c{n}", "2024-03-01", "2024-03-05") for n in range(200)] * 3
    assert len(subscribed(*twice, *again)) == 400


def test_many_orders_at_one_moment_do_not_tear_spells_apart() -> None:
    """Two windows sort the same orders: ties must not fall one way in one and another way in the other."""
    chance = np.random.default_rng(7)
    customer, day = np.repeat(chance.integers(0, 5000, 40_000), 4), np.repeat(chance.integers(0, 300, 40_000), 4)
    mixed = chance.permutation(len(day))
    at = np.datetime64("2024-01-01", "us") + day[mixed].astype("timedelta64[D]")
    given = {
        "order_id": pa.array([f"o{number}" for number in range(len(day))]),
        "customer_id": pa.array([f"c{number}" for number in customer[mixed]]),
        "ordered_at": pa.array(at).cast(pa.timestamp("us", tz="UTC")),
        "ordered_on": pa.array(at.astype("datetime64[D]")),
    }
    schema = FACTS["orders"].schema()  # type: ignore[attr-defined]
    table = pa.table({f.name: given.get(f.name, pa.nulls(len(day), f.type)) for f in schema if f.name != "month"})
    of = World(
        DuckDB.over_tables({"orders": table}), Organisation(history="complete", lapse_days=10), {"orders": ALL_OF_2024}
    )
    as_of = of.known_until(("orders",))
    assert as_of is not None
    found = of.engine.run(
        Plan(of, (), None, as_of)["spells"].select("customer_id", "started_at", "ended_at")
    ).to_pylist()

    expected = set()
    days: dict[int, set[int]] = {}
    for who, when in zip(customer.tolist(), day.tolist(), strict=True):
        days.setdefault(who, set()).add(when)
    for who, moments in days.items():
        ordered = sorted(moments)
        begins = [when for place, when in enumerate(ordered) if place == 0 or when - ordered[place - 1] > 10]
        expected |= {(f"c{who}", when) for when in begins}
    start = np.datetime64("2024-01-01", "us")
    assert len(found) == len(expected)
    assert {
        (
            row["customer_id"],
            int((np.datetime64(row["started_at"].replace(tzinfo=None), "us") - start) // np.timedelta64(1, "D")),
        )
        for row in found
    } == expected
