"""The proposed lapse: the shortest usual one that covers 99 % of the gaps and leaves data to measure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from stamm.answers import World
from stamm.app.proposal import propose_lapse
from tests.answers.small import order, world

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


def gaps(*hours: int, days: int = 3650) -> World:
    """One customer a gap, with two orders so many hours apart; covered for so many days."""
    orders = []
    for number, gap in enumerate(hours):
        for place, at in enumerate((BEGIN, BEGIN + timedelta(hours=gap))):
            orders.append(order(f"{number}-{place}", f"c{number}", "") | {"ordered_at": at})
    first = date(2020, 1, 1)
    return world({"orders": orders}, coverage={"orders": (first, first + timedelta(days=days - 1))})


@pytest.mark.parametrize(
    ("hours", "days", "lapse", "within", "capped"),
    [
        ([24] * 100, 3650, 7, 100, False),
        ([24] * 99 + [24 * 900], 3650, 7, 99, False),
        ([24] * 98 + [24 * 50] * 2, 3650, 60, 100, False),
        ([24 * 7] * 100, 3650, 7, 100, False),  # exactly seven days are inside
        ([24 * 7 + 1] * 100, 3650, 14, 100, False),
        ([24 * 50] * 100, 241, 60, 100, False),
        ([24 * 50] * 100, 240, 60, 100, False),  # a quarter of 240 days
        ([24 * 50] * 100, 239, 45, 0, True),
        ([24 * 900] * 100, 3650, 730, 0, True),
        ([24] * 100, 10, 7, 100, False),  # no candidate fits: the shortest
        ([24] * 99, 3650, 90, 0, False),  # too few
        ([], 3650, 90, 0, False),
    ],
)
def test_lapse(hours: list[int], days: int, lapse: int, within: int, capped: bool) -> None:
    found = propose_lapse(gaps(*hours, days=days))
    assert (found.lapse_days, found.gaps, found.within, found.capped) == (lapse, len(hours), within, capped)


def test_the_reason_in_both_languages() -> None:
    reasons = propose_lapse(gaps(*[24] * 99, 24 * 900)).reasons
    assert reasons["en"] == "99.0% of 100 repeat orders came within 7 days of the order before"
    assert reasons["de"] == "99,0\u00a0% von 100 Folgebestellungen kamen innerhalb von 7 Tagen nach der vorigen"
    assert propose_lapse(gaps(24)).reasons["en"].startswith("the default; repeat orders so far: 1, too few")
    assert "too little of the data" in propose_lapse(gaps(*[24 * 900] * 100)).reasons["en"]


def test_without_orders_the_default() -> None:
    assert propose_lapse(world({}, coverage={}), default=30).lapse_days == 30
