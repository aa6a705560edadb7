"""Units of the calendar: the first day of each, one day after the other."""

from datetime import date

from .clock import ONE_DAY


def unit_start(day: date, unit: str) -> date:
    """The first day of the week, month ... that holds the day."""
    while True:
        if unit == "day" or (unit == "week" and day.weekday() == 0):
            return day
        if unit == "month" and day.day == 1:
            return day
        if unit == "quarter" and day.day == 1 and day.month in (1, 4, 7, 10):
            return day
        if unit == "year" and day.day == 1 and day.month == 1:
            return day
        day = day - ONE_DAY


def unit_after(first: date, unit: str) -> date:
    """The first day of the unit after the one that begins on `first`."""
    day = first + ONE_DAY
    while unit_start(day, unit) == first:
        day = day + ONE_DAY
    return day


def units_later(day: date, unit: str, count: int) -> date:
    """The first day of the unit so many units after that of the day."""
    first = unit_start(day, unit)
    for _ in range(count):
        first = unit_after(first, unit)
    return first


def cohorts(start: date, end: date, unit: str) -> list[tuple[date, date]]:
    """Whole units of the calendar that hold a day of the range."""
    found = []
    first = unit_start(start, unit)
    while first < end:
        found.append((first, unit_after(first, unit)))
        first = unit_after(first, unit)
    return found
