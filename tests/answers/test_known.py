"""What was known at a moment, and facts that are placed by a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stamm.answers import World
from stamm.answers.examples import reduction_of
from stamm.answers.plan import Plan, kinds_of
from stamm.answers.reduce import reduce_parts
from stamm.answers.world import Rate
from stamm.facts import FACTS
from stamm.lang.errors import CurrencyError
from stamm.lang.window import Window
from tests.answers.small import known, order, world


def say(of: World, fact: str, verb: str, *windows: str, by: str | None = None, so_far: bool = False) -> list[Any]:
    """What a verb says over windows, by group where it is split."""
    as_of = of.known_until(kinds_of((fact,), of))
    assert as_of is not None
    plan = Plan(of, tuple(map(Window.parse, windows)), by, as_of)
    bound = FACTS[fact]().so_far() if so_far else FACTS[fact]()  # type: ignore[attr-defined]
    cells = reduce_parts(plan, {"it": reduction_of(bound, verb)})["it"]
    if by is None:
        return [cells.get((number, None), 0) for number in range(len(windows))]
    return [{group: value for (number, group), value in cells.items() if number == at} for at in range(len(windows))]


def message(number: int, sent_at: str, opened_at: str | None = None) -> dict[str, Any]:
    row = {"message_id": f"m{number}", "sent_at": sent_at, "delivered_at": sent_at, "opened_at": opened_at}
    return {**row, "customer_id": "anna"}


MESSAGES = {"messages": [message(1, "2024-02-01", "2024-02-09T23:59:59"), message(2, "2024-02-02", "2024-02-10")]}


@pytest.mark.parametrize(("as_of", "opened"), [("2024-02-10", 1), ("2024-02-10T00:00:00.000001", 2)])
def test_what_came_of_a_message_is_known_when_it_has_happened(as_of: str, opened: int) -> None:
    of = world(MESSAGES, as_of=as_of)
    assert say(of, "messages", "delivered", "2024-02") == [2]
    assert say(of, "messages", "opened", "2024-02") == [opened]


def test_what_is_taken_back_is_taken_back_for_all_times() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-01", cancelled_at="2024-03-01")]}, as_of="2024-02-10")
    assert say(of, "orders", "placed", "2024-02") == [0]


def test_a_row_of_the_future_is_not_known_by_any_of_its_clocks() -> None:
    reaction = {"kind": "like", "post_id": "p", "posted_at": "2024-02-01"}
    rows = [{**reaction, "reaction_id": at, "happened_at": at} for at in ("2024-02-09", "2024-02-10", "2024-02-11")]
    facts = {"reactions": rows, "posts": [{"post_id": "p", "posted_at": "2024-02-01", "impressions": 9}]}
    assert say(world(facts, as_of="2024-02-10"), "post_reactions", "drawn", "2024-02") == [1]
    assert say(world(facts), "post_reactions", "drawn", "2024-02") == [3]


def test_what_is_planned_is_known_before_it_comes() -> None:
    row = {"gathering_id": "g", "ends_at": "2024-03-20T20:00"}
    rows = [
        {**row, "customer_id": "anna", "registered_at": "2024-02-05", "attended_at": "2024-03-20T18:00"},
        {**row, "customer_id": "ben", "registered_at": "2024-02-12"},
    ]
    before = world({"attendances": rows}, as_of="2024-02-10")
    assert say(before, "seats", "registrations", "2024-02", "2024-03") == [1, 0]
    assert say(before, "seats", "registered", "2024-02", "2024-03") == [0, 0]
    afterwards = world({"attendances": rows})
    assert say(afterwards, "seats", "registered", "2024-02", "2024-03") == [0, 2]
    assert say(afterwards, "seats", "attendance", "2024-02", "2024-03") == [0, 1]


def test_a_subscription_that_ends_later_still_runs() -> None:
    row = {"customer_id": "anna", "mrr_minor": 5, "status": "active", "started_at": "2024-01-05"}
    of = world({"subscriptions": [{**row, "subscription_id": "s", "ended_at": "2024-02-20"}]}, as_of="2024-02-10")
    assert say(of, "subscriptions", "running_at(window.end)", "2024-02", so_far=True) == [1]


def cost(number: int, incurred_on: str, customer: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"cost_id": f"c{number}", "incurred_on": incurred_on, "customer_id": customer, "kind": "service"}
    return {**row, "amount_minor": 10**number, **more}


COSTS = {"costs": [cost(0, "2024-01-31"), cost(1, "2024-02-01"), cost(2, "2024-02-09"), cost(3, "2024-02-10")]}


@pytest.mark.parametrize("zone", ["America/St_Johns", "UTC", "Pacific/Auckland"])
def test_a_day_lies_in_its_window_in_every_zone(zone: str) -> None:
    of = world(COSTS, zone=zone)
    assert say(of, "costs", "spent", "2024-01", "2024-02", "2024-02-09/2024-02-10") == [1, 1110, 100]
    assert say(of, "costs", "spent", "2024-01", "2024-02", so_far=True) == [1, 1111]


@pytest.mark.parametrize("zone", ["America/St_Johns", "UTC", "Pacific/Auckland"])
def test_a_day_stands_for_its_local_midnight(zone: str) -> None:
    assert say(world(COSTS, as_of="2024-02-10", zone=zone), "costs", "spent", "2024-02") == [110]
    assert say(world(COSTS, as_of="2024-02-11", zone=zone), "costs", "spent", "2024-02") == [1110]


def test_attributes_are_those_at_the_days_midnight() -> None:
    # midnight in Berlin is an hour before that in UTC
    customers = [
        known("anna", "2024-01-01T00:00", country="DE"),
        known("anna", "2024-02-08T23:00", country="AT"),
        known("anna", "2024-02-09T23:00:00.000001", country="CH"),
    ]
    costs = [cost(1, "2024-02-08", "anna"), cost(2, "2024-02-09", "anna"), cost(3, "2024-02-10", "anna")]
    of = world({"costs": [*costs, cost(4, "2024-02-10")], "customers": customers}, zone="Europe/Berlin")
    assert say(of, "costs", "spent", "2024-02", by="country") == [{"DE": 10, "AT": 1100, None: 10_000}]
    assert say(of, "costs", "spent(service)", "2024-02", by="kind") == [{"service": 11_110}]


def test_the_rate_is_that_of_the_day() -> None:
    rates = [Rate("USD", date(2024, 2, 1), Decimal("0.5")), Rate("USD", date(2024, 2, 9), Decimal(2))]
    costs = {"costs": [cost(1, "2024-02-08", currency="USD"), cost(2, "2024-02-09", currency="USD")]}
    assert say(world(costs, rates=rates, zone="Pacific/Auckland"), "costs", "spent", "2024-02") == [205]
    with pytest.raises(CurrencyError, match=r"rows by currency: USD: 2"):
        say(world(costs), "costs", "spent", "2024-02", "2024")
