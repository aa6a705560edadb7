"""JSON: an object on each line, or one array of objects, each with the line on which it begins.

A column may first occur at the very end, so the file is read twice: once for the names, once for the rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.lang.errors import InputError
from stamm.sources.cells import mask_of
from stamm.sources.checking import Raw
from stamm.sources.kind import VALUE_LENGTH, Reject
from stamm.sources.local_time import Mask
from stamm.sources.reading.flaws import without_nul
from stamm.sources.reading.kind import BLOCK, LONGEST, Piece, Reading, Rows
from stamm.sources.reading.names import MOST
from stamm.sources.reading.objects import (
    DECODER,
    NO_TEXT,
    SURVEYOR,
    Cell,
    Flaw,
    Row,
    UnsoundError,
    flat,
    gather,
    is_text,
    parsed,
    plain,
)
from stamm.sources.reading.packing import Bytes
from stamm.sources.reading.text import Text

#: cells of a piece at most: rows times columns
CELLS = 1_000_000
_BLANK = re.compile(r"[ \t\r\n]*")

Open = Callable[[], AbstractContextManager[Bytes]]


class Record(NamedTuple):
    """A value, or why there is none, the line on which it begins, and its text where that is at hand."""

    line: int
    value: Any
    length: int
    text: str = ""


class Ndjson(Rows):
    """The rows of JSON. `open_` opens the file anew."""

    def __init__(self, open_: Open, reading: Reading, file: str, bytes_total: int, *, block: int | None = None) -> None:
        self._open, self._block, self._taken = open_, block, 0
        with open_() as stream:
            text = Text(stream, reading.encoding, block)
            names = _names(records_of(text, SURVEYOR), file)
        super().__init__(file, replace(reading, format="ndjson", encoding=text.encoding), names, bytes_total)
        self.inner = frozenset(name for name in self.names if name.rpartition(".")[0] in names)
        self._keys = dict(zip(self.names, names, strict=True))

    @property
    def bytes_read(self) -> int:
        return self._taken

    def _chunks(self, wanted: tuple[str, ...]) -> Iterator[Piece]:
        keys = {self._keys[name]: name for name in wanted}
        most = max(1, CELLS // max(1, len(keys)))
        some: list[Record] = []
        length, empty = 0, True
        with self._open() as stream:
            for record in records_of(Text(stream, self.reading.encoding, self._block)):
                some.append(record)
                length += record.length
                if len(some) >= most or length >= BLOCK:
                    self._taken, empty, length = stream.taken, False, 0
                    yield self._piece(some, keys)
                    some = []
            self._taken = stream.taken
            if some or empty:
                yield self._piece(some, keys)

    def _piece(self, records: list[Record], keys: dict[str, str]) -> Piece:
        rows: list[Row] = []
        lines: list[int] = []
        rejects: list[Reject] = []
        for record in records:
            try:
                rows.append(flat(record.value, keys))
                lines.append(record.line)
            except UnsoundError as error:
                rejects.append(Reject(self.file, record.line, "", record.text[:VALUE_LENGTH].strip(), str(error)))
        columns: dict[str, pa.Array] = {}
        native: dict[str, Mask] = {}
        flaws: list[tuple[str, Mask, str]] = []
        for key, name in keys.items():
            cells = [row.get(key) for row in rows]
            columns[name], found = column_of(cells)
            flaws += [(name, faulty, reason) for reason, faulty in found.items()]
            if bytes in set(map(type, cells)):
                native[name] = np.fromiter((type(cell) is bytes for cell in cells), bool, len(cells))
                columns[name] = _without_exponents(columns[name], native[name])
        raw = without_nul(Raw(columns, np.array(lines, dtype=np.int64), native, tuple(flaws)))
        return Piece(raw, tuple(rejects))


def column_of(cells: list[Cell]) -> tuple[pa.Array, dict[str, Mask]]:
    """Cells as a column of text; and by reason, in which rows they are wrong."""
    found: dict[str, Mask] = {}
    try:
        return pa.array(cells, pa.string()), found
    except (UnicodeEncodeError, pa.ArrowException):
        sound = [_sound(cell, row, len(cells), found) for row, cell in enumerate(cells)]
        return pa.array(sound, pa.string()), found


def _sound(cell: Cell, row: int, size: int, found: dict[str, Mask]) -> Cell:
    reason = cell.reason if isinstance(cell, Flaw) else NO_TEXT if isinstance(cell, str) and not is_text(cell) else ""
    if reason:
        found.setdefault(reason, np.zeros(size, dtype=bool))[row] = True
    return None if reason else cell


def _without_exponents(column: pa.Array, native: Mask) -> pa.Array:
    """Numbers such as 1.5e3 without their exponents, exactly."""
    rows = native & mask_of(pc.match_substring_regex(column, "[eE]\\+?-?\\d"))
    if not rows.any():
        return column
    numbers = [plain(number) for number in column.filter(pa.array(rows)).to_pylist()]
    return pc.replace_with_mask(column, pa.array(rows), pa.array(numbers, pa.string()))


def _names(records: Iterator[Record], file: str) -> list[str]:
    """All names that occur, in the order in which they do."""
    names: dict[str, None] = {}
    empty, objects = True, False
    for record in records:
        empty = False
        try:
            gather(record.value, names)
        except UnsoundError:
            continue
        objects = True
        if len(names) > MOST:
            raise InputError(
                f"The objects have more than {MOST:,} names in all.",
                where=f"{file}, line {record.line}",
                remedy="Look whether ids are used as names; write them as values instead.",
            )
    if not objects:
        raise InputError(
            "The file is empty." if empty else "The file holds no JSON object that could be a row.",
            where=file,
            remedy="Write one object on each line, or an array of objects.",
        )
    return list(names)


def records_of(text: Text, decoder: json.JSONDecoder = DECODER) -> Iterator[Record]:
    """The values of an array, or of the lines of a text."""
    return iter(_Array(text, decoder)) if text.begins_with("[") else _lines(text, decoder)


def _lines(text: Text, decoder: json.JSONDecoder) -> Iterator[Record]:
    line = 0
    for piece in text.pieces():
        for one in piece.decode().split("\n"):
            line += 1
            if one and not one.isspace():
                try:
                    value: Any = parsed(one.lstrip(), decoder)
                except UnsoundError as error:
                    value = error
                yield Record(line, value, len(one), one)
        line -= piece.endswith(b"\n")


class _Array:
    """The values of an array. Behind something that is no JSON nothing can be found any more, so it is refused."""

    def __init__(self, text: Text, decoder: json.JSONDecoder) -> None:
        self._file, self._blocks, self._decoder = text.file, text.characters(), decoder
        self._held, self._at, self._line = "", 0, 1

    def __iter__(self) -> Iterator[Record]:
        self._skip("[")
        if not self._skip("]"):
            yield self._value()
            while not self._skip("]"):
                if not self._skip(","):
                    raise self._broken()
                yield self._value()
        if self._sign():
            raise self._broken()

    def _more(self) -> bool:
        block = next(self._blocks, b"")
        self._held, self._at = self._held[self._at :] + block.decode(), 0
        return bool(block)

    def _sign(self) -> str:
        """The next sign that is no white space; empty at the end."""
        while True:
            end = _BLANK.match(self._held, self._at).end()  # type: ignore[union-attr]  # it matches anywhere
            self._line += self._held.count("\n", self._at, end)
            self._at = end
            if end < len(self._held) or not self._more():
                return self._held[self._at : self._at + 1]

    def _skip(self, sign: str) -> bool:
        found = self._sign() == sign
        self._at += found
        return found

    def _value(self) -> Record:
        self._sign()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held, self._at)
            except json.JSONDecodeError as error:
                if len(self._held) - self._at > LONGEST or not self._more():
                    raise self._broken() from error
                continue
            except RecursionError as error:
                raise self._broken() from error
            if end == len(self._held) and self._more():  # a number may go on
                continue
            record = Record(self._line, value, end - self._at, self._held[self._at : min(end, self._at + VALUE_LENGTH)])
            self._line += self._held.count("\n", self._at, end)
            self._at = end
            return record

    def _broken(self) -> InputError:
        return InputError(
            "The array is not sound JSON from here on.",
            where=f"{self._file}, line {self._line}",
            remedy="Correct it; or write one object on each line, then a bad one does no harm to the others.",
        )
