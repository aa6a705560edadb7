"""Taking files and data sets in: all of one call together, or nothing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources import SOURCES, Chunk, Source
from stamm.sources.files import Canonical, look_into
from stamm.sources.rejected import RejectsFile

#: name of the file, rows done, bytes done, bytes in all
Progress = Callable[[str, int, int, int], None]
#: the number of the process waited for, where it is known
OnWait = Callable[[int | None], None]


class Counts(Protocol):
    """What became of the rows handed to the lake."""

    @property
    def new(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def older(self) -> int: ...
    @property
    def waiting(self) -> int: ...


class Snapshot(Protocol):
    """A state of the lake that can be named."""

    @property
    def number(self) -> int: ...


class Writer(Protocol):
    """A change of the lake in the making; without `commit` nothing of it stays."""

    def put(
        self,
        kind: str,
        batches: Iterable[pa.Table],
        *,
        source: str,
        received_at: datetime,
        simulated: bool = False,
        covered: tuple[date, date] | None = None,
        on_rows: Callable[[int], None] | None = None,
    ) -> Counts: ...
    def seen(self, digest: str) -> Mapping[str, Any] | None: ...
    def remember(self, digest: str, about: Mapping[str, Any]) -> None: ...
    def commit(self) -> Snapshot: ...


class Lake(Protocol):
    """Where facts are stored."""

    def writing(self, wait_seconds: float = 10.0, on_wait: OnWait | None = None) -> AbstractContextManager[Writer]: ...


@dataclass
class Imported:
    """What one file (or data set) brought of one fact kind."""

    file: str
    fact: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    #: rows older than what the lake already holds under their key
    older: int = 0
    #: rows kept until the rest of their columns arrives
    waiting: int = 0
    rejected: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Known:
    """A file that was taken in before, byte for byte: under which name, and when (ISO 8601)."""

    file: str
    as_file: str
    at: str


@dataclass
class ImportReport:
    """What an import did. `snapshot` is None where it changed nothing."""

    rows: list[Imported] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    #: by file: what was done with columns (ignored, assumed), one sentence each
    remarks: dict[str, list[str]] = field(default_factory=dict)
    #: files of a folder that are no facts
    others: list[str] = field(default_factory=list)
    #: rows set aside by reason, most frequent first
    reasons: dict[str, int] = field(default_factory=dict)
    rejects: Path | None = None
    snapshot: int | None = None

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(row.read for row in self.rows)

    @property
    def rejected(self) -> int:
        """Rows set aside."""
        return sum(row.rejected for row in self.rows)


@dataclass(frozen=True)
class _Item:
    """One thing to read: a file, or a data set by its name."""

    source: Source
    what: Path | str
    name: str
    paths: tuple[Path, ...]


def import_files(
    lake: Lake,
    organisation: Organisation,
    what: Sequence[Path | str],
    *,
    strict: bool = False,
    now: datetime,
    progress: Progress | None = None,
    rejects_dir: Path,
    on_wait: OnWait | None = None,
) -> ImportReport:
    """Take in files, folders of files and data sets named by their source, all together or not at all.

    A file taken in before is skipped. Rows that cannot be taken in are set aside in a file in `rejects_dir`;
    with `strict` a single one refuses the whole call. Raises InputError where something cannot be read or is
    refused; then the lake is as it was.
    """
    report = ImportReport()
    items = _items(what, report)
    with lake.writing(on_wait=on_wait) as writer, RejectsFile(rejects_dir, now) as rejects:
        call = _Call(writer, organisation, now, progress, rejects, report)
        for item in items:
            call.take(item)
        report.reasons = dict(rejects.reasons.most_common())
        report.rejects = rejects.put_in_place()
        if strict and rejects.count:
            rejects.keep()
            raise _refused(rejects)
        if len(report.known) < len(items):
            report.snapshot = writer.commit().number
        rejects.keep()
    return report


def _refused(rejects: RejectsFile) -> InputError:
    first = "; ".join(
        f"{reject.file}, line {reject.line}: {f'{reject.column} ' if reject.column else ''}{reject.reason}"
        for reject in rejects.first
    )
    more = rejects.count - len(rejects.first)
    rows = "1 row is" if rejects.count == 1 else f"{rejects.count:,} rows are"
    return InputError(
        f"{rows} not sound, so nothing was taken in. {first}{f'; and {more:,} more' if more else ''}.",
        remedy=f"All of them are listed in {rejects.path}. Correct them, or import without --strict.",
    )


# -- what to read --------------------------------------------------------------------------------------------
def _items(what: Sequence[Path | str], report: ImportReport) -> list[_Item]:
    """Folders opened, names recognised; raises InputError for what no source reads."""
    found: list[_Item] = []
    for one in what:
        path = Path(one)
        source = _recognising(one)
        if source is None and path.is_dir():
            folder = look_into(path)
            report.others += [other.name for other in folder.others]
            if not folder.files:
                raise InputError(
                    "The folder holds no file named after a fact kind.",
                    where=str(path),
                    remedy="Name the files orders.csv, customers.parquet and so on.",
                )
            found += [_item(_recognising(file), file) for file in folder.files]
        else:
            found.append(_item(source, one))
    return found


def _recognising(what: Path | str) -> Source | None:
    return next((source for kind in SOURCES if (source := kind()).recognises(what)), None)


def _item(source: Source | None, what: Path | str) -> _Item:
    if source is not None:
        return _Item(source, what, Path(what).name, source.files(what))
    known = ", ".join(sorted(kind.key for kind in SOURCES if not issubclass(kind, Canonical)))
    raise InputError(
        "No source reads this.",
        where=str(what),
        remedy=f"Give a .csv, .xlsx, .ndjson or .parquet file (also packed), a folder of them, or one of {known}.",
    )


def _digest(item: _Item, organisation: Organisation) -> str:
    """A fingerprint of the bytes and of all that decides how they are read."""
    total = hashlib.sha256()
    settings = (item.source.reads_as(item.what), organisation.zone, organisation.currency)
    total.update("\0".join(settings).encode())
    for path in item.paths:
        try:
            with path.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise InputError(
                f"The file cannot be read: {error.strerror or error}.",
                where=str(path),
                remedy="Check its name and permissions.",
            ) from error
    return total.hexdigest()


# -- reading and writing -------------------------------------------------------------------------------------
@dataclass
class _Call:
    """One call of `import_files` under way."""

    writer: Writer
    organisation: Organisation
    now: datetime
    progress: Progress | None
    rejects: RejectsFile
    report: ImportReport

    def take(self, item: _Item) -> None:
        digest = _digest(item, self.organisation)
        about = self.writer.seen(digest)
        if about is not None:
            self.report.known.append(Known(item.name, str(about.get("file", "")), str(about.get("at", ""))))
            return
        done = 0
        chunks = item.source.read(item.what, organisation=self.organisation)
        for fact, group in groupby(chunks, key=lambda chunk: chunk.fact):
            done = self._put(item, fact, group, done)
        self.writer.remember(digest, {"file": item.name, "at": self.now.isoformat()})

    def _put(self, item: _Item, fact: str, chunks: Iterator[Chunk], done: int) -> int:
        started = time.perf_counter()
        row = Imported(item.name, fact)
        self.report.rows.append(row)
        first = next(chunks)

        def tables() -> Iterator[pa.Table]:
            for chunk in chain((first,), chunks):
                row.read += chunk.rows_read
                row.rejected += chunk.rows_read - chunk.table.num_rows
                self.rejects.write(chunk.rejects)
                self._remark(item.name, chunk.remarks)
                yield chunk.table
                if self.progress:
                    self.progress(item.name, done + row.read, chunk.bytes_read, chunk.bytes_total)

        counts = self.writer.put(fact, tables(), source=item.name, received_at=self.now, covered=first.covered)
        row.new, row.changed, row.unchanged = counts.new, counts.changed, counts.unchanged
        row.older, row.waiting = counts.older, counts.waiting
        row.seconds = time.perf_counter() - started
        return done + row.read

    def _remark(self, file: str, remarks: Sequence[str]) -> None:
        known = self.report.remarks.setdefault(file, []) if remarks else []
        known += [remark for remark in remarks if remark not in known]
