"""What other settings would make of the last whole months: who is a customer, who stays, who leaves."""

from __future__ import annotations

from dataclasses import dataclass

from stamm.reports.figures import Figure, Figures
from stamm.reports.wording import Words

#: what depends on who is a customer
KEYS = ("customer_count", "customer_retention_rate", "customer_churn_rate")
MONTHS = 3


@dataclass(frozen=True)
class Cell:
    """One number as it is and as it would be; `change` is empty where nothing changes, `note` says why it cannot."""

    now: str
    then: str
    change: str
    note: str = ""


@dataclass(frozen=True)
class Month:
    """One month, a cell for each of `KEYS`."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Consequences:
    """The names of the numbers, and the last whole months, the newest first."""

    heads: tuple[str, ...]
    months: tuple[Month, ...]


def consequences_of(now: Figures, then: Figures, words: Words) -> Consequences | None:
    """Both are asked for `KEYS` up to the same day; None where there is no whole month."""
    months = now.months
    if months is None or then.months is None or not months.whole:
        return None
    shown = [window for window in months.windows[: months.current + 1] if window in then.months.windows][-MONTHS:]
    pairs = [(now[key], then[key]) for key in KEYS]
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    return Consequences(
        tuple(one.metric.title(words.language.code) for one, _ in known),
        tuple(
            Month(
                words.language.month(window.start),
                tuple(
                    _cell(one, months.windows.index(window), other, then.months.windows.index(window), words)
                    for one, other in known
                ),
            )
            for window in reversed(shown)
        ),
    )


def _cell(now: Figure, place: int, then: Figure, other: int, words: Words) -> Cell:
    metric, say = now.metric, words.language
    before, after = (figure.rows[at] if figure.rows else None for figure, at in ((now, place), (then, other)))
    values = [None if row is None else row.value for row in (before, after)]
    now_words, then_words = (
        say("no value") if value is None else words.value(value, metric, now.money) for value in values
    )
    if values[0] is None or values[1] is None:
        missing = words.reason(now, before) if values[0] is None else words.reason(then, after)
        return Cell(now_words, then_words, "", missing)
    difference = values[1] - values[0]
    return Cell(now_words, then_words, say.change(difference, metric.unit, now.money) if difference else "")
