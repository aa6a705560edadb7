"""Delimited text, read in pieces of whole lines, every row with the line on which it begins.

A piece that is plainly laid out is parsed by Arrow; any other, by the csv module, which knows all the rest:
line breaks inside quotes, short rows, quotes gone wrong. Both give the same rows; a test compares them.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from stamm.lang.errors import InputError
from stamm.sources.checking import Raw
from stamm.sources.kind import VALUE_LENGTH, Reject

#: bytes read at once; a row longer than the second number is taken for a quote that is not closed
BLOCK = 1 << 22
LONGEST = 1 << 24

#: a cell in quotes as it should be: nothing before it in the cell, nothing behind it
#: (starts with the quote itself, so that it is searched for quickly)
_QUOTED = re.compile(r'"(?<=[,\n]")[^"]*+(?:""[^"]*+)*+"(?=[,\r\n]|\Z)')
_UNQUOTED = 'the quotes are wrong; inside quotes write a quote twice ("")'

Rows = tuple[Raw, tuple[Reject, ...]]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], Callable[[], int]]]:
    """The file's bytes, unpacked if need be, and how many bytes of it were read."""
    try:
        with path.open("rb") as raw:
            if path.suffix.lower() == ".gz":
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield cast(IO[bytes], unpacked), raw.tell
            else:
                yield raw, raw.tell
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            "The file is not a whole gzip file.",
            where=path.name,
            remedy="Copy or pack it again; it seems cut off or damaged.",
        ) from error
    except OSError as error:
        raise InputError(
            f"The file cannot be read: {error.strerror or error}.",
            where=path.name,
            remedy="Check its name and permissions.",
        ) from error


class _Lines:
    """The lines of the file for the csv module; what it has not taken of a piece can be had as one text."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._piece = io.StringIO("", newline="")
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._piece.readline()
        if not line:
            self._piece = io.StringIO(next(self._pieces), newline="")
            line = self._piece.readline()
        self.taken += 1
        return line

    def rest(self) -> str:
        """What is left of the piece, or the next one; empty at the end."""
        return self._piece.read() or next(self._pieces, "")

    def give_back(self, text: str) -> None:
        """Let the csv module read this after all."""
        self._piece = io.StringIO(text, newline="")

    @property
    def at_seam(self) -> bool:
        """Whether the piece is read to its end."""
        place = self._piece.tell()
        ended = not self._piece.read(1)
        self._piece.seek(place)
        return ended


class Delimited:
    """A CSV file: comma, double quotes, UTF-8 with or without a byte order mark."""

    def __init__(self, path: Path, *, block: int = BLOCK, plain: bool = True) -> None:
        self.path, self.block, self.plain = path, block, plain
        self.bytes_read = 0
        self._told: Callable[[], int] = lambda: 0

    def chunks(self, on_heading: Callable[[list[str]], None]) -> Iterator[Rows]:
        """Rows in chunks, and those that cannot be told apart into cells; `on_heading` is told the columns.

        There is at least one chunk, also where there are no rows.
        """
        csv.field_size_limit(LONGEST)
        with _opened(self.path) as (stream, self._told):
            lines = _Lines(self._pieces(stream))
            reader = csv.reader(lines, strict=True)
            heading = self._heading(reader)
            on_heading(heading)
            empty = True
            while text := lines.rest():
                chunk = self._plain(text, heading, lines) if self.plain else None
                if chunk is None:
                    lines.give_back(text)
                    chunk = self._any(reader, heading, lines)
                self.bytes_read = self._told()
                empty = False
                yield chunk
            if empty:
                yield _raw(heading, [], []), ()

    # -- pieces ----------------------------------------------------------------------
    def _pieces(self, stream: IO[bytes]) -> Iterator[str]:
        """The text in pieces that end with a line; raises InputError where it is not UTF-8."""
        held, offset, line = b"", 0, 1
        while block := stream.read(self.block):
            held += block
            cut = held.rfind(b"\n") + 1 or held.rfind(b"\r", 0, len(held) - 1) + 1
            if cut:
                yield self._decoded(held[:cut], offset, line)
                offset, line, held = offset + cut, line + held.count(b"\n", 0, cut), held[cut:]
            elif len(held) > LONGEST:
                raise self._endless(line)
        if held:
            yield self._decoded(held, offset, line)

    def _decoded(self, piece: bytes, offset: int, line: int) -> str:
        try:
            return piece.decode("utf-8-sig" if offset == 0 else "utf-8")
        except UnicodeDecodeError as error:
            # utf-8-sig counts from behind the mark, so the place is found without it
            start = _first_bad(piece)
            line += piece.count(b"\n", 0, start)
            if offset == 0 and piece[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                raise self._utf16() from error
            raise InputError(
                f"The text is not UTF-8: byte {piece[start]:#04x} at offset {offset + start} does not fit.",
                where=f"{self.path.name}, line {line}",
                remedy="Save it as UTF-8 (in Excel: 'CSV UTF-8').",
            ) from error

    def _utf16(self) -> InputError:
        return InputError(
            "The text is not UTF-8; it seems to be UTF-16.",
            where=f"{self.path.name}, line 1",
            remedy="Save it as UTF-8 (in Excel: 'CSV UTF-8').",
        )

    # -- the heading -----------------------------------------------------------------
    def _heading(self, reader: Iterator[list[str]]) -> list[str]:
        try:
            heading = next(reader)
            while not heading:
                heading = next(reader)
        except StopIteration as error:
            raise InputError(
                "The file is empty.", where=self.path.name, remedy="Its first line must name the columns."
            ) from error
        except csv.Error as error:
            raise InputError(
                "The heading cannot be read: its quotes are wrong.",
                where=f"{self.path.name}, line 1",
                remedy='Close every quote; inside quotes write a quote twice ("").',
            ) from error
        if any("\0" in name for name in heading):
            raise self._utf16()
        for sign, shown in ((";", "';'"), ("\t", "tab"), ("|", "'|'")):
            if len(heading) == 1 and sign in heading[0]:
                raise InputError(
                    f"The columns are separated by {shown}, not by commas.",
                    where=f"{self.path.name}, line 1",
                    remedy="Save it with commas between the columns.",
                )
        return heading

    # -- rows ------------------------------------------------------------------------
    def _plain(self, text: str, heading: list[str], lines: _Lines) -> Rows | None:
        """The rows of a piece that is plainly laid out: a line a row, no line blank; else None."""
        breaks = text.count("\n")
        if "\0" in text or text.count("\r") != text.count("\r\n"):
            return None
        if text[0] in "\r\n\ufeff" or "\n\n" in text or "\n\r" in text:
            return None
        if '"' in text and '"' in _QUOTED.sub("", "\n" + text):
            return None
        rows = breaks + (not text.endswith("\n"))
        names = [str(place) for place in range(len(heading))]
        content = text.encode()
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(content),
                arrow_csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=names),
                arrow_csv.ParseOptions(ignore_empty_lines=False, newlines_in_values=True),
                arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != rows:
            return None
        first = lines.taken + 1
        lines.taken += rows
        arrays = [column.combine_chunks() for column in table.columns]
        columns = dict(zip(heading, arrays, strict=True))
        return Raw(columns, np.arange(first, first + rows, dtype=np.int64)), ()

    def _any(self, reader: Iterator[list[str]], heading: list[str], lines: _Lines) -> Rows:
        """The rows of a piece, whatever they look like; the last may reach into the next piece."""
        rows: list[list[str]] = []
        places: list[int] = []
        rejects: list[Reject] = []
        while not lines.at_seam:
            line = lines.taken + 1
            try:
                row = next(reader)
            except csv.Error as error:
                if "unexpected end" in str(error) or "field limit" in str(error):
                    raise self._endless(line) from error
                rejects.append(Reject(self.path.name, line, "", "", _UNQUOTED))
                continue
            except StopIteration:
                break
            if len(row) == len(heading):
                rows.append(row)
                places.append(line)
            elif row:
                told = f"the row has {len(row)} cells, the heading {len(heading)}"
                reason = f"{told}; quote cells that hold a comma"
                rejects.append(Reject(self.path.name, line, "", ",".join(row)[:VALUE_LENGTH], reason))
        return _raw(heading, rows, places), tuple(rejects)

    def _endless(self, line: int) -> InputError:
        return InputError(
            "The row that begins here does not end: a quote is opened and not closed.",
            where=f"{self.path.name}, line {line}",
            remedy='Close the quote; inside quotes write a quote twice ("").',
        )


def _first_bad(piece: bytes) -> int:
    """The place of the first byte that is not UTF-8."""
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _raw(heading: list[str], rows: list[list[str]], places: list[int]) -> Raw:
    columns = zip(*rows, strict=True) if rows else ((),) * len(heading)
    arrays = {name: pa.array(cells, pa.string()) for name, cells in zip(heading, columns, strict=True)}
    return Raw(arrays, np.array(places, dtype=np.int64))
