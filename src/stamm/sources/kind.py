"""What a source is: it recognises what it is given and reads it, chunk by chunk, into typed facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from stamm.lang.definition import Definition
from stamm.lang.organisation import Organisation

#: characters of a bad cell that are kept; the place says where to find the rest
VALUE_LENGTH = 200


def listed(names: Sequence[str], most: int = 30) -> str:
    """Names for a sentence; of very many the first and how many more."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was set aside: where it is, which cell is wrong (its first fault) and why.

    `line` is the line of the file on which the row begins, from 1, as an editor shows it; in a Parquet file,
    which has no lines, the number of the row, from 1. `reason` never repeats the value; it may be personal.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Chunk:
    """Some rows of one fact kind; of two with one key, the one that stands later in the source comes later.

    `table` has columns of `Imported.carried()` in their Arrow types, plus `received_at` and `simulated` where
    the source knows them. `rows_read` counts rows of the source. Each of them is in the table, among the rejects
    or `left_out` (no such fact), in this chunk or a later one; where rows of the source belong together, one row or
    one reject stands for all of them. `bytes_read` of `bytes_total` says how far the reading has come. `covered`
    holds the first and the last day (both in) where the source states them.
    """

    fact: str
    table: pa.Table
    rows_read: int
    rejects: tuple[Reject, ...] = ()
    bytes_read: int = 0
    bytes_total: int = 0
    covered: tuple[date, date] | None = None
    #: what was done with columns the person should know of, one sentence each
    remarks: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Assumption:
    """A setting of the organisation that fits a source, and why, in both languages."""

    setting: str
    value: str
    reason: str
    reason_de: str


class Source(Definition):
    """A format or system facts are read from.

    The docstring's first line says in English what it reads, `sentence_de` in German. `reading` is raised by
    one whenever the same bytes would be read differently, so that a file read before counts as new.
    """

    abstract = True
    reading: ClassVar[int] = 1
    #: settings recommended to an organisation that holds just this source
    assumes: ClassVar[tuple[Assumption, ...]] = ()

    def recognises(self, what: Path | str) -> bool:
        """Whether this is something the source reads: by its name, or by how it begins."""
        raise NotImplementedError

    def reads_as(self, what: Path | str) -> str:
        """What decides, beside the bytes and the organisation, how it is read; part of its fingerprint."""
        del what
        return f"{self.key} {self.reading}"

    def files(self, what: Path | str) -> tuple[Path, ...]:
        """The files that will be read; raises InputError when they are not there."""
        raise NotImplementedError

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        """The facts in it. Chunks of one fact follow each other; memory is bounded for files of any length.

        Raises InputError where it cannot be read at all.
        """
        raise NotImplementedError
