"""The oracle's local days around every kind of clock change."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.soundness.oracle import METRICS, World, day_start, local_day

TICK = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Europe/Berlin", date(2024, 3, 31), "2024-03-30T23:00", 23),
        ("Europe/Berlin", date(2024, 10, 27), "2024-10-26T22:00", 25),
        ("Africa/Cairo", date(2024, 4, 26), "2024-04-25T22:00", 23),  # begins at 01:00, there is no midnight
        ("Africa/Cairo", date(2024, 10, 31), "2024-10-30T21:00", 25),  # 23:00 comes twice
        ("America/St_Johns", date(2010, 3, 14), "2010-03-14T03:30", 23),
        ("America/St_Johns", date(2010, 11, 6), "2010-11-06T02:30", 24),
        (
            "America/St_Johns",
            date(2010, 11, 7),
            "2010-11-07T02:30",
            25,
        ),  # one minute of it, an hour back, and again
        ("Pacific/Kiritimati", date(1994, 12, 30), "1994-12-30T10:00", 24),
        ("Pacific/Kiritimati", date(1994, 12, 31), "1994-12-31T10:00", 0),  # never happened
        ("Pacific/Kiritimati", date(1995, 1, 1), "1994-12-31T10:00", 24),
    ],
)
def test_days(zone: str, day: date, start: str, hours: int) -> None:
    assert day_start(zone, day) == at(start)
    assert day_start(zone, day + timedelta(days=1)) - day_start(zone, day) == timedelta(hours=hours)
    if hours:
        assert local_day(zone, at(start)) == day
        assert local_day(zone, at(start) - TICK) < day
        assert local_day(zone, at(start) + timedelta(hours=hours) - TICK) == day


def test_a_moment_after_st_johns_fell_back_stays_in_the_new_day() -> None:
    moment = at("2010-11-07T02:45")  # the clock shows 23:15 of the 6th again
    assert local_day("America/St_Johns", moment) == date(2010, 11, 7)


def test_nobody_has_a_moment_in_the_skipped_day() -> None:
    skip = at("1994-12-31T10:00")
    assert local_day("Pacific/Kiritimati", skip - TICK) == date(1994, 12, 30)
    assert local_day("Pacific/Kiritimati", skip) == date(1995, 1, 1)


def test_the_skipped_day_has_zeros_and_a_state() -> None:
    coverage = {kind: (date(1994, 12, 1), date(1995, 1, 31)) for kind in ("orders", "returns")}
    row = {"order_id": "o", "customer_id": "c", "amount_minor": 1, "currency": "EUR", "cancelled_at": None}
    row["ordered_at"] = at("1994-12-30T12:00")
    as_of = at("1995-02-01")
    made = World("Pacific/Kiritimati", as_of, "complete", "orders", 10, "EUR", coverage, orders=[row])
    skipped = (date(1994, 12, 31), date(1995, 1, 1))
    assert METRICS["order_count"](made, *skipped) == 0
    assert METRICS["customer_count"](made, *skipped) == 1
    assert METRICS["customer_retention_rate"](made, *skipped) == 1


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Africa/Cairo", "America/St_Johns", "Pacific/Kiritimati", "UTC"])
def test_days_follow_each_other_without_gap_or_overlap(zone: str) -> None:
    for year in (1994, 2010, 2024):
        day = date(year, 1, 1)
        while day < date(year + 1, 1, 2):
            start, end = day_start(zone, day), day_start(zone, day + timedelta(days=1))
            assert start <= end
            if start < end:
                assert local_day(zone, start) == local_day(zone, end - TICK) == day
            day = day + timedelta(days=1)
