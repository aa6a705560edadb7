"""What a reading is: how somebody's file is laid out, and the rows that come out of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from stamm.lang.errors import InputError, UsageError
from stamm.sources.checking import Raw
from stamm.sources.kind import Reject, listed
from stamm.sources.reading.names import MOST, told_apart

Format = Literal["csv", "excel", "ndjson", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "excel", "ndjson", "parquet")

#: bytes read at once; a row longer than the second number is taken for one that does not end
BLOCK = 1 << 22
LONGEST = 1 << 24

#: to Python these are encodings of text, but they are notations for something else
_NOTATIONS = {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined"}


@dataclass(frozen=True)
class Reading:
    """How a file is laid out. What is left out is found out where only one answer is possible.

    Raises UsageError for a setting that no file can have.
    """

    #: without it by the ending of the file's name
    format: Format | None = None
    #: between the cells of a line: any single character; without it found out from the heading
    delimiter: str | None = None
    #: around cells that hold the delimiter; empty where no cell is ever quoted
    quote: str = '"'
    #: any that Python knows; without it UTF-8, or what a byte order mark says
    encoding: str | None = None
    #: the line (in a workbook the row) with the names of the columns, from 1; without it the first with something in it
    heading: int | None = None
    #: the names of the columns of a file that has no heading
    columns: tuple[str, ...] = ()
    #: which sheet of a workbook; without it the first that holds something
    sheet: str | None = None
    #: which file of a zip archive that holds several
    member: str | None = None

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise UsageError(f"There is no format {self.format!r}.", remedy=f"Formats: {', '.join(FORMATS)}.")
        self._check_signs()
        self._check_encoding()
        if self.heading is not None and self.heading < 1:
            raise UsageError(
                f"The heading cannot stand on line {self.heading}.",
                remedy="Lines are counted from 1; a file without a heading needs `columns` instead.",
            )
        if self.columns and self.heading is not None:
            raise UsageError(
                "A file with a heading needs no `columns`.",
                remedy="Leave out `heading` (the file has none) or `columns` (the heading names them).",
            )

    def _check_signs(self) -> None:
        for name, sign in (("delimiter", self.delimiter), ("quote", self.quote or None)):
            if sign is not None and (len(sign) != 1 or sign in "\r\n\0\ufeff" or "\ud800" <= sign <= "\udfff"):
                raise UsageError(
                    f"The {name} must be a single character, not {sign!r}.",
                    remedy=r'Write it as ";", or "\t" for a tab.',
                )
        if self.delimiter is not None and self.delimiter == self.quote:
            raise UsageError("Delimiter and quote are the same character.", remedy="Choose another for one of them.")

    def _check_encoding(self) -> None:
        if self.encoding is None:
            return
        try:
            b"    ".decode(self.encoding, "ignore")
        except (LookupError, ValueError) as error:
            raise _no_encoding(self.encoding) from error
        if self.encoding.lower().replace("-", "_") in _NOTATIONS:
            raise _no_encoding(self.encoding)


def _no_encoding(name: str) -> UsageError:
    return UsageError(f"There is no encoding {name!r}.", remedy="Usual ones: utf-8, utf-16, cp1252, latin-1.")


@dataclass(frozen=True)
class Piece:
    """Some rows in the order in which they stand in the file, and those that cannot be told apart into cells."""

    raw: Raw
    rejects: tuple[Reject, ...] = ()

    @property
    def rows_read(self) -> int:
        """How many rows these are, sound or not."""
        return len(self.raw.lines) + len(self.rejects)


class Rows(ABC):
    """The rows of an open file.

    `heading` holds the names of the columns as they stand in the file (without white space around them), `names` the
    same made distinct: what is nameless or named twice gets a number. `inner` are those that are part of another one,
    `a.b` of an object `a`. `reading` is the one asked for, with what was found out filled in. `found` says in one
    sentence each what was found out about the file, `renamed` what was done with names. `bytes_read` of `bytes_total`
    says how far the reading has come; both count the file as it lies there, packed.
    """

    def __init__(self, file: str, reading: Reading, heading: Sequence[str], bytes_total: int) -> None:
        """Raises InputError for more columns than can be handled."""
        if len(heading) > MOST:
            raise InputError(
                f"There are {len(heading):,} columns; at most {MOST:,} can be read.",
                where=file,
                remedy="Look whether the delimiter is right, or leave columns out of the export.",
            )
        self.file, self.reading, self.bytes_total = file, reading, bytes_total
        self.heading = tuple(name.strip() for name in heading)
        self.names, self.renamed = told_apart(heading)
        self.found: tuple[str, ...] = ()
        self.inner: frozenset[str] = frozenset()

    @property
    @abstractmethod
    def bytes_read(self) -> int:
        """Bytes of the file read so far."""

    def chunks(self, columns: Collection[str] | None = None) -> Iterator[Piece]:
        """The rows, once, in pieces; there is at least one, also where there are no rows.

        Only the columns named are read (all, where none are): memory is bounded for files of any length and width.
        Raises InputError for a name that is none of `names`, and where the file is broken beyond a single row.
        """
        asked = set(self.names if columns is None else columns)
        wanted = tuple(name for name in self.names if name in asked)
        missing = sorted(asked.difference(wanted))
        if missing:
            raise InputError(
                f"There is no column {missing[0]}.",
                where=self.file,
                remedy=f"Columns found: {listed(self.names)}.",
            )
        return self._chunks(wanted)

    def _places_of(self, wanted: tuple[str, ...]) -> list[int]:
        """Which of the columns these are, from 0."""
        some = set(wanted)
        return [place for place, name in enumerate(self.names) if name in some]

    @abstractmethod
    def _chunks(self, wanted: tuple[str, ...]) -> Iterator[Piece]:
        """Pieces with just these columns."""
