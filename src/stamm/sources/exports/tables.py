"""Exports with a row on each line: recognised by their headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from stamm.sources.cells import as_text
from stamm.sources.exports.beginning import heading_of
from stamm.sources.exports.kind import Export, Known
from stamm.sources.kind import Reject
from stamm.sources.reading import Piece, open_rows

Line = Mapping[str, str | None]


class Table(Export[list[Line]]):
    """An export of rows. A thing is a row, or the rows that follow each other and agree in the column `together`."""

    abstract = True
    #: columns by which the file is told from all others
    marks: ClassVar[frozenset[str]] = frozenset()
    #: further columns that are read; one that is not there is empty
    columns: ClassVar[frozenset[str]] = frozenset()
    together: ClassVar[str] = ""

    def recognises(self, what: Path | str) -> bool:
        return self.marks <= heading_of(what)

    def things(self, path: Path) -> Iterator[Known[list[Line]] | Reject | int]:
        with open_rows(path) as rows:
            wanted = [name for name in rows.names if name in self.marks | self.columns]
            held: Known[list[Line]] | None = None
            for piece in rows.chunks(wanted):
                yield from piece.rejects
                for line, row in self._lines(piece):
                    if held and self.together and row[self.together] == held.content[0][self.together]:
                        held.content.append(row)
                        continue
                    if held:
                        yield held
                    held = Known(line, [row])
                yield rows.bytes_read
            if held:
                yield held

    def _lines(self, piece: Piece) -> Iterator[tuple[int, Line]]:
        missing = dict.fromkeys(self.marks | self.columns)
        names = list(piece.raw.columns)
        cells = [as_text(piece.raw.columns[name]).to_pylist() for name in names]
        for line, row in zip(piece.raw.lines.tolist(), zip(*cells, strict=True), strict=True):
            yield line, missing | dict(zip(names, row, strict=True))
