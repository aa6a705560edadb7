"""What in a row determines what: whether an invoice has one customer, whether two columns together tell rows apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from stamm.sources.guessing.shape import Shape

Codes = npt.NDArray[np.int64]


class Dependencies:
    """Dependencies between the columns of a sample. Empty cells say nothing: they agree with any other."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self._shapes = shapes
        self._known: dict[str, Codes] = {}

    @cached_property
    def rows(self) -> int:
        """Rows of the sample."""
        return next(iter(self._shapes.values())).rows if self._shapes else 0

    def codes(self, name: str) -> Codes:
        """A number for each different cell of a column, -1 where it is empty."""
        if name not in self._known:
            encoded = self._shapes[name].text.dictionary_encode()
            self._known[name] = pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64)
        return self._known[name]

    def groups(self, names: Sequence[str]) -> Codes:
        """A number for each different combination of cells; -1 where one of them is empty."""
        found = self.codes(names[0])
        for name in names[1:]:
            other = self.codes(name)
            both = np.where((found < 0) | (other < 0), -1, found * (other.max(initial=0) + 1) + other)
            found = np.unique(both, return_inverse=True)[1] - (1 if (both < 0).any() else 0)
        return found

    def unique(self, names: Sequence[str]) -> float:
        """The share of the rows (where all are filled) whose combination of cells no other row has."""
        found = self.groups(names)
        found = found[found >= 0]
        if not len(found):
            return 0.0
        return float((np.unique(found, return_counts=True)[1] == 1).sum() / len(found))

    def repeats(self, name: str) -> float:
        """The share of a column's values that stand in two rows or more."""
        found = self.codes(name)
        counts = np.unique(found[found >= 0], return_counts=True)[1]
        return float((counts > 1).sum() / len(counts)) if len(counts) else 0.0

    def determines(self, one: str, other: str) -> float | None:
        """Of the values of `one` with two or more filled cells of `other`, the share that has one and the same there.

        None where no value of `one` has two.
        """
        first, second = self.codes(one), self.codes(other)
        known = (first >= 0) & (second >= 0)
        pairs = np.unique(np.stack([first[known], second[known]]), axis=1)
        values, rows = np.unique(first[known], return_counts=True)
        different = np.unique(pairs[0], return_counts=True)[1]
        several = rows > 1
        return float((different[several] == 1).sum() / several.sum()) if len(values) and several.any() else None

    def alike(self) -> int:
        """Rows that repeat another in every cell."""
        total = np.zeros(self.rows, dtype=np.int64)
        for name in self._shapes:
            both = total * (self.codes(name).max(initial=0) + 2) + self.codes(name) + 1
            total = np.unique(both, return_inverse=True)[1].astype(np.int64)
        return self.rows - len(np.unique(total)) if self.rows else 0
