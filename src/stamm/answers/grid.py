"""The grid of an answer: its cells, and what is known of each before they become rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pandas as pd

from stamm.answers.answer import Number
from stamm.facts.filter import Filter, filter_of
from stamm.lang.window import Window

Cell = tuple[int, str | None]


@dataclass(frozen=True)
class Grid:
    """The cells of an answer: windows, split by a dimension if one is named, of facts within a filter.

    `as_of` is one for a metric and all that it is built on; None where one of their facts was never imported.
    """

    windows: tuple[Window, ...]
    as_of: datetime | None
    by: str | None = None
    where: Filter = ()

    def over(self, windows: tuple[Window, ...]) -> Grid:
        """The same of other windows."""
        return replace(self, windows=windows)

    def within(self, where: Filter) -> Grid:
        """The same within one more filter."""
        return replace(self, where=filter_of((*self.where, *where))) if where else self


@dataclass
class Frame:
    """Values of one metric over windows and groups, before they become rows."""

    parts: dict[str, dict[Cell, Number | None]] = field(default_factory=dict)
    values: dict[Cell, Number | None] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    #: windows whose end is known, and windows whose first day is covered
    over: dict[int, bool] = field(default_factory=dict)
    begun: dict[int, bool] = field(default_factory=dict)
    groups: set[str | None] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    #: imported kinds that were read, those included that do not say how far the data reach
    read: set[str] = field(default_factory=set)

    def cells(self, count: int) -> list[Cell]:
        """The full grid, windows first, unknown groups last."""
        groups = sorted(self.groups or {None}, key=lambda group: (group is None, group or ""))
        return [(number, group) for number in range(count) for group in groups]


def combined(values: Sequence[Number | None], how: str) -> Number | None:
    """What the values of another metric over several windows come to; those that are not known may be skipped."""
    known = [value for value in values if value is not None]
    if how == "one":
        return values[0]
    if how == "sum":
        return sum(known) if known else None
    if how == "mean_of_known":
        return sum(known) / len(known) if known else None
    return sum(known) / len(values) if len(known) == len(values) else None


def column_of(values: list[Number | None]) -> pd.Series:
    """Numbers that a formula is evaluated on, whole ones as such."""
    whole = all(value is None or isinstance(value, int) for value in values)
    return pd.Series(pd.array(values, dtype="Int64" if whole else "Float64"))
