"""Answers that are tables: the rows of an analysis, and what is needed to trust them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stamm.analyses.kind import ROWS, Analysis
from stamm.facts.filter import Filter
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
