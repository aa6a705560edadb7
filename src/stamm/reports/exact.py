"""What a number on a page is to the last digit, and of what: for whoever reads the page by program, and for the tests.

`<data value="0.9222" data-of="customer_retention_rate 2024-05 value">92.2%</data>`: the metric, the window by its name,
the column of its CSV, and where it is split the group as `country=AT`.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.answer import Row
from stamm.metrics import Metric
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
        of = f"{self.metric.key} {row.window.name} {column}{group}"
        return Markup('<data value="{}" data-of="{}">{}</data>').format(number, of, text)

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
