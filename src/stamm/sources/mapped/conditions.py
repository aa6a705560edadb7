"""Which rows count: the conditions of `where` over the cells of a piece."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.mapping import Condition
from stamm.sources.cells import mask_of
from stamm.sources.local_time import Mask
from stamm.sources.mapped.columns import Columns

Untold = list[tuple[Mask, str, str]]


def keep(conditions: tuple[Condition, ...], cells: Columns) -> tuple[Mask, Untold]:
    """Rows for which all conditions hold; and which of these cannot be told, with column and reason.

    A row of which a condition cannot be told is kept, so that it is set aside and not left out; so is one with a cell
    that is wrong in the file itself.
    """
    kept, untold = holding(conditions, cells)
    wrong = [(rows, column, reason) for column, rows, reason in cells.raw.flaws]
    for rows, _, _ in wrong:
        kept |= rows
    return kept, [(rows[kept], column, reason) for rows, column, reason in (*wrong, *untold)]


def holding(conditions: tuple[Condition, ...], cells: Columns) -> tuple[Mask, Untold]:
    """Rows for which all conditions hold or cannot be told; and which of all rows cannot, with column and reason."""
    kept, untold = np.ones(len(cells), dtype=bool), Untold()
    for one in conditions:
        holds, wrong = _holds(one, cells)
        unclear = np.zeros(len(cells), dtype=bool)
        for rows, reason in wrong:
            if rows.any():
                untold.append((rows, one.column, reason))
                unclear |= rows
        kept &= (holds ^ one.negated) | unclear
    return kept, untold


def _holds(one: Condition, cells: Columns) -> tuple[Mask, tuple[tuple[Mask, str], ...]]:
    if one.test in {"above", "below"}:
        numbers, limit = cells.numbers(one.column), float(one.values[0])
        reals = numbers.real()
        return numbers.known & ((reals > limit) if one.test == "above" else (reals < limit)), numbers.faults
    text = cells.text(one.column)
    if one.test == "empty":
        return mask_of(text.is_null()), ()
    if one.test == "is":
        return mask_of(pc.is_in(text, value_set=pa.array(one.values, pa.string()))), ()
    found = np.zeros(len(cells), dtype=bool)
    for answer in _matches(one, text):
        found |= mask_of(answer)
    return found, ()


def _matches(one: Condition, text: pa.Array) -> Iterator[pa.Array]:
    match = pc.starts_with if one.test == "begins" else pc.match_substring
    for value in one.values:
        yield match(text, value)
