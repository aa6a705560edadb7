"""Rows numbered among those that are equal in some columns, over a whole file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.sources.mapped.columns import Columns
from stamm.sources.mapped.spill import Spill, parts_of

#: the column that holds the numbers
ROW = "\0row"
_LINE, _KEY = "\0line", "\0key"


class Numbering:
    """1, 2, 3 ... among the rows equal in `names`, in the order of the file; none for rows with nothing there.

    All rows are put in first and wait on the disk; they come out in another order, those of one number space in theirs.
    """

    def __init__(self, names: tuple[str, ...], spill: Spill) -> None:
        self.names, self._spill = names, spill

    def put(self, cells: Columns) -> None:
        """Rows in the order of the file."""
        keys = cells.joined(self.names)
        encoded = pc.dictionary_encode(keys, null_encoding="encode")
        table = pa.table({**cells.aside(), _LINE: cells.lines, _KEY: keys})
        self._spill.put(table, parts_of(encoded.dictionary)[encoded.indices.to_numpy()])
        self._like = cells

    def numbered(self) -> Iterator[Columns]:
        """The rows with the column `ROW`."""
        for part in self._spill.parts():
            seen: defaultdict[str | None, int] = defaultdict(int)
            for table in part:
                columns = {name: table.column(name).combine_chunks() for name in table.column_names}
                lines, keys = columns.pop(_LINE).to_numpy(), columns.pop(_KEY)
                columns[ROW] = _numbers(keys, seen)
                yield self._like.back(columns, lines)


def _numbers(keys: pa.Array, seen: defaultdict[str | None, int]) -> pa.Array:
    """The numbers of these rows, after those `seen` so far, which is brought up to date."""
    encoded = pc.dictionary_encode(keys, null_encoding="encode")
    codes = encoded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes)
    within = np.empty(len(codes), dtype=np.int64)
    within[order] = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    names = encoded.dictionary.to_pylist()
    before = np.array([seen[name] for name in names], dtype=np.int64)
    seen.update(zip(names, (before + counts).tolist(), strict=True))
    return pa.array(before[codes] + within + 1, mask=keys.is_null().to_numpy(zero_copy_only=False))
