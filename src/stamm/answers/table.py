"""Answers that are tables: the rows of an analysis, and what is needed to trust them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stamm.analyses.kind import ROWS, Analysis, Column
from stamm.facts.filter import Filter
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window


@dataclass(frozen=True)
class TableAnswer:
    """All tables of one question: `rows` is the main one, `tables` has them all by name, the main one first.

    Rows are of the types that the analysis declares. Its `columns()` give their words and units, its
    `settings` those that were used. Money is in minor units, shares are 0..1.
    """

    analysis: Analysis
    span: Window
    by: str | None
    tables: Mapping[str, tuple[Any, ...]]
    currency: str
    zone: str
    as_of: datetime | None
    snapshot: int
    simulated: bool = False
    #: rows of facts that were passed over, by what they were
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Phrase, ...] = ()
    #: fact kinds the answer was computed from
    kinds: tuple[str, ...] = ()
    #: what the facts were kept to
    where: Filter = ()

    @property
    def rows(self) -> tuple[Any, ...]:
        """The rows of the main table."""
        return self.tables[ROWS]

    def row_named(self, wanted: Mapping[str, str]) -> Any:
        """The row of the main table whose key columns hold these words; raises UsageError naming the right ones."""
        keys = [c for c in self.analysis.columns() if c.key and (c.name != "group" or self.by)]
        names = {(self.by or "") if column.name == "group" else column.name: column for column in keys}
        if wanted.keys() != names.keys():
            remedy = " ".join(f"--who {name}=..." for name in names)
            raise UsageError(f"A row is named by {', '.join(names)}.", where="--who", remedy=remedy)
        found = [row for row in self.rows if all(_is(row, column, wanted[name]) for name, column in names.items())]
        if not found:
            told = ", ".join(f"{name}={value}" for name, value in wanted.items())
            raise UsageError(
                f"There is no row {told} in this answer.", where="--who", remedy="Without --who all rows are shown."
            )
        return found[0]


def _is(row: Any, column: Column, word: str) -> bool:
    value = getattr(row, column.name)
    if isinstance(value, Window):
        return value == Window.parse(word)
    if isinstance(value, Phrase):
        return word in (value.en, value.de)
    return str(value) == word if value is not None else word == ""
