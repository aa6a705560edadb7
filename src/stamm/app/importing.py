"""Taking files and data sets in: all of one call together, or nothing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from stamm.app.recognising import Item, Recognising
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.origins.tables import TableSource
from stamm.sources import Chunk, Reject
from stamm.sources.exports import Export
from stamm.sources.mapped import FileMapping
from stamm.sources.reading import refuse_no_file
from stamm.sources.rejected import RejectsFile
from stamm.store.erasing.gate import sayable

#: name of the file, rows done, bytes done, bytes in all
Progress = Callable[[str, int, int, int], None]
#: the number of the process waited for, where it is known
OnWait = Callable[[int | None], None]
#: so many rows are kept to be looked at
SHOWN = 10


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
    @property
    def erased(self) -> int: ...


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
    def current(self, kind: str, column: str, values: Sequence[str]) -> pa.Table: ...
    def seen(self, digest: str) -> Mapping[str, Any] | None: ...
    def remember(self, digest: str, about: Mapping[str, Any]) -> None: ...
    def mark(self, origin: str) -> str | None: ...
    def note(self, origin: str, mark: str) -> None: ...
    def commit(self) -> Snapshot: ...


class Lake(Protocol):
    """Where facts are stored."""

    @property
    def root(self) -> Path: ...
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
    #: rows set aside, each also where another fact of the same row was
    rejected: int = 0
    #: rows of people who were erased, left out because they would be nothing without them
    erased: int = 0
    #: rows that are no such fact, as a mapping says
    left_out: int = 0
    seconds: float = 0.0
    #: the first rows that came in, in the fact's own columns
    first: pa.Table | None = field(default=None, compare=False)

    @property
    def together(self) -> int:
        """Rows of the file that others stand for, where a mapping brings several together."""
        made = self.new + self.changed + self.unchanged + self.older + self.waiting
        return self.read - self.left_out - self.rejected - self.erased - made


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
    #: the first of them
    first_rejects: list[Reject] = field(default_factory=list)
    rejects: Path | None = None
    #: rows of files that were set aside, each once, whatever was to be made of it
    rejected: int = 0
    snapshot: int | None = None

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(row.read for row in self.rows)


@dataclass(frozen=True)
class Importing:
    """Takes in files, folders of files and data sets named by their source: all of one call, or nothing.

    A file that one of the `mappings` is for is read by it; where a call names a mapping, every file by that one. A file
    taken in before in the same way is skipped. Rows that cannot be taken in are set aside in a file in `rejects_dir`.
    """

    lake: Lake
    organisation: Organisation
    rejects_dir: Path
    mappings: Sequence[FileMapping] = ()
    progress: Progress | None = None
    on_wait: OnWait | None = None
    #: tables of databases, by their names in stamm.toml
    tables: Mapping[str, TableSource] = field(default_factory=dict)

    def take(
        self,
        what: Sequence[Path | str],
        *,
        now: datetime,
        strict: bool = False,
        mapping: str | None = None,
        known_as: Mapping[str, str] | None = None,
    ) -> ImportReport:
        """Take it in; with `strict` a single row that cannot be refuses the whole call.

        `known_as` are digests by which somebody knows files before they have their bytes: names of files by digest.

        Raises InputError where something cannot be read or is refused; then the lake is as it was.
        """
        with self._done(what, now, self.rejects_dir, mapping) as (writer, rejects, report):
            report.rejects = rejects.put_in_place()
            if strict and rejects.count:
                rejects.keep()
                raise _refused(rejects)
            for digest, file in (known_as or {}).items():
                writer.remember(digest, {"file": file, "at": now.isoformat()})
            if report.rows or known_as:
                report.snapshot = writer.commit().number
            rejects.keep()
        return report

    def rehearse(self, what: Sequence[Path | str], *, now: datetime, mapping: str | None = None) -> ImportReport:
        """Do all of it and let go: the report of a call that would follow. The lake is as it was, no file is left."""
        with self._done(what, now, None, mapping) as (_, _, report):
            return report

    @contextmanager
    def _done(
        self, what: Sequence[Path | str], now: datetime, rejects_dir: Path | None, mapping: str | None
    ) -> Iterator[tuple[Writer, RejectsFile, ImportReport]]:
        """All that can be done before anybody sees it."""
        recognising = Recognising(self.mappings, mapping, self.lake.root, self.tables)
        items = recognising.items(what)
        report = ImportReport(others=recognising.others)
        with (
            self.lake.writing(on_wait=self.on_wait) as writer,
            RejectsFile(rejects_dir, now, sayable(self.lake.root)) as rejects,
        ):
            call = _Call(writer, self.organisation, now, self.progress, rejects, report)
            for item in items:
                call.take(item)
            report.rejected, report.reasons = rejects.count, dict(rejects.reasons.most_common())
            report.first_rejects = rejects.first
            yield writer, rejects, report


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


# -- known already -------------------------------------------------------------------------------------------
def _digest(item: Item, organisation: Organisation) -> str:
    """A fingerprint of the bytes and of all that decides how they are read."""
    total = hashlib.sha256()
    said = organisation.time_zones.get(item.source.key)
    settings = (item.source.reads_as(item.what), organisation.zone, organisation.currency, *([said] if said else ()))
    total.update("\0".join(settings).encode())
    for path in item.paths:
        refuse_no_file(path)
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
    """One call under way."""

    writer: Writer
    organisation: Organisation
    now: datetime
    progress: Progress | None
    rejects: RejectsFile
    report: ImportReport

    def take(self, item: Item) -> None:
        if isinstance(item.source, TableSource):
            self._follow(item, item.source)
            return
        digest = _digest(item, self.organisation)
        about = self.writer.seen(digest)
        if about is not None:
            self.report.known.append(Known(item.name, str(about.get("file", "")), str(about.get("at", ""))))
            return
        if isinstance(item.source, Export):
            item.source.recall = self.writer.current
        self._read(item)
        self.writer.remember(digest, {"file": item.name, "at": self.now.isoformat()})

    def _follow(self, item: Item, table: TableSource) -> None:
        """What is new in a table; how far it was read becomes true with its rows, or not at all."""
        table.follow(self.writer.mark(item.name), self.organisation, self.now)
        self._read(item)
        if table.idle and table.mark:
            self.report.known.append(Known(item.name, item.name, table.mark.at))
        elif table.mark:
            self.writer.note(item.name, table.mark.text())

    def _read(self, item: Item) -> None:
        done = 0
        chunks = item.source.read(item.what, organisation=self.organisation)
        for fact, group in groupby(chunks, key=lambda chunk: chunk.fact):
            done = self._put(item, fact, group, done)

    def _put(self, item: Item, fact: str, chunks: Iterator[Chunk], done: int) -> int:
        started = time.perf_counter()
        row = Imported(item.name, fact)
        self.report.rows.append(row)
        first = next(chunks)
        later = first.covered

        def tables() -> Iterator[pa.Table]:
            nonlocal later
            for chunk in chain((first,), chunks):
                later = chunk.covered or later
                row.read += chunk.rows_read
                row.left_out += chunk.left_out
                row.rejected += len(chunk.rejects)
                row.first = _more(row.first, chunk.table)
                self.rejects.write(chunk.rejects)
                self._remark(item.name, chunk.remarks)
                yield chunk.table
                if self.progress:
                    self.progress(item.name, done + row.read, chunk.bytes_read, chunk.bytes_total)

        counts = self.writer.put(fact, tables(), source=item.name, received_at=self.now, covered=first.covered)
        if later != first.covered:  # known once all was read; it joins the days of the rows
            self.writer.put(fact, (), source=item.name, received_at=self.now, covered=later)
        row.new, row.changed, row.unchanged = counts.new, counts.changed, counts.unchanged
        row.older, row.waiting, row.erased = counts.older, counts.waiting, counts.erased
        if row.erased:
            self._remark(item.name, [f"Rows of people who were erased were left out: {row.erased:,}."])
        row.seconds = time.perf_counter() - started
        return done + row.read

    def _remark(self, file: str, remarks: Sequence[str]) -> None:
        known = self.report.remarks.setdefault(file, []) if remarks else []
        known += [remark for remark in remarks if remark not in known]


def _more(first: pa.Table | None, table: pa.Table) -> pa.Table | None:
    """The first rows of all, when these come after those."""
    if not table.num_rows or (first is not None and first.num_rows >= SHOWN):
        return first
    return (
        table.slice(0, SHOWN)
        if first is None
        else pa.concat_tables([first, table], promote_options="default").slice(0, SHOWN)
    )
