"""Who came and who went: each month's customers from its start to its end."""

from __future__ import annotations

from dataclasses import dataclass

from stamm.answers.answer import Number, Row
from stamm.answers.working import operand_words
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
    cells: tuple[str, ...]


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


def ledger_line(row: Row | None, words: Words) -> str:
    """2,243 − 79 lost + 6 new + 78 back; nothing where it is not known."""
    if row is None or row.value is None:
        return ""
    say = words.language
    numbers = {step: say.number(row.parts[step] or 0) for step in STEPS}
    return say("{start} − {lost} lost + {new} new + {back} back", **numbers)


def _row(figure: Figure, row: Row, workings: Workings) -> LedgerRow:
    month = workings.say.window(row.window, short=True)
    if row.value is None:
        return LedgerRow(month, "", workings.words.reason(figure, row), ())
    note = "" if row.complete else workings.open_because(figure, row)
    return LedgerRow(month, note, "", tuple(_step(row.parts[step], sign, workings) for step, sign in STEPS.items()))


def _step(number: Number | None, sign: int, workings: Workings) -> str:
    counted = number or 0
    return workings.say.number(sign * counted, signed=True) if sign else workings.say.number(counted)
