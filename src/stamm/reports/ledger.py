"""Who came and who went: each month's customers from its start to its end."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.answer import Number, Row
from stamm.answers.working import operand_words
from stamm.reports.exact import Exact
from stamm.reports.figures import Figure
from stamm.reports.wording import Words
from stamm.reports.workings import Workings

LEDGER = "customer_ledger"
#: what is added (1) and taken away (-1) on the way from the first number to the last
STEPS = {"start": 0, "lost": -1, "new": 1, "back": 1, "end": 0}


@dataclass(frozen=True)
class LedgerRow:
    """One month: a cell a step, or the reason why nothing is known."""

    month: str
    note: str
    reason: str
    cells: tuple[Markup, ...]


@dataclass(frozen=True)
class Ledger:
    """The months in words, the newest first."""

    heads: tuple[str, ...]
    rows: tuple[LedgerRow, ...]


def ledger_of(figure: Figure | None, workings: Workings, most: int) -> Ledger | None:
    """The newest `most` months; None where no month shown has a ledger."""
    if figure is None or figure.value is None:
        return None
    words = workings.words
    named = operand_words(figure.metric, words.language)
    ends = figure.metric.parts()["end"].words(words.language.code)
    heads = tuple(named.get(step, ends) for step in STEPS)
    rows = [_row(figure, row, workings) for row in reversed(figure.rows)]
    return Ledger(heads, tuple(rows[:most]))


def ledger_line(figure: Figure, words: Words) -> Markup:
    """2,243 − 79 lost + 6 new + 78 back; nothing where it is not known."""
    row, say = figure.row, words.language
    if row is None or row.value is None:
        return Markup()
    exact = Exact(row, figure.metric)
    numbers = {step: exact(f"parts.{step}", say.number(row.parts[step] or 0)) for step in STEPS}
    return Markup(say("{start} − {lost} lost + {new} new + {back} back")).format(**numbers)  # noqa: S704 - our own words


def _row(figure: Figure, row: Row, workings: Workings) -> LedgerRow:
    month = workings.say.window(row.window, short=True)
    if row.value is None:
        return LedgerRow(month, "", workings.words.reason(figure, row), ())
    note = "" if row.complete else workings.open_because(figure, row)
    exact = Exact(row, figure.metric)
    cells = (exact(f"parts.{step}", _step(row.parts[step], sign, workings)) for step, sign in STEPS.items())
    return LedgerRow(month, note, "", tuple(cells))


def _step(number: Number | None, sign: int, workings: Workings) -> str:
    counted = number or 0
    return workings.say.number(sign * counted, signed=True) if sign else workings.say.number(counted)
