"""Windows of local days, cut in the organisation's time zone.

A window is half-open, `start <= day < end`. Days are calendar days of a named zone; the moment a day
starts is the first instant whose local date is that date or a later one. So every instant belongs to
exactly one day, also where clocks change at midnight (Cairo), one minute after it (St John's, until
2011) or skip a whole day (Kiritimati, 1995): the skipped day is there and has no length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from stamm.lang.errors import UsageError

FIRST_YEAR, LAST_YEAR = 1800, 2400
GRAINS = ("day", "week", "month", "quarter", "year")
_SECOND = timedelta(seconds=1)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that IANA name; raises UsageError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"There is no time zone named {name!r}.", remedy="Use an IANA name such as Europe/Berlin."
        ) from error


@lru_cache(maxsize=100_000)
def day_start(day: date, zone: str) -> datetime:
    """The first instant (UTC) whose date in `zone` is `day` or later."""
    tz = zone_named(zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=tz, fold=0).astimezone(UTC)
    if (midnight - _SECOND).astimezone(tz).date() < day:
        return midnight
    low, high = midnight - timedelta(hours=36), midnight  # the gap swallowed midnight: search its edge
    while high - low > _SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (low, middle) if middle.astimezone(tz).date() >= day else (middle, high)
    return high


def day_of(moment: datetime, zone: str) -> date:
    """The local day a moment (UTC or aware) belongs to: the latest day that has started by then."""
    day = moment.astimezone(zone_named(zone)).date() + timedelta(days=1)
    while day_start(day, zone) > moment:
        day -= timedelta(days=1)
    return day


def last_day(as_of: datetime, zone: str) -> date:
    """The last local day of which anything is known as of a moment."""
    return day_of(as_of - timedelta(microseconds=1), zone)


def days_of(moments: npt.NDArray[np.datetime64], zone: str) -> npt.NDArray[np.datetime64]:
    """Local days (datetime64[D]) of many UTC moments (datetime64[us]); NaT stays NaT."""
    moments = moments.astype("datetime64[us]")
    known = ~np.isnat(moments)
    days = np.full(moments.shape, np.datetime64("NaT"), dtype="datetime64[D]")
    if not known.any():
        return days
    first = moments[known].min().astype("datetime64[D]").astype(date) - timedelta(days=2)
    last = moments[known].max().astype("datetime64[D]").astype(date) + timedelta(days=2)
    calendar = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    starts = np.array([day_start(d, zone).replace(tzinfo=None) for d in calendar], dtype="datetime64[us]")
    place = np.searchsorted(starts, moments[known], side="right") - 1
    days[known] = np.array(calendar, dtype="datetime64[D]")[place]
    return days


def starts_of(days: npt.NDArray[np.datetime64], zone: str) -> npt.NDArray[np.datetime64]:
    """First instants (UTC, datetime64[us]) of many local days (datetime64[D]); NaT stays NaT."""
    distinct, place = np.unique(days.astype("datetime64[D]"), return_inverse=True)
    starts = [
        np.datetime64("NaT") if np.isnat(day) else np.datetime64(day_start(day.astype(date), zone).replace(tzinfo=None))
        for day in distinct
    ]
    return np.array(starts, dtype="datetime64[us]")[place]


def moved(day: date, grain: str, count: int) -> date:
    """The first day of the calendar unit that lies so many units after the one of `day`."""
    first = _floor(day, grain)
    if grain in ("day", "week"):
        return first + count * timedelta(days=7 if grain == "week" else 1)
    return _add_months(first, {"month": 1, "quarter": 3, "year": 12}[grain] * count)


def _add_months(day: date, months: int) -> date:
    """First day of the month that many months from the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _floor(day: date, grain: str) -> date:
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[grain]
    return date(day.year, month, 1)


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """Local days from `start` (in) to `end` (out)."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start.year < FIRST_YEAR or self.end.year > LAST_YEAR:
            raise UsageError(
                f"A window lies between {FIRST_YEAR} and {LAST_YEAR}, not from {self.start} to {self.end}."
            )
        if self.end <= self.start:
            raise UsageError(
                f"The window from {self.start} to {self.end} is empty or runs backwards.",
                remedy="The end is the first day that no longer belongs to the window; it must come after the start.",
            )

    @classmethod
    def parse(cls, text: str) -> Window:
        """A window from `2024`, `2024-Q1`, `2024-02`, `2024-W07`, `2024-02-10` or `2024-02-01/2024-02-10`."""
        try:
            if "/" in text:
                start, end = text.split("/")
                return cls(date.fromisoformat(start), date.fromisoformat(end))
            if "-Q" in text:
                year, quarter = text.split("-Q")
                day, grain = date(int(year), 3 * int(quarter) - 2, 1), "quarter"
            elif "-W" in text:
                year, week = text.split("-W")
                day, grain = date.fromisocalendar(int(year), int(week), 1), "week"
            else:
                grain = {4: "year", 7: "month", 10: "day"}[len(text)]
                day = date.fromisoformat((text + "-01-01")[:10])
            return cls(day, moved(day, grain, 1))
        except (ValueError, KeyError, OverflowError) as error:
            raise UsageError(
                f"{text!r} is no window.",
                remedy="Write 2024, 2024-Q1, 2024-02, 2024-W07, 2024-02-10 or 2024-02-01/2024-02-10.",
            ) from error

    @property
    def name(self) -> str:
        """How `parse` is told of it: 2024, 2024-Q1, 2024-02, 2024-W07, 2024-02-10, else both its days."""
        start = self.start
        year, week, _ = start.isocalendar()
        quarter = f"{start.year:04}-Q{(start.month + 2) // 3}"
        for text in (f"{start.year:04}", quarter, f"{start:%Y-%m}", f"{year:04}-W{week:02}", f"{start}"):
            if Window.parse(text) == self:
                return text
        return f"{start}/{self.end}"

    @property
    def length(self) -> int:
        """Number of calendar days."""
        return (self.end - self.start).days

    def starts_at(self, zone: str) -> datetime:
        """The first instant of the window, UTC."""
        return day_start(self.start, zone)

    def ends_at(self, zone: str) -> datetime:
        """The first instant after the window, UTC."""
        return day_start(self.end, zone)

    def moved(self, grain: str, count: int) -> Window:
        """The calendar window of that grain that lies so many windows after this one."""
        return Window(moved(self.start, grain, count), moved(self.start, grain, count + 1))

    def trailing(self, days: int) -> Window:
        """The `days` local days before this window's end."""
        return Window(self.end - timedelta(days=days), self.end)

    def split(self, grain: str) -> tuple[Window, ...]:
        """This window cut at the calendar's borders; the first and last piece may be shorter."""
        return tuple(
            Window(max(piece.start, self.start), min(piece.end, self.end))
            for piece in windows(self.start, self.end, grain)
        )

    def whole_before_end(self, grain: str, count: int) -> tuple[Window, ...]:
        """The last `count` whole calendar periods that end at or before this window's end, oldest first."""
        edge = _floor(self.end, grain)
        found: list[Window] = []
        while len(found) < count:
            start = _floor(edge - timedelta(days=1), grain)
            found.append(Window(start, edge))
            edge = start
        return tuple(reversed(found))


def windows(start: date, end: date, grain: str) -> tuple[Window, ...]:
    """Calendar windows (weeks start on Monday) that overlap `start <= day < end`, in order."""
    if grain not in GRAINS:
        raise UsageError(f"There is no grain {grain!r}.", remedy=f"Choose one of {', '.join(GRAINS)}.")
    Window(start, end)  # refuses a reversed range
    return tuple(_walk(_floor(start, grain), end, grain))


def _walk(day: date, end: date, grain: str) -> Iterator[Window]:
    while day < end:
        following = moved(day, grain, 1)
        yield Window(day, following)
        day = following
