"""Delimited text, read in pieces of whole lines, every row with the line on which it begins.

A piece that is plainly laid out is parsed by Arrow; any other, by the csv module, which knows all the rest: blank and
short rows, odd line ends, quotes gone wrong. Both give the same rows; a test compares them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from stamm.lang.errors import InputError
from stamm.sources.checking import Raw
from stamm.sources.kind import VALUE_LENGTH, Reject
from stamm.sources.reading.flaws import without_nul
from stamm.sources.reading.kind import LONGEST, Piece, Reading, Rows
from stamm.sources.reading.layout import laid_out
from stamm.sources.reading.packing import Bytes
from stamm.sources.reading.text import UTF8, Text

#: what may stand between cells where nobody says it, and how it is shown
SIGNS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
#: lines from which the sign is found out
_LOOKED_AT = 50


class _Lines:
    """The lines of the file for the csv module; what it has not taken of a piece can be had as one text."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._piece = io.StringIO("", newline="")
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._piece.readline()
        if not line:
            self._piece = io.StringIO(next(self._pieces).decode(), newline="")
            line = self._piece.readline()
        self.taken += 1
        return line

    def rest(self) -> bytes:
        """What is left of the piece, or the next one; empty at the end."""
        return self._piece.read().encode() or next(self._pieces, b"")

    def ahead(self) -> str:
        """The lines that come next, as many as were read from the file; they are not taken."""
        text = self.rest()
        self.give_back(text)
        return text.decode()

    def more(self) -> bytes:
        """The next piece; empty at the end."""
        return next(self._pieces, b"")

    def give_back(self, text: bytes) -> None:
        """Let this be read after all."""
        self._piece = io.StringIO(text.decode(), newline="")

    @property
    def at_seam(self) -> bool:
        """Whether the piece is read to its end."""
        place = self._piece.tell()
        ended = not self._piece.read(1)
        self._piece.seek(place)
        return ended


class Delimited(Rows):
    """The rows of delimited text."""

    def __init__(
        self, stream: Bytes, reading: Reading, bytes_total: int, *, block: int | None = None, plain: bool = True
    ) -> None:
        csv.field_size_limit(LONGEST)
        self.file, self._stream = stream.file, stream
        text = Text(stream, reading.encoding, block)
        self._lines = _Lines(text.pieces())
        delimiter, heading = self._heading(reading)
        known = replace(reading, format="csv", encoding=text.encoding, delimiter=delimiter)
        super().__init__(stream.file, known, heading, bytes_total)
        self.found = tuple(self._found_out(reading, text))
        self._sign, self._quote = delimiter, reading.quote
        self._reader = parser(self._lines, delimiter, reading.quote)
        # Arrow knows signs of one byte only
        self._plain_signs = plain and (delimiter + reading.quote).isascii()

    @property
    def bytes_read(self) -> int:
        return self._stream.taken

    def _found_out(self, reading: Reading, text: Text) -> Iterator[str]:
        if text.overruled:
            yield f"the file says that it is written in {text.encoding}, so it is not read as {reading.encoding}"
        elif text.marked and not reading.encoding and text.encoding != UTF8:
            yield f"the file says that it is written in {text.encoding}"
        if reading.delimiter is None and self.reading.delimiter != ",":
            yield f"the columns are separated by {SIGNS[str(self.reading.delimiter)]}"

    # -- the heading -----------------------------------------------------------------
    def _heading(self, reading: Reading) -> tuple[str, list[str]]:
        """The delimiter and the names of the columns; the lines up to and with the heading are taken."""
        for _ in range((reading.heading or 1) - 1):
            if next(self._lines, None) is None:
                raise self._empty(reading)
        if reading.columns:
            return reading.delimiter or separator(self._lines.ahead(), reading.quote), list(reading.columns)
        shown = "\n"
        while not shown.strip("\r\n"):
            shown = next(self._lines, "")
            if not shown:
                raise self._empty(reading)
        line = self._lines.taken
        delimiter = reading.delimiter or separator(shown + self._lines.ahead(), reading.quote)
        reader = parser(chain([shown], self._lines), delimiter, reading.quote)
        try:
            heading = next(reader)
        except csv.Error as error:
            raise InputError(
                "The heading cannot be read: its quotes are wrong.",
                where=f"{self.file}, line {line}",
                remedy='Close every quote; inside quotes write a quote twice ("").',
            ) from error
        if any("\0" in name for name in heading):
            raise InputError(
                "The heading holds a NUL character, which no text has.",
                where=f"{self.file}, line {line}",
                remedy="Look whether the file is damaged or in another encoding, such as UTF-16.",
            )
        return delimiter, heading

    def _empty(self, reading: Reading) -> InputError:
        if reading.heading:
            return InputError(
                f"The file has no line {reading.heading} that could name the columns.",
                where=self.file,
                remedy="Look on which line the heading stands.",
            )
        return InputError("The file is empty.", where=self.file, remedy="Its first line must name the columns.")

    # -- rows ------------------------------------------------------------------------
    def _chunks(self, wanted: tuple[str, ...]) -> Iterator[Piece]:
        places = self._places_of(wanted)
        empty = True
        while text := self._lines.rest():
            piece = self._plain(text, places) if self._plain_signs else None
            if piece is None:
                self._lines.give_back(text)
                piece = self._any(places)
            empty = False
            yield piece
        if empty:
            yield Piece(self._raw(places, [], []))

    def _plain(self, text: bytes, places: list[int]) -> Piece | None:
        """The rows of a piece that is plainly laid out, else None; a row that is not ended waits for the next piece."""
        laid = laid_out(text, self._sign, self._quote)
        if laid is None:
            return None
        columns = self._parsed(text[: laid.end], places, len(laid.lines))
        if columns is None:
            return None
        if laid.end < len(text):
            self._lines.give_back(text[laid.end :] + self._lines.more())
        lines = self._lines.taken + 1 + laid.lines
        self._lines.taken += laid.taken
        return Piece(Raw(columns, lines))

    def _parsed(self, text: bytes, places: list[int], rows: int) -> dict[str, pa.Array] | None:
        """The columns as Arrow reads them; None where it finds other rows than these."""
        names = [str(place) for place in range(len(self.names))]
        wanted = [str(place) for place in places] or names[:1]
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(text),
                arrow_csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=names),
                arrow_csv.ParseOptions(
                    delimiter=self._sign,
                    quote_char=self._quote or False,
                    ignore_empty_lines=False,
                    newlines_in_values=bool(self._quote),
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted, check_utf8=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != rows:
            return None
        return {self.names[place]: table.column(str(place)).combine_chunks() for place in places}

    def _any(self, places: list[int]) -> Piece:
        """The rows of a piece, whatever they look like; the last may reach into the next piece."""
        rows: list[list[str]] = []
        lines: list[int] = []
        rejects: list[Reject] = []
        width = len(self.names)
        while not self._lines.at_seam:
            line = self._lines.taken + 1
            try:
                row = next(self._reader)
            except csv.Error as error:
                if "unexpected end" in str(error) or "field limit" in str(error):
                    raise self._endless(line) from error
                rejects.append(self._reject(line, "", self._wrong_quotes()))
                continue
            except StopIteration:
                break
            if not row:
                continue
            if len(row) == width:
                rows.append(row)
                lines.append(line)
            else:
                told = f"the row has {len(row)} cells, the heading {width}"
                reason = f"{told}; quote cells that hold {SIGNS.get(self._sign, self._sign)}"
                rejects.append(self._reject(line, self._sign.join(row), reason))
        return Piece(self._raw(places, rows, lines), tuple(rejects))

    def _endless(self, line: int) -> InputError:
        return InputError(
            "The row that begins here does not end: a quote is opened and not closed.",
            where=f"{self.file}, line {line}",
            remedy=f"Close the quote; inside quotes write a quote twice ({self._quote * 2}).",
        )

    def _wrong_quotes(self) -> str:
        return f"the quotes are wrong; inside quotes write a quote twice ({self._quote * 2})"

    def _reject(self, line: int, value: str, reason: str) -> Reject:
        return Reject(self.file, line, "", value[:VALUE_LENGTH], reason)

    def _raw(self, places: list[int], rows: list[list[str]], lines: list[int]) -> Raw:
        columns = {self.names[place]: pa.array([row[place] for row in rows], pa.string()) for place in places}
        return without_nul(Raw(columns, np.array(lines, dtype=np.int64)))


def parser(lines: Iterable[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    """Lines as rows of cells; raises csv.Error where quotes are wrong."""
    quoting: Any = {"quotechar": quote} if quote else {"quotechar": None, "quoting": csv.QUOTE_NONE}
    return csv.reader(lines, delimiter=delimiter, strict=True, **quoting)


def separator(text: str, quote: str) -> str:
    """The sign that cuts the first lines into rows as wide as their heading; a comma where that is not clear."""
    found = []
    for sign in SIGNS:
        widths = list(_widths(list(islice(io.StringIO(text, newline=""), _LOOKED_AT)), sign, quote))
        if widths and widths[0] > 1:
            found.append((sum(width == widths[0] for width in widths) / len(widths), sign))
    best = [sign for fit, sign in found if fit == max(found)[0]]
    return best[0] if len(best) == 1 else ","


def _widths(lines: list[str], sign: str, quote: str) -> Iterator[int]:
    reader = parser(lines, sign, quote)
    for _ in lines:
        try:
            row = next(reader, [])
        except csv.Error:
            continue
        if row:
            yield len(row)
