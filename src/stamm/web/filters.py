"""What a page is kept to, as its address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import GRAINS, Window, windows
from stamm.reports.figures import BACK, Months

#: compared with the same window a year before, a day with that of the week before
YEAR = "year"


@dataclass(frozen=True)
class Period:
    """A grain, and the day after the window that is looked at; without one the last whole window."""

    grain: str = "month"
    until: date | None = None
    #: the window by its name, where it was named
    name: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Period:
        """As an address says it: `grain=week`, `window=2024-W07`. Raises UsageError for what is neither."""
        grain, name = query.get("grain", "") or "month", query.get("window", "")
        if grain not in GRAINS:
            raise UsageError(f"There is no grain {grain!r}.", remedy=f"Choose one of {', '.join(GRAINS)}.")
        if not name:
            return cls(grain)
        window = Window.parse(name)
        if windows(window.start, window.end, grain) != (window,):
            raise UsageError(f"{name} is no {grain}.", remedy="Write 2024, 2024-Q1, 2024-02, 2024-W07 or 2024-02-10.")
        return cls(grain, window.end, name)


@dataclass(frozen=True)
class Choice:
    """One line of a list to choose from."""

    value: str
    words: str
    chosen: bool


def window_choices(newest: Months | None, period: Period, say: Language) -> tuple[Choice, ...]:
    """The whole windows there are, the newest first; `newest` are those up to the end of the data."""
    if newest is None or not newest.whole:
        return ()
    chosen = newest.now.end if period.until is None else period.until
    return tuple(
        Choice("" if window == newest.now else window.name, say.period(window), window.end == chosen)
        for window in reversed(newest.windows[: newest.current + 1])
    )


def against_choices(months: Months, chosen: str, say: Language) -> tuple[Choice, ...]:
    """What the window can be compared with: the one before, and the one a year before (of a day, a week before)."""
    backs = {"": 1, **({YEAR: BACK[months.grain]} if months.grain in BACK else {})}
    windows_ = {name: months.now.moved(months.grain, -back) for name, back in backs.items()}
    return tuple(Choice(name, say.period(window), name == chosen) for name, window in windows_.items())
