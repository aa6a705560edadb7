"""Moments and days in formats of their own."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.facts.faults import OUT_OF_RANGE, skipped
from stamm.facts.mapping.dates import DateFormat
from stamm.sources.cells import mask_of
from stamm.sources.local_time import Mask
from stamm.sources.moments import NO_CALENDAR, Read, Written
from stamm.sources.written import other_than, put_written

BERLIN = ZoneInfo("Europe/Berlin")
BOTH = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "excel")


def all_of(cells: pa.Array, *formats: str, zone: str = "UTC", native: Mask | None = None) -> Read:
    """The moments in a column of text."""
    found = Written(len(cells))
    put_written(cells, formats, found, native)
    return found.moments(mask_of(cells.is_valid()), zone, other_than(formats))


def days_of(cells: list[str | None], *formats: str, native: list[bool] | None = None) -> list[date | None]:
    """The days in a column of text."""
    found = Written(len(cells))
    put_written(pa.array(cells, pa.string()), formats, found, np.array(native) if native else None)
    days: list[date | None] = found.days(np.array([bool(cell) for cell in cells]), "").values.to_pylist()
    return days


def read(cell: str | None, *formats: str, zone: str = "Europe/Berlin", native: bool = False) -> object:
    """The moment in a cell, or the reason against it."""
    result = all_of(pa.array([cell], pa.string()), *formats, zone=zone, native=np.array([native]))
    reason = next((reason for rows, reason in result.faults if rows[0]), None)
    value = result.values[0].as_py()
    assert reason is None or value is None
    return reason or value


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "format_", "meant"),
    [
        ("10.02.2024", "%d.%m.%Y", utc(2024, 2, 9, 23)),
        ("1.2.2024", "%d.%m.%Y", utc(2024, 1, 31, 23)),
        ("10.02.24 14:30", "%d.%m.%y %H:%M", utc(2024, 2, 10, 13, 30)),
        ("10.02.69", "%d.%m.%y", utc(1969, 2, 9, 23)),
        ("10.02.2024  9:05:07", "%d.%m.%Y %H:%M:%S", utc(2024, 2, 10, 8, 5, 7)),
        ("10.02.2024\u00a014:30", "%d.%m.%Y %H:%M", utc(2024, 2, 10, 13, 30)),
        ("10.02.2024 14:30:05,25", "%d.%m.%Y %H:%M:%S,%f", utc(2024, 2, 10, 13, 30, 5, 250_000)),
        ("3. März 2024", "%d. %b %Y", utc(2024, 3, 2, 23)),
        ("3. Ma\u0308rz 2024", "%d. %b %Y", utc(2024, 3, 2, 23)),
        ("3. MRZ. 2024", "%d. %b %Y", utc(2024, 3, 2, 23)),
        ("15 Jänner 2024", "%d %b %Y", utc(2024, 1, 14, 23)),
        ("Jul 4, 2024", "%b %d, %Y", utc(2024, 7, 3, 22)),
        ("2/10/24 2:30 PM", "%m/%d/%y %I:%M %p", utc(2024, 2, 10, 13, 30)),
        ("2/10/24 12:00 am", "%m/%d/%y %I:%M %p", utc(2024, 2, 9, 23)),
        ("2/10/24 12:00 p.m.", "%m/%d/%y %I:%M %p", utc(2024, 2, 10, 11)),
        ("2024-02-10T14:30:00+05:45", "%Y-%m-%dT%H:%M:%S%z", utc(2024, 2, 10, 8, 45)),
        ("2024-02-10 14:30 -0330", "%Y-%m-%d %H:%M %z", utc(2024, 2, 10, 18)),
        ("2024-02-10 14:30 UTC", "%Y-%m-%d %H:%M %z", utc(2024, 2, 10, 14, 30)),
        ("2024-02-10 14:30Z", "%Y-%m-%d %H:%M%z", utc(2024, 2, 10, 14, 30)),
        ("20240210", "%Y%m%d", utc(2024, 2, 9, 23)),
        ("100% 10.02.2024", "100%% %d.%m.%Y", utc(2024, 2, 9, 23)),
        (None, "%d.%m.%Y", None),
    ],
)
def test_moments_in_a_format(cell: str | None, format_: str, meant: datetime | None) -> None:
    assert read(cell, format_) == meant


@pytest.mark.parametrize(
    "cell",
    [
        "10/02/2024",
        "2024-02-10",
        "10.02.24",
        "10.02.2024 14:30",
        "x10.02.2024",
        "10.02.2024x",
        "10.002.2024",
        "٣.٢.٢٠٢٤",
    ],
)
def test_another_format_is_told(cell: str) -> None:
    assert read(cell, "%d.%m.%Y") == "is not written as %d.%m.%Y"


def test_a_word_that_is_no_month_is_told_as_another_format() -> None:
    assert read("3. Foo 2024", "%d. %b %Y", "%d.%m.%Y") == "is not written as %d. %b %Y or %d.%m.%Y"


@pytest.mark.parametrize(
    ("cell", "format_"),
    [
        ("30.02.2024", "%d.%m.%Y"),
        ("29.02.2023", "%d.%m.%Y"),
        ("0.02.2024", "%d.%m.%Y"),
        ("10.13.2024", "%d.%m.%Y"),
        ("10.02.2024 24:00", "%d.%m.%Y %H:%M"),
        ("10.02.2024 10:60", "%d.%m.%Y %H:%M"),
        ("10.02.2024 13:00 PM", "%d.%m.%Y %I:%M %p"),
        ("10.02.2024 0:00 PM", "%d.%m.%Y %I:%M %p"),
        ("10.02.2024 10:00 +19:00", "%d.%m.%Y %H:%M %z"),
    ],
)
def test_what_is_not_in_the_calendar_is_told(cell: str, format_: str) -> None:
    assert read(cell, format_) == NO_CALENDAR


def test_years_far_off_are_told() -> None:
    assert read("10.02.0024", "%d.%m.%Y") == OUT_OF_RANGE
    assert read("10.02.2200", "%d.%m.%Y") == OUT_OF_RANGE


def test_formats_are_tried_in_turn() -> None:
    both = ("%d.%m.%Y", "%m/%d/%Y")
    assert read("10.02.2024", *both) == utc(2024, 2, 9, 23)
    assert read("2/10/2024", *both) == utc(2024, 2, 9, 23)
    # it fits the first, so it is not taken for the tenth of a thirty-first month by the second
    assert read("31/04/2024", "%d/%m/%Y", "%m/%d/%Y") == NO_CALENDAR
    assert read("12/25/2024", "%d/%m/%Y", "%m/%d/%Y") == NO_CALENDAR


def test_clock_changes() -> None:
    """As everywhere: a skipped hour is told, of a doubled one it is the first."""
    assert read("31.03.2024 02:30", "%d.%m.%Y %H:%M") == skipped("Europe/Berlin")
    assert read("27.10.2024 02:30", "%d.%m.%Y %H:%M") == utc(2024, 10, 27, 0, 30)
    assert read("31.03.2024 02:30 +01:00", "%d.%m.%Y %H:%M %z") == utc(2024, 3, 31, 1, 30)


@pytest.mark.parametrize(
    ("cell", "name", "meant"),
    [
        ("45332", "excel", utc(2024, 2, 10)),
        ("45332.604166666664", "excel", utc(2024, 2, 10, 14, 30)),
        ("61", "excel", utc(1900, 3, 1)),
        ("60", "excel", NO_CALENDAR),
        ("59", "excel", utc(1900, 2, 28)),
        ("1", "excel", utc(1900, 1, 1)),
        ("0", "excel", OUT_OF_RANGE),
        ("-1", "excel", NO_CALENDAR),
        ("43870.5", "excel-1904", utc(2024, 2, 10, 12)),
        ("1707575400", "unix", utc(2024, 2, 10, 14, 30)),
        ("1707575400.25", "unix", utc(2024, 2, 10, 14, 30, 0, 250_000)),
        ("1707575400250", "unix-ms", utc(2024, 2, 10, 14, 30, 0, 250_000)),
        ("1707575400250", "unix", OUT_OF_RANGE),
        ("1e9", "unix", "is not written as unix"),
    ],
)
def test_numbers_that_stand_for_moments(cell: str, name: str, meant: object) -> None:
    assert read(cell, name, zone="UTC") == meant


def test_serial_days_are_local_and_ticks_are_not() -> None:
    assert read("45332.5", "excel", zone="Europe/Berlin") == utc(2024, 2, 10, 11)
    assert read("1707575400", "unix", zone="Europe/Berlin") == utc(2024, 2, 10, 14, 30)


def test_native_moments_need_no_format() -> None:
    assert read("2024-02-10T14:30:00", "%d.%m.%Y", native=True) == utc(2024, 2, 10, 13, 30)
    assert read("45332", "excel", native=True, zone="UTC") == utc(2024, 2, 10)
    assert read("45332", "%d.%m.%Y", native=True) == "is not written as %d.%m.%Y"


def test_days() -> None:
    cells = ["10.02.2024", "30.02.2024", None, "2024-02-11", "2024-02-12"]
    found = days_of(cells, "%d.%m.%Y", native=[False, False, False, True, False])
    assert found == [date(2024, 2, 10), None, None, date(2024, 2, 11), None]


def test_bare_dates_are_known_as_such() -> None:
    result = all_of(pa.array(["10.02.2024", "10.02.2024 00:00", None, "45332", "45332.5"]), *BOTH)
    assert result.bare is not None
    assert result.bare.tolist() == [True, False, False, True, False]


def test_no_cells() -> None:
    for cells in ([], [None]):
        assert all_of(pa.array(cells, pa.string()), *BOTH).values.to_pylist() == cells


FORMATS = st.sampled_from(
    ["%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y%m%d %H:%M:%S", "%d %b %Y %H:%M:%S", "%b %d, %Y %I:%M:%S %p"]
)
WALL = st.datetimes(datetime(1971, 1, 1), datetime(2068, 12, 31)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001


@given(st.lists(WALL, min_size=1, max_size=20), FORMATS)
def test_what_strftime_writes_is_read(moments: list[datetime], format_: str) -> None:
    cells = pa.array([at.strftime(format_) for at in moments])
    result = all_of(cells, format_, zone="Europe/Berlin")
    for at, value in zip(moments, result.values.to_pylist(), strict=True):
        local = at.replace(tzinfo=BERLIN)
        there = local.astimezone(UTC).astimezone(BERLIN).replace(tzinfo=None) == at
        assert value == (local.astimezone(UTC) if there else None)


@given(st.lists(st.text(max_size=20) | st.text("0123456789.:/ -+ZAPM", max_size=16), min_size=1, max_size=8))
def test_any_text_is_a_moment_or_told(cells: list[str]) -> None:
    array = pa.array([cell.strip() or None for cell in cells], pa.string())
    formats = ("%d.%m.%Y", "%b %d %y %I:%M %p", "%Y-%m-%d %H:%M:%S.%f%z", "excel")
    result = all_of(array, *formats, zone="Europe/Berlin")
    for row, cell in enumerate(array.to_pylist()):
        faulty = any(rows[row] for rows, _ in result.faults)
        assert faulty + result.values[row].is_valid == (cell is not None)


def test_serial_days_against_the_calendar() -> None:
    days = [date(1900, 3, 1) + timedelta(days=number * 997) for number in range(100)]
    assert days_of([str((one - date(1899, 12, 30)).days) for one in days], "excel") == days


def test_a_serial_number_is_a_format() -> None:
    assert DateFormat("excel").has_time
    assert DateFormat("excel").pieces == ()
