"""What a page is kept to, as its address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.reports.figures import Months


@dataclass(frozen=True)
class Choice:
    """One line of a list to choose from."""

    value: str
    words: str
    chosen: bool


def until_of(query: Mapping[str, str]) -> date | None:
    """The first day after the month named in an address; None for the last whole month. Raises UsageError."""
    asked = query.get("month", "")
    if not asked:
        return None
    window = Window.parse(asked)
    if window.start.day != 1 or window.start + timedelta(days=31) < window.end:
        raise UsageError(f"{asked} is no month.", remedy="Write it as 2024-02.")
    return window.end


def month_choices(months: Months | None, until: date | None, say: Language) -> tuple[Choice, ...]:
    """The whole months there are, the newest first; `months` are those of the newest data."""
    if months is None:
        return ()
    whole = months.windows[: months.current + 1] if months.whole else ()
    chosen = months.now.end if until is None else until
    return tuple(
        Choice("" if window == months.now else f"{window.start:%Y-%m}", say.month(window.start), window.end == chosen)
        for window in reversed(whole)
    )
