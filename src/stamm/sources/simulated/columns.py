"""Arrays of a made world as columns of facts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.sources.local_time import Mask, Whole

Real = npt.NDArray[np.float64]

#: a moment that never comes
NEVER = 1 << 62
_MOMENT = pa.timestamp("us", tz="UTC")


def moments(found: Whole, end: int) -> pa.Array:
    """Moments (microseconds UTC); one at or after the end is not known yet, and empty."""
    return pa.array(found, pa.int64(), mask=found >= end).cast(_MOMENT)


def days(found: Whole) -> pa.Array:
    """Days since 1970."""
    return pa.array(found.astype(np.int32), pa.int32()).cast(pa.date32())


def named(letter: str, numbers: Whole, where: Mask | None = None) -> pa.Array:
    """`sim-` and a letter before each number; empty where it does not hold."""
    mask = None if where is None else ~where
    return pc.binary_join_element_wise(f"sim-{letter}", pa.array(numbers, mask=mask).cast(pa.string()), "")


def chosen(words: Sequence[str] | pa.Array, places: npt.NDArray[np.integer]) -> pa.Array:
    """One word each by its place in the list; empty where the place is negative."""
    vocabulary = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32), mask=places < 0), vocabulary)


def whole(numbers: npt.NDArray[np.integer], where: Mask | None = None) -> pa.Array:
    """Whole numbers; empty where it does not hold."""
    return pa.array(numbers.astype(np.int64), mask=None if where is None else ~where)


def same(word: str, length: int, where: Mask | None = None) -> pa.Array:
    """One word in every row; empty where it does not hold."""
    places = np.zeros(length, np.int32) if where is None else np.where(where, 0, -1)
    return chosen([word], places)


def picked(chance: np.random.Generator, shares: Sequence[float] | Real, size: int) -> Whole:
    """The place of one of several in each row, drawn with these shares."""
    edges = np.cumsum(np.asarray(shares, float))
    return np.searchsorted(edges / edges[-1], chance.random(size), side="right").astype(np.int64)


def steps_within(counts: Whole) -> Whole:
    """0, 1, 2 ... within each of consecutive groups of so many rows."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
