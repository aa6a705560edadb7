"""Answers that are tables: the rows of an analysis, and what is needed to trust them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
        """The row whose key columns hold these words; raises UsageError naming the right ones.

        It is one of the main table, or of another whose rows have customers behind them.
        """
        keys = {table: self.keys_of(table) for table in self.analysis.named}
        table = next((table for table, names in keys.items() if names.keys() == wanted.keys()), None)
        if table is None:
            ways = [", ".join(names) for names in keys.values()]
            remedy = " ".join(f"--who {name}=..." for name in keys[ROWS])
            raise UsageError(f"A row is named by {' or by '.join(ways)}.", where="--who", remedy=remedy)
        names = keys[table]
        rows = self.tables[table]
        found = [row for row in rows if all(_is(row, column, wanted[name]) for name, column in names.items())]
        if not found:
            told = ", ".join(f"{name}={value}" for name, value in wanted.items())
            raise UsageError(
                f"There is no row {told} in this answer.", where="--who", remedy="Without --who all rows are shown."
            )
        return found[0]

    def keys_of(self, table: str = ROWS) -> dict[str, Column]:
        """The columns that tell the rows of a table apart, by the names that a question has for them."""
        keys = [c for c in self.analysis.columns(table) if c.key and (c.name != "group" or self.by)]
        return {(self.by or "") if column.name == "group" else column.name: column for column in keys}

    def name_of(self, row: Any, table: str = ROWS) -> dict[str, str]:
        """What `row_named` has to be told to find a row."""
        return {name: _word(getattr(row, column.name)) for name, column in self.keys_of(table).items()}

    def nameless(self) -> TableAnswer:
        """The same for whoever may not know who customers are."""
        found = {}
        for table, rows in self.tables.items():
            personal = dict.fromkeys((c.name for c in self.analysis.columns(table) if c.personal), ())
            found[table] = tuple(replace(row, **personal) for row in rows)
        return replace(self, tables=found)


def _is(row: Any, column: Column, word: str) -> bool:
    value = getattr(row, column.name)
    if isinstance(value, Window):
        return value == Window.parse(word)
    if isinstance(value, Phrase):
        return word in (value.en, value.de)
    return _word(value) == word


def _word(value: Any) -> str:
    if isinstance(value, Window):
        return value.name
    if isinstance(value, Phrase):
        return value.en
    return "" if value is None else str(value)
