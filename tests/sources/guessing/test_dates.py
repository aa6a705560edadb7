"""Formats of dates, and which number is the day: by what only one order makes a date, else by what runs steadily."""

from __future__ import annotations

import pyarrow as pa
import pytest

from stamm.facts.mapping.dates import DateFormat
from stamm.sources.guessing.dates import DAY_FIRST, ISO, MONTH_FIRST, Moments, moments_in


def moments(*cells: str | None) -> Moments | None:
    return moments_in(pa.array(cells, pa.string()))


@pytest.mark.parametrize(
    ("cell", "format_"),
    [
        ("2024-01-05", ISO),
        ("2024-01-05T10:00:00Z", ISO),
        ("2024-01-05 10:00:00 +0100", ISO),
        ("05.01.2024", "%d.%m.%Y"),
        ("5.1.24 9:05", "%d.%m.%y %H:%M"),
        ("05.01.2024, 14:30 Uhr", "%d.%m.%Y, %H:%M Uhr"),
        ("01/05/2024 2:30:10 PM", "%d/%m/%Y %I:%M:%S %p"),
        ("2024/01/05", "%Y/%m/%d"),
        ("05-Jan-24", "%d-%b-%y"),
        ("Jan 5, 2024", "%b %d, %Y"),
        ("5. Januar 2024", "%d. %b %Y"),
        ("05.01.2024 14:30:00.123", "%d.%m.%Y %H:%M:%S.%f"),
        ("05/01/2024 14:30 +02:00", "%d/%m/%Y %H:%M %z"),
    ],
)
def test_formats(cell: str, format_: str) -> None:
    found = moments(cell)
    assert found is not None
    assert found.in_order(DAY_FIRST) == (format_,)
    if format_:
        DateFormat(format_)  # a mapping takes it


@pytest.mark.parametrize("cell", ["", "12.50", "1234", "Anna", "1.2.3.4", "2024", "05. Brumaire 2024", "12:30"])
def test_what_is_no_moment(cell: str) -> None:
    assert moments(cell) is None


def test_a_thirteenth_day_decides() -> None:
    found = moments("05/01/2024", "13/01/2024", "02/02/2024", "30/02/2024", "31/13/2024")
    assert found is not None
    assert (found.day_first, found.month_first, found.impossible) == (2, 0, 1)
    assert moments("01/05/2024", "01/25/2024").month_first == 1


def test_else_what_runs_steadily_in_time() -> None:
    # 5 Jan, 6 Jan, 1 Feb, 3 Mar 2024 by month first; by day first it would be 1 May, 1 June, 2 January, 3 March
    assert moments("01/05/2024", "01/06/2024", "02/01/2024", "03/03/2024").sorted_as == MONTH_FIRST
    assert moments("05/01/2024", "06/01/2024", "01/02/2024", "03/03/2024").sorted_as == DAY_FIRST
    assert moments("05/05/2024", "06/06/2024", "07/07/2024", "08/08/2024").sorted_as == ""


def test_several_formats_in_one_column() -> None:
    found = moments(*["05.01.2024"] * 30, *["05.01.2024 10:00"] * 10, "nie")
    assert found is not None
    assert found.in_order(DAY_FIRST) == ("%d.%m.%Y", "%d.%m.%Y %H:%M")
    assert found.fits == pytest.approx(40 / 41)
    assert found.timed == 0.25
