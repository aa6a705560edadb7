"""The days that an analysis is asked about where nobody says which, and the months that may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stamm.analyses import Analysis
from stamm.answers.reach import covered, kinds_needed, last_complete
from stamm.answers.world import World
from stamm.lang.language import Language
from stamm.lang.window import Window, moved, windows

#: whole months that are looked at, and of an analysis that cuts its span into periods
MONTHS, PERIODS = 3, 12
#: for whom a longer time tells more
YEAR = frozenset({"rfm", "worth", "recommendations"})
#: what is decided now, from all that is known by now
NOW = frozenset({"worth"})


@dataclass(frozen=True)
class Day:
    """One line of a list of days to choose from."""

    value: date
    words: str
    chosen: bool


@dataclass(frozen=True)
class Span:
    """The days looked at, and those that can be chosen as its first and as the one after its last."""

    window: Window
    firsts: tuple[Day, ...]
    ends: tuple[Day, ...]


def usual_span(analysis: Analysis, world: World) -> Window | None:
    """The last whole months that the data cover; with periods also the one that is not over.

    What is decided now is asked about all days until the last. None without data.
    """
    kinds = kinds_needed(analysis, world)
    days, last = covered(world, kinds), last_complete(world, kinds)
    if days is None or last is None:
        return None
    if last == days:  # not one whole month
        return days
    cut = len(analysis.windows(days)) > 1
    count = PERIODS if cut or analysis.key in YEAR else MONTHS
    start = max(moved(last.start, "month", 1 - count), days.start)
    if analysis.key in NOW:
        return Window(start, days.end)
    return Window(start, moved(days.end, "month", 1) if cut and days.end > last.end else last.end)


def span_of(analysis: Analysis, window: Window, world: World, say: Language) -> Span:
    """The window, and every month of the data to choose it from, the newest first."""
    days = covered(world, kinds_needed(analysis, world)) or window
    months = windows(days.start, days.end, "month")
    firsts = {month.start: say.period(month) for month in months}
    ends = {month.end: say.period(month) for month in months}
    return Span(
        window,
        _days({window.start: say.day(window.start), **firsts}, window.start),
        _days({window.end: say.day(_before(window.end)), **ends}, window.end),
    )


def _days(known: dict[date, str], chosen: date) -> tuple[Day, ...]:
    return tuple(Day(day, words, day == chosen) for day, words in sorted(known.items(), reverse=True))


def _before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
