"""Local days where clocks change: none missing, none doubled, every instant in exactly one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamm.lang.window import Window, day_of, day_start, days_of, starts_of

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
#: zones with the years whose clock changes are awkward
YEARS = [
    ("Pacific/Kiritimati", 1994),
    ("Pacific/Kiritimati", 1995),
    ("Pacific/Apia", 2011),
    ("Pacific/Kwajalein", 1993),
    ("America/St_Johns", 2006),
    ("America/St_Johns", 2011),
    ("Africa/Cairo", 2023),
    ("Africa/Cairo", 2024),
    ("Africa/Cairo", 2010),
    ("Europe/Berlin", 2024),
    ("Europe/Berlin", 1945),
    ("Australia/Lord_Howe", 2024),
    ("America/Sao_Paulo", 2018),
    ("America/Havana", 2024),
    ("Asia/Gaza", 2024),
    ("America/Caracas", 2007),
    ("Asia/Kathmandu", 1986),
    ("UTC", 2024),
]
ZONES = sorted({zone for zone, _ in YEARS})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(zone: str, day: date) -> float:
    return (day_start(day + DAY, zone) - day_start(day, zone)).total_seconds() / 3600


@pytest.mark.parametrize(
    ("zone", "day", "start", "length"),
    [
        ("Europe/Berlin", date(2024, 3, 31), "2024-03-30T23:00", 23),
        ("Europe/Berlin", date(2024, 10, 27), "2024-10-26T22:00", 25),
        ("Australia/Lord_Howe", date(2024, 4, 7), "2024-04-06T13:00", 24.5),  # half an hour back
        ("Australia/Lord_Howe", date(2024, 10, 6), "2024-10-05T13:30", 23.5),
        # at midnight of Friday the 28th the clock showed 1:00
        ("Africa/Cairo", date(2023, 4, 27), "2023-04-26T22:00", 24),
        ("Africa/Cairo", date(2023, 4, 28), "2023-04-27T22:00", 23),
        # at 24:00 of Thursday the 26th it was 23:00 once more
        ("Africa/Cairo", date(2023, 10, 26), "2023-10-25T21:00", 25),
        ("Africa/Cairo", date(2023, 10, 27), "2023-10-26T22:00", 24),
        # 00:01 on the 29th became 23:01 on the 28th: the 29th had begun and goes on
        ("America/St_Johns", date(2006, 10, 28), "2006-10-28T02:30", 24),
        ("America/St_Johns", date(2006, 10, 29), "2006-10-29T02:30", 25),
        # 00:01 on the 2nd of April became 1:01
        ("America/St_Johns", date(2006, 4, 2), "2006-04-02T03:30", 23),
        # the last day of 1994 was skipped on Kiritimati, the 30th of December 2011 on Samoa
        ("Pacific/Kiritimati", date(1994, 12, 30), "1994-12-30T10:00", 24),
        ("Pacific/Kiritimati", date(1994, 12, 31), "1994-12-31T10:00", 0),
        ("Pacific/Kiritimati", date(1995, 1, 1), "1994-12-31T10:00", 24),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00", 0),
        ("Asia/Kathmandu", date(1986, 1, 1), "1985-12-31T18:30", 23.75),
    ],
)
def test_days_worked_by_hand(zone: str, day: date, start: str, length: float) -> None:
    assert day_start(day, zone) == utc(start)
    assert hours(zone, day) == pytest.approx(length)


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("America/St_Johns", "2006-10-29T02:29:59", date(2006, 10, 28)),
        ("America/St_Johns", "2006-10-29T02:30:30", date(2006, 10, 29)),
        ("America/St_Johns", "2006-10-29T02:31:00", date(2006, 10, 29)),  # the clock shows 23:01 on the 28th
        ("America/St_Johns", "2006-10-29T03:30:00", date(2006, 10, 29)),
        ("Pacific/Kiritimati", "1994-12-31T09:59:59", date(1994, 12, 30)),
        ("Pacific/Kiritimati", "1994-12-31T10:00:00", date(1995, 1, 1)),
        ("Africa/Cairo", "2023-04-27T21:59:59", date(2023, 4, 27)),
        ("Africa/Cairo", "2023-04-27T22:00:00", date(2023, 4, 28)),
        ("Africa/Cairo", "2023-10-26T21:00:00", date(2023, 10, 26)),
        ("Africa/Cairo", "2023-10-26T21:59:59", date(2023, 10, 26)),
        ("Africa/Cairo", "2023-10-26T22:00:00", date(2023, 10, 27)),
    ],
)
def test_moments_worked_by_hand(zone: str, moment: str, day: date) -> None:
    assert day_of(utc(moment), zone) == day
    assert days_of(np.array([moment], dtype="datetime64[us]"), zone)[0] == np.datetime64(day)


@pytest.mark.parametrize(("zone", "year"), YEARS)
def test_the_days_of_a_year_tile_time(zone: str, year: int) -> None:
    calendar = [date(year, 1, 1) + i * DAY for i in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    total = timedelta(0)
    for day in calendar:
        start, end = day_start(day, zone), day_start(day + DAY, zone)
        assert start <= end
        total += end - start
        if start < end:  # a skipped day holds no instant
            assert day_of(start, zone) == day
            assert day_of(end - TICK, zone) == day
            assert day_of(start + (end - start) / 2, zone) == day
        assert start.astimezone(ZoneInfo(zone)).date() >= day
        assert (start - TICK).astimezone(ZoneInfo(zone)).date() < day
    assert total == Window(date(year, 1, 1), date(year + 1, 1, 1)).ends_at(zone) - day_start(date(year, 1, 1), zone)


@pytest.mark.parametrize(("zone", "year"), YEARS)
def test_every_quarter_of_an_hour_belongs_to_one_day(zone: str, year: int) -> None:
    """days_of, day_of and the borders of days agree all through the year."""
    opens, closes = day_start(date(year, 1, 1), zone), day_start(date(year + 1, 1, 1), zone)
    moments = np.arange(
        np.datetime64(opens.replace(tzinfo=None), "us"),
        np.datetime64(closes.replace(tzinfo=None), "us"),
        np.timedelta64(15, "m"),
    )
    days = days_of(moments, zone)
    steps = np.diff(days).astype(int)
    assert (steps >= 0).all()
    assert days[0] == np.datetime64(f"{year}-01-01")
    assert days[-1] == np.datetime64(day_of(closes - TICK, zone))
    found, place = np.unique(days, return_inverse=True)
    calendar = [day.astype(date) for day in found]
    starts = np.array([day_start(day, zone).replace(tzinfo=None) for day in calendar], "datetime64[us]")
    ends = np.array([day_start(day + DAY, zone).replace(tzinfo=None) for day in calendar], "datetime64[us]")
    assert (starts[place] <= moments).all()
    assert (moments < ends[place]).all()


MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), st.lists(MOMENTS, min_size=1, max_size=4))
def test_days_of_many_equal_the_day_of_each(zone: str, moments: list[datetime]) -> None:
    array = np.array([moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[us]")
    assert [day.astype(date) for day in days_of(array, zone)] == [day_of(moment, zone) for moment in moments]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ZONES), MOMENTS, st.integers(-3, 3))
def test_a_moment_lies_in_its_day_and_in_no_other(zone: str, moment: datetime, step: int) -> None:
    day = day_of(moment, zone)
    assert day_start(day, zone) <= moment < day_start(day + DAY, zone)
    if step:
        other = day + step * DAY
        assert not day_start(other, zone) <= moment < day_start(other + DAY, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_the_first_instants_of_many_days_equal_the_start_of_each(zone: str) -> None:
    days = [date(1994, 12, 29) + timedelta(days=step) for step in range(6)] + [date(2024, 4, 26), date(2024, 10, 31)]
    found = starts_of(np.array([*days, *days[::-1], None], dtype="datetime64[D]"), zone)
    assert found.dtype == np.dtype("datetime64[us]")
    assert np.isnat(found[-1])
    told = [moment.replace(tzinfo=UTC) for moment in found[:-1].astype(datetime)]
    assert told == [day_start(day, zone) for day in [*days, *days[::-1]]]


def test_unknown_moments_stay_unknown() -> None:
    nothing = np.datetime64("NaT")
    days = days_of(np.array([nothing, "2024-03-31T23:30", nothing], dtype="datetime64[us]"), "Europe/Berlin")
    assert np.isnat(days).tolist() == [True, False, True]
    assert days[1] == np.datetime64("2024-04-01")
    assert np.isnat(days_of(np.array([nothing], dtype="datetime64[us]"), "UTC")).all()
    assert days_of(np.array([], dtype="datetime64[us]"), "UTC").shape == (0,)


def test_a_window_opens_and_closes_in_its_zone() -> None:
    march = Window.parse("2024-03")
    assert march.starts_at("Europe/Berlin") == utc("2024-02-29T23:00")
    assert march.ends_at("Europe/Berlin") == utc("2024-03-31T22:00")
    assert march.starts_at("UTC") == utc("2024-03-01T00:00")
