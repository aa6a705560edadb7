"""Windows: half-open, cut at the calendar's borders, read from what a person writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.lang.errors import UsageError
from stamm.lang.window import GRAINS, Window, last_day, windows, zone_named


def spans(found: tuple[Window, ...]) -> list[str]:
    return [f"{window.start}/{window.end}" for window in found]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2025, 1, 1)),
        ("2024-Q1", date(2024, 1, 1), date(2024, 4, 1)),
        ("2024-Q4", date(2024, 10, 1), date(2025, 1, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1)),
        ("2023-12", date(2023, 12, 1), date(2024, 1, 1)),
        ("2024-W07", date(2024, 2, 12), date(2024, 2, 19)),
        ("2024-W01", date(2024, 1, 1), date(2024, 1, 8)),
        ("2021-W01", date(2021, 1, 4), date(2021, 1, 11)),  # the week that holds the first Thursday
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 4)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 3, 1)),
        ("2024-02-01/2024-02-10", date(2024, 2, 1), date(2024, 2, 10)),
    ],
)
def test_parse(text: str, start: date, end: date) -> None:
    assert Window.parse(text) == Window(start, end)


@pytest.mark.parametrize(
    "text",
    [
        "", "24", "2024-13", "2024-Q0", "2024-Q5", "2024-Qx", "2024-W00", "2024-W53", "2023-02-29", "2024-2",
        "20240210", "yesterday", "2024-02-01/", "/2024-02-01", "2024-01-01/2024-02-01/2024-03-01", "2024-W07-1",
    ],
)  # fmt: skip
def test_what_is_no_window_is_named_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match="is no window") as caught:
        Window.parse(text)
    assert repr(text) in caught.value.what
    assert "2024-Q1" in caught.value.remedy


@pytest.mark.parametrize("text", ["9999", "9999-12", "9999-12-31", "9999-Q4"])
def test_the_end_of_the_calendar_is_no_window(text: str) -> None:
    with pytest.raises(UsageError):
        Window.parse(text)


@pytest.mark.parametrize("text", ["2024-02-01/2024-02-01", "2024-02-02/2024-02-01"])
def test_reversed_and_empty_windows_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="empty or runs backwards") as caught:
        Window.parse(text)
    assert caught.value.exit_code == 2
    with pytest.raises(UsageError, match="empty or runs backwards"):
        windows(date(2024, 2, 2), date(2024, 2, 2), "day")


def test_windows_are_half_open_and_follow_one_another() -> None:
    assert spans(windows(date(2024, 1, 31), date(2024, 2, 1), "month")) == ["2024-01-01/2024-02-01"]
    assert spans(windows(date(2024, 1, 31), date(2024, 2, 2), "month")) == [
        "2024-01-01/2024-02-01",
        "2024-02-01/2024-03-01",
    ]
    assert Window.parse("2024-02").length == 29
    assert Window.parse("2023-02").length == 28


def test_weeks_start_on_monday() -> None:
    assert spans(windows(date(2024, 2, 11), date(2024, 2, 13), "week")) == [  # a Sunday and a Monday
        "2024-02-05/2024-02-12",
        "2024-02-12/2024-02-19",
    ]


def test_quarters_and_years() -> None:
    assert spans(windows(date(2023, 12, 31), date(2024, 4, 2), "quarter")) == [
        "2023-10-01/2024-01-01",
        "2024-01-01/2024-04-01",
        "2024-04-01/2024-07-01",
    ]
    assert spans(windows(date(2023, 12, 31), date(2024, 1, 2), "year")) == [
        "2023-01-01/2024-01-01",
        "2024-01-01/2025-01-01",
    ]


def test_an_unknown_grain_names_the_known() -> None:
    with pytest.raises(UsageError, match="no grain 'fortnight'") as caught:
        windows(date(2024, 1, 1), date(2024, 2, 1), "fortnight")
    assert "day, week, month, quarter, year" in caught.value.remedy


def test_split_keeps_the_borders_of_the_window() -> None:
    assert spans(Window(date(2024, 1, 30), date(2024, 3, 3)).split("month")) == [
        "2024-01-30/2024-02-01",
        "2024-02-01/2024-03-01",
        "2024-03-01/2024-03-03",
    ]
    assert spans(Window(date(2024, 2, 7), date(2024, 2, 9)).split("week")) == ["2024-02-07/2024-02-09"]


@given(
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.integers(1, 800),
    st.sampled_from(GRAINS),
)
def test_pieces_tile_the_window(start: date, days: int, grain: str) -> None:
    window = Window(start, start + timedelta(days=days))
    pieces = window.split(grain)
    assert pieces[0].start == window.start
    assert pieces[-1].end == window.end
    assert all(before.end == after.start for before, after in pairwise(pieces))
    whole = windows(window.start, window.end, grain)
    assert len(whole) == len(pieces)
    assert whole[0].start <= window.start < whole[0].end
    assert whole[-1].start < window.end <= whole[-1].end


def test_trailing_days_end_with_the_window() -> None:
    assert Window.parse("2024-03").trailing(365) == Window(date(2023, 4, 2), date(2024, 4, 1))


def test_whole_periods_before_the_end() -> None:
    middle = Window(date(2024, 1, 1), date(2024, 3, 15))
    assert spans(middle.whole_before_end("month", 3)) == [
        "2023-12-01/2024-01-01",
        "2024-01-01/2024-02-01",
        "2024-02-01/2024-03-01",
    ]
    # a period that ends exactly with the window is one of them
    assert spans(Window.parse("2024-02").whole_before_end("month", 1)) == ["2024-02-01/2024-03-01"]
    assert spans(middle.whole_before_end("week", 1)) == ["2024-03-04/2024-03-11"]
    assert spans(middle.whole_before_end("quarter", 1)) == ["2023-10-01/2024-01-01"]
    assert spans(middle.whole_before_end("year", 1)) == ["2023-01-01/2024-01-01"]
    assert spans(middle.whole_before_end("day", 2)) == ["2024-03-13/2024-03-14", "2024-03-14/2024-03-15"]


@pytest.mark.parametrize(
    "name", ["", "Mars/Phobos", "Europe", "../etc/passwd", "/etc/passwd", "a\0b", "europe/berlin?"]
)
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(UsageError, match="no time zone named") as caught:
        zone_named(name)
    assert "Europe/Berlin" in caught.value.remedy


def test_the_last_day_is_the_one_before_a_midnight() -> None:
    midnight = datetime(2024, 2, 29, 23, tzinfo=UTC)  # in Berlin
    assert last_day(midnight, "Europe/Berlin") == date(2024, 2, 29)
    assert last_day(midnight + timedelta(hours=1), "Europe/Berlin") == date(2024, 3, 1)
    assert last_day(midnight, "UTC") == date(2024, 2, 29)
