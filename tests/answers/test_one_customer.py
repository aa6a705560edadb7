"""One customer and others like them, against numbers worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from stamm.answers import silences
from stamm.answers.one_customer import OneCustomer, Visit, revenue_of, rhythm_of
from stamm.answers.silences import Alike, Silences
from stamm.answers.world import moment_of
from tests.answers.small import order, world

#: three orders ten days apart each, the last on 21 January; then the day on which they came again
AGAIN = {
    "soon": "2024-02-04",
    "late": "2024-02-06",
    "twice": "2024-02-15",
    "later": "2024-04-05",
    "too_late": "2024-04-11",
    "never": None,
}
MARY = "mary"


def orders() -> list[dict[str, Any]]:
    found, days = [], [f"2024-01-{day:02}T00:00" for day in (1, 11, 21)]
    for who, again in AGAIN.items():
        found += [order(f"{who}{n}", who, day) for n, day in enumerate(days)]
        if again is not None:
            found.append(order(f"{who}9", who, f"{again}T00:00"))
    # two orders are no rhythm; a cancelled one is none; of nobody is nobody's
    found += [order("few1", "few", days[0]), order("few2", "few", days[1]), order("none", None, days[0])]
    found += [order(f"m{n}", MARY, f"2024-12-{day:02}T00:00") for n, day in enumerate((1, 5, 9))]
    found.append(order("m9", MARY, "2024-12-10T00:00", cancelled_at="2024-12-10T01:00"))
    return found


def test_others_as_late_are_counted_once_each_and_by_their_own_rhythm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mary's mean gap is 4 days; on 15 December she has been silent for 6, 1.5 times that. All six were once as late;
    on the last such day, after their last order, none of them came back.

    On 30 April the last day that lies 60 days back is another: of `soon` and `late`, 17 and 18 days after their fourth
    order, whose mean gaps are 11.33 and 12; of the others 15 days after their third, since the fourth of `twice` would
    have to be silent for 22.5 days. `twice` came back 25 days after it and `later` after 75, the last day that counts.
    """
    monkeypatch.setattr(silences, "LEAST_ALIKE", 1)
    winter = world({"orders": orders()}, as_of="2024-12-15")
    rows = OneCustomer(winter, MARY).rows()
    rhythm = rhythm_of(rows["orders"], moment_of("2024-12-15", "UTC"))
    assert rhythm is not None
    assert (rhythm.gaps, rhythm.silent_days, rhythm.mean, rhythm.late) == ((4.0, 4.0), 6.0, 4.0, 1.5)
    everybody = Silences.of(winter)
    assert everybody is not None
    assert everybody.alike(MARY, rhythm) == Alike(6, 0, 1.5)
    spring = Silences.of(world({"orders": orders()}, as_of="2024-04-30"))
    few = rhythm_of(orders_of(orders(), "never"), moment_of("2024-02-05", "UTC"))
    assert few is not None
    assert spring is not None
    assert few.late == 1.5
    assert spring.alike("few", few) == Alike(6, 2, 1.5)
    assert spring.alike("twice", few) == Alike(5, 1, 1.5)


def orders_of(rows: list[dict[str, Any]], who: str) -> list[dict[str, Any]]:
    return [
        {**row, "ordered_at": moment_of(row["ordered_at"], "UTC"), "cancelled_at": None}
        for row in rows
        if row["customer_id"] == who
    ]


def test_visits_begin_before_anybody_knew_and_a_shared_device_is_theirs_in_turn() -> None:
    def event(number: int, who: str | None, device: str, at: str, **more: Any) -> dict[str, Any]:
        row = {"event_id": f"e{number}", "customer_id": who, "anonymous_id": device, "happened_at": f"2024-02-{at}"}
        return {**row, "kind": "page", "page": f"/{number}", **more}

    events = [
        event(1, None, "tablet", "01T10:00"),
        event(2, "anna", "tablet", "01T10:20", title="Tea"),
        event(3, None, "tablet", "01T10:30", kind="track", name="Added"),
        event(4, None, "tablet", "01T10:40", kind="stay"),
        event(5, None, "tablet", "01T11:01"),
        event(6, "ben", "tablet", "02T10:00"),
        event(7, None, "tablet", "02T10:10"),
        event(8, "anna", "phone", "03T10:00", kind="screen", page=None, name="Cart"),
    ]
    facts = {"events": events}
    at = moment_of
    assert OneCustomer(world(facts), "anna").visits() == [
        Visit(at("2024-02-03T10:00", "UTC"), ("Cart",), ()),
        Visit(at("2024-02-01T11:01", "UTC"), ("/5",), ()),
        Visit(at("2024-02-01T10:00", "UTC"), ("/1", "Tea"), ("Added",)),
    ]
    assert [visit.pages for visit in OneCustomer(world(facts), "ben").visits()] == [("/6", "/7")]
    assert OneCustomer(world(facts), "x' OR '1'='1").visits() == []


def test_revenue_is_less_what_came_back_and_unknown_without_a_rate() -> None:
    back = [
        {"return_id": "r1", "order_id": "o1", "customer_id": None, "returned_at": "2024-02-09", "amount_minor": 300},
        {"return_id": "r2", "order_id": "o2", "customer_id": "anna", "returned_at": "2024-02-09", "amount_minor": 100},
        # of orders of somebody else: one stands, the other was cancelled
        {"return_id": "r3", "order_id": "o3", "customer_id": "ben", "returned_at": "2024-02-09", "amount_minor": 50},
        {"return_id": "r4", "order_id": "o2", "customer_id": "ben", "returned_at": "2024-02-09", "amount_minor": 70},
    ]
    facts = {
        "orders": [
            order(1, "anna", "2024-02-01T10:00"),
            order(2, "anna", "2024-02-02T10:00", cancelled_at="2024-02-03T10:00"),
            order(3, "anna", "2024-02-03T10:00", 500),
        ],
        "returns": back,
    }
    assert revenue_of(OneCustomer(world(facts), "anna").rows()) == (1200, 1500, 300)
    assert [row["return_id"] for row in OneCustomer(world(facts), "ben").rows()["sent_back"]] == ["r3"]
    foreign = {"orders": [order(1, "anna", "2024-02-01T10:00", currency="XAU")], "returns": []}
    assert revenue_of(OneCustomer(world(foreign, currency="EUR"), "anna").rows())[0] is None
