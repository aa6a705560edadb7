"""Rows of a file to judge it by: its beginning, as much as can be read in a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from stamm.sources.guessing.layouts import LOOKED_AT, Layout
from stamm.sources.kind import Reject
from stamm.sources.local_time import Whole
from stamm.sources.reading import Reading, open_rows

#: cells and rows that are looked at; of a wide file fewer rows
CELLS, ROWS, FEWEST = 800_000, 60_000, 50
#: rows further in, from each later stretch of the file
FURTHER = 5_000
_TOLD = 20

#: bytes read, bytes in all
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sample:
    """Columns of the first rows of a file, and of some further in.

    `reading` is the layout with what was found out about it; `about` how many rows the file has in all, estimated from
    the bytes read where it was not read to its end.
    """

    file: str
    reading: Reading
    columns: Mapping[str, pa.Array]
    #: the line on which each row begins
    lines: Whole
    about: int
    whole: bool
    rejects: tuple[Reject, ...] = ()
    #: rows that could not be told apart into cells
    broken: int = 0
    #: what the reader says of names and layout
    found: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.lines)


def sample_of(path: Path, layout: Layout, progress: Progress | None = None) -> Sample:
    """The sample of a file; raises InputError where it cannot be read."""
    with open_rows(path, layout.reading) as rows:
        most = max(FEWEST, min(ROWS, CELLS // max(len(rows.names), 1)))
        parts: list[list[pa.Array]] = [[] for _ in rows.names]
        taken = read = broken = 0
        lines: list[Whole] = []
        rejects: list[Reject] = []
        whole = True
        for piece in rows.chunks():
            wanted = min(len(piece.raw.lines), most - taken if not taken else max(min(FURTHER, most - taken), 0))
            for part, name in zip(parts, rows.names, strict=True):
                part.append(piece.raw.columns[name].slice(0, wanted))
            lines.append(piece.raw.lines[:wanted])
            taken, read = taken + wanted, read + piece.rows_read
            broken += len(piece.rejects)
            rejects += piece.rejects[: _TOLD - len(rejects)]
            if progress:
                progress(rows.bytes_read, rows.bytes_total)
            if rows.bytes_read >= LOOKED_AT or taken >= most:
                whole = rows.bytes_read >= rows.bytes_total and taken == read
                break
        done = max(rows.bytes_read, 1)
        return Sample(
            rows.file,
            rows.reading,
            {name: _joined(part) for name, part in zip(rows.names, parts, strict=True)},
            np.concatenate(lines),
            read if whole or done >= rows.bytes_total else round(read * rows.bytes_total / done),
            whole,
            tuple(rejects),
            broken,
            (*rows.found, *rows.renamed),
        )


def _joined(parts: list[pa.Array]) -> pa.Array:
    """Pieces of a column as one; of several types as text."""
    kinds = {part.type for part in parts}
    if len(kinds) == 1:
        return pa.chunked_array(parts).combine_chunks() if len(parts) > 1 else parts[0]
    return pa.chunked_array([part.cast(pa.string()) for part in parts]).combine_chunks()
