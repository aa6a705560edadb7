"""What a number on a page is to the last digit, and of what: for whoever reads the page by program, and for the tests.

`<data value="0.9222" data-of="customer_retention_rate 2024-05 value">92.2%</data>`: the metric, the window by its name,
the column of its CSV, and where it is split the group as `country=AT`. Settings that are not as they come stand behind
the key, as in `loyal_customers?days=60`. Of an analysis it is
`<data value="0.61" data-of="funnel rows of_first step=2&amp;country=AT">61.0%</data>`: the table, its column, and the
row by its keys as an address writes them. `spells-ended` is one column less another; where keys are left out, it is the
sum of all rows that have the others. Of one customer it is `data-of="customers revenue_minor c7"`: the column of the
CSV of all customers, and the number of this one. Of personas it is `data-of="personas 2.visits.ahead"`: of the record
that HTTP tells, the persona by its number, the trait by its metric. Of a segment it is
`data-of="segments customers 2024-05-01 lapsed"`: the column, the day at whose start, and its key or else its rule; of
who came and went the days are `2024-04-01/2024-05-01`, and of what two have in common there are two keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from stamm.analyses.kind import ROWS
from stamm.answers.answer import Row
from stamm.answers.table import TableAnswer
from stamm.lang.definition import Definition
from stamm.lang.language import Language
from stamm.metrics import Metric
from stamm.reports.marked import Marked, interval
from stamm.reports.wording import Words


@dataclass(frozen=True)
class Exact:
    """The numbers of one row of an answer; `by` is what it is split by."""

    row: Row
    metric: Metric
    by: str = ""

    def __call__(self, column: str, text: str) -> Markup:
        """The number in that column, written as `text`."""
        row, (name, _, part) = self.row, column.partition(".")
        number = row.parts.get(part) if name == "parts" else getattr(row, name)
        if number is None:
            return Markup("{}").format(text)
        group = f" {self.by}={row.group or ''}" if self.by else ""
        return _data(number, f"{_asked(self.metric)} {row.window.name} {column}{group}", text)

    def value(self, words: Words, money: str, digits: int | None = None) -> Markup:
        """The value in its unit."""
        return self("value", words.value(self.row.value, self.metric, money, digits))

    def interval(self, words: Words, money: str) -> Markup:
        """91.4% to 92.9%, or nothing."""
        row = self.row
        if row.low is None or row.high is None:
            return Markup()
        low, high = (words.value(end, self.metric, money) for end in (row.low, row.high))
        return Markup("{} {} {}").format(self("low", low), words.language("to"), self("high", high))


@dataclass(frozen=True)
class Told:
    """The numbers of one row of a table of an analysis, in the units that its columns have."""

    answer: TableAnswer
    row: Any
    say: Language
    table: str = ROWS

    def __call__(self, column: str, text: str = "", *, digits: int | None = None) -> str:
        """The number in that column, written as `text` or in its unit; empty where it is not known."""
        number = getattr(self.row, column)
        if number is None:
            return ""
        return self._marked(number, column, text or self.say.value(number, self._unit(column), self._money, digits))

    def less(self, whole: str, column: str, text: str = "") -> str:
        """One column less another, or the rest of a whole that is `1`."""
        number = getattr(self.row, column)
        if number is None:
            return ""
        rest = (1 if whole == "1" else getattr(self.row, whole)) - number
        return self._marked(rest, f"{whole}-{column}", text or self.say.value(rest, self._unit(column), self._money))

    def interval(self, low: str = "low", high: str = "high") -> str:
        """91.4% to 92.9%; empty where an end is not known."""
        if getattr(self.row, low) is None or getattr(self.row, high) is None:
            return ""
        return interval(self(low), self(high), self.say)

    def _marked(self, number: float, column: str, text: str) -> Marked:
        return Marked(text, _data(number, f"{self._of[0]} {column} {self._of[1]}".rstrip(), text))

    @cached_property
    def _of(self) -> tuple[str, str]:
        answer = self.answer
        return f"{_asked(answer.analysis)} {self.table}", urlencode(answer.name_of(self.row, self.table))

    @property
    def _money(self) -> str:
        return self.answer.currency

    def _unit(self, name: str) -> str:
        unit = next(column.unit for column in self.answer.analysis.columns(self.table) if column.name == name)
        return str(self.row.unit) if unit == "own" else unit


def summed(answer: TableAnswer, rows: Sequence[Any], column: str, say: Language, by: str = "") -> Marked:
    """How many there are in all rows of the main table, or in those of one group of what it is split by."""
    number = sum(getattr(row, column) or 0 for row in rows)
    of = f"{_asked(answer.analysis)} {ROWS} {column}"
    if by:
        of = f"{of} {urlencode({by: rows[0].group or ''})}"
    return Marked(say.number(number), _data(number, of, say.number(number)))


def of_customer(customer: str, column: str, number: float | None, text: str) -> str:
    """What is known of one customer, in a column of the CSV of all of them."""
    return text if number is None else Marked(text, _data(number, f"customers {column} {customer}", text))


def of_personas(where: str, number: float | None, text: str) -> str:
    """A number of the record of personas, by the names that lead to it."""
    return text if number is None else Marked(text, _data(number, f"personas {where}", text))


def of_segment(which: str, column: str, when: object, number: float | None, text: str) -> str:
    """What is known of a segment, by its key or its rule, at the start of a day or between those of two."""
    return text if number is None else Marked(text, _data(number, f"segments {column} {when} {which}", text))


def _asked(made: Definition) -> str:
    """Its key, and the settings that are not as they come, as an address writes them."""
    return f"{made.address}?{urlencode(made.said)}" if made.said else made.address


def _data(number: float, of: str, text: str) -> Markup:
    return Markup('<data value="{}" data-of="{}">{}</data>').format(number, of, text)
