"""Stretches of one offset tell the same as the zone itself, moment by moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.lang.stretches import DAY, Stretches, stretches
from stamm.lang.window import day_of
from tests.thorough import one_in

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
#: clocks that change at midnight, one minute after it, over a whole day, by half an hour, at Ramadan, and not at all
ZONES = (
    "Europe/Berlin", "Africa/Cairo", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Kwajalein", "Asia/Manila",
    "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "UTC",
)  # fmt: skip


def offset_at(known: Stretches, moment: datetime) -> int:
    return int(known.offset[np.searchsorted(known.start, int(moment.timestamp()), side="right") - 1])


def local_day(known: Stretches, moment: datetime) -> date:
    days = known.of_days()
    second = int(moment.timestamp())
    place = np.searchsorted(days.start, second, side="right") - 1
    return date(1970, 1, 1) + timedelta(days=int((second + days.offset[place]) // DAY))


def near_changes(zone: str) -> list[datetime]:
    starts = stretches(zone, 1900, 2199).start[1:]
    steps = (-3_601, -1, 0, 1, 59, 60, 1_800, 3_599, 3_600, 82_800)
    return [datetime.fromtimestamp(int(start) + step, UTC) for start in starts for step in steps]


def test_berlin_in_2024() -> None:
    known = stretches("Europe/Berlin", 2024, 2024)
    assert known.offset.tolist() == [3600, 7200, 3600]
    assert datetime.fromtimestamp(int(known.start[1]), UTC) == datetime(2024, 3, 31, 1, tzinfo=UTC)
    spring, autumn = datetime(2024, 3, 31, tzinfo=UTC), datetime(2024, 10, 27, tzinfo=UTC)
    assert [int(at - spring.timestamp()) for at in (known.local_end[0], known.local_start[1])] == [7_200, 10_800]
    assert [int(at - autumn.timestamp()) for at in (known.local_end[1], known.local_start[2])] == [10_800, 7_200]


def test_a_day_that_has_begun_is_not_left() -> None:
    """St John's set its clocks back at 00:01: the hour before midnight came again, and belongs to the new day."""
    known = stretches("America/St_Johns", 2010, 2010)
    again = datetime(2010, 11, 7, 2, 45, tzinfo=UTC)
    assert again.astimezone(ZoneInfo("America/St_Johns")).date() == date(2010, 11, 6)
    assert local_day(known, again) == date(2010, 11, 7)


@pytest.mark.parametrize("zone", ZONES)
def test_offset_and_day_around_every_change(zone: str) -> None:
    known, tz = stretches(zone, 1900, 2199), ZoneInfo(zone)
    for moment in near_changes(zone)[::7]:
        assert timedelta(seconds=offset_at(known, moment)) == moment.astimezone(tz).utcoffset()
        assert local_day(known, moment) == day_of(moment, zone)


@given(st.sampled_from(ZONES), st.integers(int(FIRST.timestamp()) + 2 * DAY, int(LAST.timestamp())))
def test_any_moment(zone: str, second: int) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    assert local_day(stretches(zone, 1900, 2199), moment) == day_of(moment, zone)


@pytest.mark.long
def test_every_zone_there_is() -> None:
    for zone in one_in(3, sorted(available_timezones())):
        known, tz = stretches(zone, 1900, 2199), ZoneInfo(zone)
        for days in range(0, (LAST - FIRST).days, 11):
            moment = FIRST + timedelta(days=days)
            assert timedelta(seconds=offset_at(known, moment)) == moment.astimezone(tz).utcoffset(), (zone, moment)
        for moment in near_changes(zone)[::17]:
            assert local_day(known, moment) == day_of(moment, zone), (zone, moment)
