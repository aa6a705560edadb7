"""Moments and days as people write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.facts import faults
from stamm.facts.columns import day, moment
from stamm.lang.window import day_of, day_start
from stamm.sources import moments
from stamm.sources.cells import read_column

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Africa/Cairo",
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "UTC",
)


def first_reason(read: moments.Read, row: int = 0) -> str | None:
    return next((reason for rows, reason in read.faults if rows[row]), None)


def read(cell: object, zone: str = "Europe/Berlin") -> datetime | str | None:
    """The moment read from a cell, or the reason against it."""
    array = cell if isinstance(cell, pa.Array) else pa.array([cell], pa.string())
    result = read_column(array, moment(), zone)
    reason = first_reason(result)
    assert (reason is None) or not result.values[0].is_valid, "a cell with a fault has no value"
    return reason or result.values[0].as_py()


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-02-10T14:30:00Z", utc(2024, 2, 10, 14, 30)),
        ("2024-02-10t14:30:00z", utc(2024, 2, 10, 14, 30)),
        ("2024-02-10 14:30:00Z", utc(2024, 2, 10, 14, 30)),
        ("2024-02-10T14:30Z", utc(2024, 2, 10, 14, 30)),
        ("2024-02-10 14:30:00 +01:00", utc(2024, 2, 10, 13, 30)),
        ("2024-02-10T14:30:00+0545", utc(2024, 2, 10, 8, 45)),
        ("2024-02-10T14:30:00-03", utc(2024, 2, 10, 17, 30)),
        ("2024-02-10T14:30-03:30", utc(2024, 2, 10, 18, 0)),
        ("2024-02-10T14:30:05.25Z", utc(2024, 2, 10, 14, 30, 5, 250_000)),
        ("2024-02-10T14:30:05,000001Z", utc(2024, 2, 10, 14, 30, 5, 1)),
        ("2024-02-10T14:30:05.123456789Z", utc(2024, 2, 10, 14, 30, 5, 123_456)),
        ("2024-02-10T14:30:05.5", utc(2024, 2, 10, 13, 30, 5, 500_000)),
        ("2024-02-10T14:30:00", utc(2024, 2, 10, 13, 30)),
        ("2024-02-10 14:30", utc(2024, 2, 10, 13, 30)),
        ("2024-02-10", utc(2024, 2, 9, 23)),
        ("  2024-02-10  ", utc(2024, 2, 9, 23)),
        ("2024-07-10T14:30:00", utc(2024, 7, 10, 12, 30)),
        ("2024-02-29", utc(2024, 2, 28, 23)),
        ("1900-01-01T00:00:00Z", utc(1900, 1, 1)),
        ("2199-12-31T23:59:59Z", utc(2199, 12, 31, 23, 59, 59)),
        ("", None),
        ("   ", None),
    ],
)
def test_iso_8601_is_read(written: str, meant: datetime | None) -> None:
    assert read(written) == meant


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("yesterday", moments.NO_MOMENT),
        ("10.02.2024", moments.NO_MOMENT),
        ("02/10/2024 14:30", moments.NO_MOMENT),
        ("20240210", moments.NO_MOMENT),
        ("2024-2-10", moments.NO_MOMENT),
        ("2024-02-10T14", moments.NO_MOMENT),
        ("2024-02-10T", moments.NO_MOMENT),
        ("2024-02-10Z", moments.NO_MOMENT),
        ("2024-02-10T14:30:00.Z", moments.NO_MOMENT),
        ("2024-02-10T14:30:00 CET", moments.NO_MOMENT),
        ("2024-02-10T14:30:00Z\n2024", moments.NO_MOMENT),
        ("\uff12\uff10\uff12\uff14-02-10", moments.NO_MOMENT),
        ("1707571800", moments.NO_MOMENT),
        ("2023-02-29", moments.NO_CALENDAR),
        ("2024-13-01", moments.NO_CALENDAR),
        ("2024-00-10", moments.NO_CALENDAR),
        ("2024-02-00", moments.NO_CALENDAR),
        ("2024-04-31T10:00:00Z", moments.NO_CALENDAR),
        ("2024-02-10T24:00:00", moments.NO_CALENDAR),
        ("2024-02-10T14:60:00", moments.NO_CALENDAR),
        ("2024-02-10T14:30:60Z", moments.NO_CALENDAR),
        ("2024-02-10T14:30:00+19:00", moments.NO_CALENDAR),
        ("2024-02-10T14:30:00+01:60", moments.NO_CALENDAR),
        ("1899-12-31", faults.OUT_OF_RANGE),
        ("0001-01-01T00:00:00", faults.OUT_OF_RANGE),
        ("9999-12-31", faults.OUT_OF_RANGE),
        ("2200-01-01T00:00:00Z", faults.OUT_OF_RANGE),
    ],
)
def test_anything_else_is_told(written: str, reason: str) -> None:
    assert read(written) == reason


def test_the_reasons_say_what_to_do() -> None:
    assert moments.NO_MOMENT == (
        "is not a moment; write it as 2024-02-10T14:30:00, with +01:00 or Z at the end unless it is local time"
    )
    assert faults.OUT_OF_RANGE == ("lies outside the years 1900 to 2199; leave the cell empty where it is not known")
    assert faults.skipped("Europe/Berlin") == (
        "was skipped by a clock change in Europe/Berlin; add the zone, such as +01:00, or correct the time"
    )


def test_of_a_doubled_hour_the_first() -> None:
    assert read("2024-10-27T02:30:00") == utc(2024, 10, 27, 0, 30)
    assert read("2024-10-27T02:30:00+01:00") == utc(2024, 10, 27, 1, 30)
    assert read("2024-10-27T03:00:00") == utc(2024, 10, 27, 2, 0)


def test_a_skipped_local_time_is_refused() -> None:
    assert read("2024-03-31T01:59:59") == utc(2024, 3, 31, 0, 59, 59)
    assert read("2024-03-31T02:00:00") == faults.skipped("Europe/Berlin")
    assert read("2024-03-31T02:59:59.999999") == faults.skipped("Europe/Berlin")
    assert read("2024-03-31T03:00:00") == utc(2024, 3, 31, 1)
    assert read("2024-03-31T02:30:00Z") == utc(2024, 3, 31, 2, 30)


def test_a_day_whose_midnight_was_skipped_starts_when_the_clocks_had_changed() -> None:
    assert read("2024-04-26", "Africa/Cairo") == utc(2024, 4, 25, 22) == day_start(date(2024, 4, 26), "Africa/Cairo")
    assert read("2024-04-26T00:30:00", "Africa/Cairo") == faults.skipped("Africa/Cairo")


def test_a_day_that_was_skipped_whole_is_refused() -> None:
    assert read("2011-12-30", "Pacific/Apia") == faults.skipped("Pacific/Apia")
    assert read("2011-12-31", "Pacific/Apia") == utc(2011, 12, 30, 10)
    assert read("1994-12-31", "Pacific/Kiritimati") == faults.skipped("Pacific/Kiritimati")


def test_many_at_once_keep_their_rows() -> None:
    cells = ["2024-03-31T02:30:00", "2024-01-01", None, "no", "2024-01-01T10:00:00.5Z", "2024-07-01T00:00-02"]
    result = read_column(pa.array(cells), moment(), "Europe/Berlin")
    assert result.values.to_pylist() == [
        None,
        utc(2023, 12, 31, 23),
        None,
        None,
        utc(2024, 1, 1, 10, 0, 0, 500_000),
        utc(2024, 7, 1, 2),
    ]
    told = [first_reason(result, row) for row in range(len(cells))]
    assert told == [faults.skipped("Europe/Berlin"), None, None, moments.NO_MOMENT, None, None]
    assert result.bare is not None
    assert result.bare.tolist() == [False, True, False, False, False, False]


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_local_time_is_read_as_the_standard_library_reads_it(local: datetime, zone: str) -> None:
    first = local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    exists = first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    assert read(local.isoformat(), zone) == (first if exists else faults.skipped(zone))


@given(st.dates(date(1950, 1, 1), date(2060, 1, 1)), st.sampled_from(ZONES))
def test_a_bare_date_is_the_start_of_its_local_day(local: date, zone: str) -> None:
    start = day_start(local, zone)
    skipped = start == day_start(local + timedelta(days=1), zone)
    assert read(local.isoformat(), zone) == (faults.skipped(zone) if skipped else start)
    if not skipped:
        assert day_of(start, zone) == local


@given(
    st.datetimes(datetime(1901, 1, 1), datetime(2198, 1, 1)),  # noqa: DTZ001
    st.integers(-18 * 60, 18 * 60),
    st.sampled_from(["T", " "]),
)
def test_a_moment_with_a_zone_means_the_same_everywhere(local: datetime, minutes: int, middle: str) -> None:
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    written = f"{local.isoformat(middle)}{sign}{size // 60:02d}:{size % 60:02d}"
    assert read(written) == (local - timedelta(minutes=minutes)).replace(tzinfo=UTC)


@given(st.lists(st.text(alphabet="0123456789-+:.TZ ,", max_size=30) | st.text(max_size=12), max_size=20))
def test_any_text_gives_a_moment_or_a_reason(cells: list[str]) -> None:
    result = read_column(pa.array(cells, pa.string()), moment(), "Africa/Cairo")
    for row, cell in enumerate(cells):
        outcomes = [result.values[row].is_valid, first_reason(result, row) is not None, not cell.strip(" \t\n\r\v\f")]
        assert outcomes.count(True) == 1


# -- Arrow types ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_timestamps_with_and_without_a_zone(unit: str) -> None:
    zoned = pa.array([utc(2024, 2, 10, 14, 30)], pa.timestamp("us", tz="UTC")).cast(pa.timestamp(unit, tz="UTC"))
    naive = pa.array([datetime(2024, 2, 10, 14, 30)], pa.timestamp("us")).cast(pa.timestamp(unit))  # noqa: DTZ001
    elsewhere = zoned.cast(pa.timestamp(unit, tz="Asia/Tokyo"))
    assert read(zoned) == read(elsewhere) == utc(2024, 2, 10, 14, 30)
    assert read(naive) == utc(2024, 2, 10, 13, 30)


@pytest.mark.parametrize("type_", [pa.date32(), pa.date64()])
def test_dates(type_: pa.DataType) -> None:
    array = pa.array([date(2024, 2, 10)], type_)
    assert read(array) == utc(2024, 2, 9, 23)
    assert read_column(array, day(), "UTC").values.to_pylist() == [date(2024, 2, 10)]


def test_timestamps_far_off_are_refused() -> None:
    for seconds in (-(2**62), 2**62, 7_258_118_400, -2_208_988_801):
        assert read(pa.array([seconds], pa.int64()).cast(pa.timestamp("s"))) == faults.OUT_OF_RANGE
        assert read(pa.array([seconds], pa.int64()).cast(pa.timestamp("s", tz="UTC"))) == faults.OUT_OF_RANGE


def test_nanoseconds_are_cut() -> None:
    array = pa.array([-1], pa.int64()).cast(pa.timestamp("ns", tz="UTC"))
    assert read(array) == utc(1969, 12, 31, 23, 59, 59, 999_999)


def test_naive_timestamps_obey_the_clock_changes() -> None:
    array = pa.array([datetime(2024, 3, 31, 2, 30), datetime(2024, 10, 27, 2, 30)], pa.timestamp("us"))  # noqa: DTZ001
    result = read_column(array, moment(), "Europe/Berlin")
    assert first_reason(result) == faults.skipped("Europe/Berlin")
    assert result.values.to_pylist() == [None, utc(2024, 10, 27, 0, 30)]


# -- days ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1984-02-29", date(1984, 2, 29)),
        (" 1984-02-28 ", date(1984, 2, 28)),
        ("", None),
        ("1985-02-29", moments.NO_CALENDAR),
        ("1984-02-28T00:00:00", faults.NO_DAY),
        ("28.02.1984", faults.NO_DAY),
        ("1884-02-28", faults.OUT_OF_RANGE),
    ],
)
def test_days(written: str, meant: object) -> None:
    result = read_column(pa.array([written]), day(), "UTC")
    assert (first_reason(result) or result.values[0].as_py()) == meant


def test_timestamps_as_days_must_be_midnights() -> None:
    cells = [datetime(1984, 2, 28), datetime(1984, 2, 28, 1), None]  # noqa: DTZ001
    result = read_column(pa.array(cells, pa.timestamp("us")), day(), "UTC")
    assert result.values.to_pylist() == [date(1984, 2, 28), None, None]
    assert [first_reason(result, row) for row in range(3)] == [None, faults.NO_DAY, None]
