"""Exports with a row on each line: recognised by their headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from stamm.lang.errors import InputError
from stamm.sources.cells import as_text
from stamm.sources.exports.beginning import heading_of
from stamm.sources.exports.kind import Export, Known
from stamm.sources.kind import Reject
from stamm.sources.reading import Piece, Reading, open_rows

Line = Mapping[str, str | None]


class Table(Export[list[Line]]):
    """An export of rows. A thing is a row, or the rows that follow each other and agree in the column `together`."""

    abstract = True
    #: columns by which the file is told from all others
    marks: ClassVar[frozenset[str]] = frozenset()
    #: further columns that are read; one that is not there is empty
    columns: ClassVar[frozenset[str]] = frozenset()
    together: ClassVar[str] = ""
    #: the line with the heading, where a line that says something else may stand above it
    heading: ClassVar[int | None] = None

    def reads(self, column: str) -> bool:
        """Whether a column of the file is read."""
        return column in self.marks | self.columns

    def recognises(self, what: Path | str) -> bool:
        return self._reading(what) is not None

    def _reading(self, what: Path | str) -> Reading | None:
        """How the file has to be read so that its heading is this source's; None where it is another's."""
        readings = [Reading(format="csv"), *([Reading(format="csv", heading=self.heading)] if self.heading else [])]
        return next((one for one in readings if self.marks <= heading_of(what, one.heading)), None)

    def things(self, path: Path) -> Iterator[Known[list[Line]] | Reject | int]:
        reading = self._reading(path)
        if reading is None:
            raise InputError(
                "The heading is not that of the export any more.",
                where=path.name,
                remedy=f"Export it again; these columns are needed: {', '.join(sorted(self.marks))}.",
            )
        with open_rows(path, reading) as rows:
            wanted = [name for name in rows.names if self.reads(name)]
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
