"""Local days of a zone, found by looking at every minute. Slow, and with nothing to get wrong."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ONE_DAY = timedelta(days=1)


@cache
def day_start(zone: str, day: date) -> datetime:
    """The first instant whose local calendar date is `day` or a later one, in UTC.

    No zone was ever 16 hours from UTC, so the search begins 16 hours before midnight UTC. It goes by minutes
    and not by hours: in St John's the new date was once on the clock for one minute only before it fell back.
    """
    local = ZoneInfo(zone)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    while moment.astimezone(local).date() < day:
        moment = moment + MINUTE
    moment = moment - MINUTE
    while moment.astimezone(local).date() < day:
        moment = moment + SECOND
    return moment


def local_day(zone: str, moment: datetime) -> date:
    """The greatest day that has begun at `moment`; it never goes back, even where the clock does."""
    day = moment.astimezone(ZoneInfo(zone)).date() + 2 * ONE_DAY
    while day_start(zone, day) > moment:
        day = day - ONE_DAY
    return day


def days_between(start: date, end: date) -> list[date]:
    """Every day of the half-open window."""
    days = []
    day = start
    while day < end:
        days.append(day)
        day = day + ONE_DAY
    return days


def elapsed_days(start: datetime, end: datetime) -> Fraction:
    """Elapsed seconds / 86,400, exactly."""
    microseconds = (end - start) // timedelta(microseconds=1)
    return Fraction(microseconds, 86_400 * 1_000_000)


def elapsed_years(start: datetime, end: datetime) -> Fraction:
    """Elapsed days / 365.25, exactly."""
    return elapsed_days(start, end) / Fraction(36_525, 100)


def month_before(first: date) -> date:
    """The first of the month before the one that begins at `first`."""
    last_day_of_it = first - ONE_DAY
    return last_day_of_it.replace(day=1)
