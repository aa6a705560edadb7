"""A file read as a whole, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stamm.lang.errors import InputError
from stamm.sources import Reject
from stamm.sources.reading import Reading, Rows, open_rows


@dataclass
class Whole:
    """All that comes out of a file."""

    names: tuple[str, ...]
    #: line and cells of each row, without the columns that have nothing in it
    rows: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    #: line, column and reason of cells that are wrong
    flaws: list[tuple[int, str, str]] = field(default_factory=list)
    #: line and column of cells that are no text in the file
    native: set[tuple[int, str]] = field(default_factory=set)
    told: tuple[str, ...] = ()
    pieces: int = 0

    @property
    def cells(self) -> list[dict[str, object]]:
        """The rows without their lines."""
        return [cells for _, cells in self.rows]


def read(path: Path, reading: Reading | None = None, columns: list[str] | None = None) -> Whole:
    """Everything in a file; progress must reach its end."""
    with open_rows(path, reading) as rows:
        whole = take(rows, columns)
        assert rows.bytes_read == rows.bytes_total == path.stat().st_size
        assert rows.reading.format is not None
        return whole


def take(rows: Rows, columns: list[str] | None = None) -> Whole:
    """Everything in rows that are open."""
    whole = Whole(rows.names, told=(*rows.found, *rows.renamed))
    for piece in rows.chunks(columns):
        raw = piece.raw
        assert set(raw.columns) == set(rows.names if columns is None else columns)
        assert piece.rows_read == len(raw.lines) + len(piece.rejects)
        for array in raw.columns.values():
            array.validate(full=True)
            assert len(array) == len(raw.lines)
        lines = raw.lines.tolist()
        found = {name: array.to_pylist() for name, array in raw.columns.items()}
        for row, line in enumerate(lines):
            cells = {name: column[row] for name, column in found.items() if column[row] is not None}
            whole.rows.append((line, cells))
        whole.flaws += [(lines[row], name, why) for name, rows_, why in raw.flaws for row in rows_.nonzero()[0]]
        whole.native |= {(lines[row], name) for name, rows_ in raw.native.items() for row in rows_.nonzero()[0]}
        whole.rejects += piece.rejects
        whole.pieces += 1
    assert all(reject.file == rows.file for reject in whole.rejects)
    return whole


def written(folder: Path, content: str | bytes, name: str) -> Path:
    """A file with this in it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path, reading: Reading | None = None) -> str:
    """The words with which a file is refused; with place and remedy."""
    with pytest.raises(InputError) as told:
        read(path, reading)
    assert told.value.where
    assert told.value.remedy
    return str(told.value)
