"""One writer's work: rows put in, files seen, and the commit that shows all of it at once."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from stamm.facts import Imported
from stamm.lang.errors import UsageError
from stamm.lang.version import __version__
from stamm.store import delta_log, manifest
from stamm.store.durable import make_directory, sync_directories, sync_file
from stamm.store.erasing.gate import Gate, sayable
from stamm.store.layout import IMPORTS, IMPORTS_SCHEMA, Layout, schema_of
from stamm.store.manifest import Coverage, DataFile, KindState, Manifest, TableState
from stamm.store.merging import Counts, Merge
from stamm.store.relations import connect, rewrite, rows_of
from stamm.store.resolving import belonging, messages_of, rows_starting, rows_with
from stamm.store.snapshot import Snapshot
from stamm.store.staging import Batches, Stage

STAGING = ".staging"
#: a month with more files than this is compacted
MANY_FILES = 16
#: files of this size are left alone by compaction
LARGE_BYTES = 64 * 2**20


class Change(Protocol):
    """Changes a batch of a table; gives the very same one where there is nothing to change."""

    def __call__(self, table: str, batch: pa.RecordBatch, *, counted: bool) -> pa.RecordBatch:
        """`counted` the first time that a batch is seen; one of as many rows of the same month."""


@dataclass
class Draft:
    """A table as this writer will leave it: its files so far, and which of them still lie in staging."""

    files: dict[str, DataFile]
    staged: set[str] = field(default_factory=set)


class Writer:
    """Puts rows into the lake. Nothing is visible before `commit`; without it, nothing happened."""

    def __init__(self, root: Path, base: Manifest, kinds: Mapping[str, type[Imported]]) -> None:
        self.root, self.base, self._kinds = root, base, kinds
        self._clean()
        self._staging = root / STAGING / uuid.uuid4().hex
        self._staging.mkdir(parents=True)
        #: a database of the writer's own, which sees nothing but the files it is told
        self.connection = connect(self._staging / "spill")
        self._drafts: dict[str, Draft] = {}
        self._states: dict[str, KindState] = dict(base.kinds)
        self._positions: dict[str, int] = dict(base.positions)
        self._marks: dict[str, str] = dict(base.marks)
        self._remembered: dict[str, dict[str, Any]] = {}
        self._seen: dict[str, str] | None = None
        self._latest: datetime | None = None

    # -- beginning and end -------------------------------------------------------------
    def _clean(self) -> None:
        """Remove what a writer that died left behind; it is no part of any snapshot."""
        shutil.rmtree(self.root / STAGING, ignore_errors=True)
        for path in (self.root / manifest.DIRECTORY).glob("*.tmp"):
            path.unlink()
        for log in self.root.glob("*/_delta_log"):
            for path in log.glob("*.json.tmp"):
                path.unlink()
            delta_log.undo_after(log.parent, self.base.tables.get(log.parent.name))

    def close(self) -> None:
        """Let go of everything that was not committed."""
        self.connection.close()
        shutil.rmtree(self.root / STAGING, ignore_errors=True)

    # -- tables ------------------------------------------------------------------------
    def _draft(self, table: str) -> Draft:
        if table not in self._drafts:
            state = self.base.tables.get(table)
            self._drafts[table] = Draft({file.path: file for file in state.files} if state else {})
        return self._drafts[table]

    def _paths(self, table: str) -> dict[Path, str]:
        """Where the files of a table lie just now, and their names in it."""
        draft = self._draft(table)
        return {(self._staging if name in draft.staged else self.root) / table / name: name for name in draft.files}

    def _change(self, table: str, added: Iterable[DataFile], removed: Iterable[str] = ()) -> None:
        draft = self._draft(table)
        for name in removed:
            del draft.files[name]
            if name in draft.staged:
                draft.staged.discard(name)
                (self._staging / table / name).unlink()
        for file in added:
            draft.files[file.path] = file
            draft.staged.add(file.path)

    def layout(self, key: str) -> Layout:
        """How a kind lies in its tables; raises UsageError where there is none of that name."""
        if key not in self._kinds:
            raise UsageError(f"There is no fact kind {key!r}.", remedy=f"Known: {', '.join(sorted(self._kinds))}.")
        return Layout(self._kinds[key])

    # -- rows --------------------------------------------------------------------------
    def put(
        self,
        kind: str,
        batches: Batches,
        *,
        source: str,
        received_at: datetime,
        simulated: bool = False,
        covered: Coverage | None = None,
        on_rows: Callable[[int], None] | None = None,
        same_month: bool = False,
    ) -> Counts:
        """Take in rows of a kind.

        A batch has some of the kind's columns (always its key) and says nothing about the others; an empty
        cell says that there is no value. A column `received_at` tells when each row was received; without
        it, or where it is empty, `received_at` does. A column `withdrawn` takes a row back (true), which then
        is in the history alone, or gives it back (false). `same_month`: where a row of one of these keys is
        there already, it lies in the same month, and only files of such months are looked through. `covered`
        is the first and last local day the source answers for; without it, the days found. `on_rows` is told
        the size of every piece read.
        """
        layout = self.layout(kind)
        if received_at.tzinfo is None:
            raise ValueError("received_at needs a time zone")
        received_at = received_at.astimezone(UTC)
        staged = self._staging / f"incoming-{uuid.uuid4().hex}.parquet"
        gate = Gate.at(self.root, layout)
        source = gate.source(source) if gate else source
        stage = Stage(
            staged, layout, source=source, received_at=received_at, simulated=simulated, zone=self.base.zone, gate=gate
        )
        stage.fill(batches, on_rows)
        counts = self._merge(layout, stage, same_month=same_month) if stage.rows else Counts()
        counts += Counts(erased=stage.erased)
        staged.unlink(missing_ok=True)
        state = self._states.get(kind, KindState())
        if stage.rows or covered:
            state = state.covering(source, covered or stage.days)
        if stage.rows and counts.unchanged < stage.rows:
            state = replace(state, arrivals=state.arrivals + stage.rows)
        if state != self._states.get(kind, KindState()):
            self._states[kind] = state
        self._latest = max(filter(None, (self._latest, received_at)))
        return counts

    def _merge(self, layout: Layout, stage: Stage, *, same_month: bool) -> Counts:
        current, history = self._paths(layout.key), self._paths(layout.history)
        outcome = Merge(self.connection, layout).put(
            stage,
            self._states.get(layout.key, KindState()).arrivals,
            list(current),
            list(history),
            (self._staging / layout.key, self._staging / layout.history),
            same_month=same_month,
        )
        self._change(layout.key, outcome.current, [current[path] for path in outcome.replaced])
        self._change(layout.history, outcome.history)
        for table in (layout.key, layout.history):
            self._compact(table, layout.stored, beyond=MANY_FILES)
        return outcome.counts

    # -- what is there -----------------------------------------------------------------
    def current(self, kind: str, column: str, values: Sequence[str]) -> pa.Table:
        """The current rows of a kind, those put so far included, that have one of the values in a column of text."""
        layout = self.layout(kind)
        schema = layout.schema.remove(layout.schema.get_field_index("month"))
        found = rows_with(self.connection, list(self._paths(layout.key)), layout, schema.names, column, values)
        return found.cast(schema)

    def starting(self, kind: str, column: str, beginning: str) -> pa.Table:
        """The current rows in which the text in a column begins like this."""
        layout = self.layout(kind)
        return rows_starting(self.connection, list(self._paths(layout.key)), layout, column, beginning)

    def messages(self, kind: str, column: str, values: Iterable[str]) -> pa.Table:
        """All that was ever said of rows with one of these texts in a key column; see `store.resolving`."""
        layout = self.layout(kind)
        current, history = self._paths(layout.key), self._paths(layout.history)
        return messages_of(self.connection, list(current), list(history), layout, column, values)

    def resolved(self, kind: str, owners: Mapping[str, str], ids: Iterable[str]) -> pa.Table:
        """Keys of rows that were ever said to be of one of these customers, whose customer is another: the key and
        the right `customer_id`. That is what was last said of it, or the one who stands for them among `owners`."""
        layout = self.layout(kind)
        current, history = self._paths(layout.key), self._paths(layout.history)
        return belonging(self.connection, list(current), list(history), layout, owners, ids)

    # -- a log ---------------------------------------------------------------------------
    def position(self, log: str) -> int:
        """Up to where the messages of a log are in here; 0 before the first."""
        return self._positions.get(log, 0)

    def advance(self, log: str, position: int) -> None:
        """Note up to where they are in here; becomes true with the commit, together with their rows."""
        self._positions[log] = position

    # -- tables of somebody's database ---------------------------------------------------
    def mark(self, origin: str) -> str | None:
        """How far a table was read, as its reader noted it; None before the first time."""
        return self._marks.get(origin)

    def note(self, origin: str, mark: str) -> None:
        """Note how far it is read; becomes true with the commit, together with its rows."""
        self._marks[origin] = mark

    # -- files already taken in --------------------------------------------------------
    def seen(self, digest: str) -> dict[str, Any] | None:
        """What was remembered of a file of that digest; None if it was never taken in."""
        if digest in self._remembered:
            return self._remembered[digest]
        if self._seen is None:
            rows = rows_of(self.connection, list(self._paths(IMPORTS)), IMPORTS_SCHEMA)
            self._seen = {str(digest): str(about) for digest, about in rows}
        about = self._seen.get(digest)
        return None if about is None else dict(json.loads(about))

    def remember(self, digest: str, about: Mapping[str, Any]) -> None:
        """Note, for good, that a file was taken in; true with the commit. Its name may be an erased person's."""
        told = sayable(self.root)
        self._remembered[digest] = {name: told(each) if isinstance(each, str) else each for name, each in about.items()}

    def _write_remembered(self) -> None:
        if not self._remembered:
            return
        table = pa.table(
            {
                "digest": list(self._remembered),
                "about": [json.dumps(about, ensure_ascii=False) for about in self._remembered.values()],
            },
            schema=IMPORTS_SCHEMA,
        )
        directory = self._staging / IMPORTS
        directory.mkdir(exist_ok=True)
        path = directory / f"part-{uuid.uuid4()}.parquet"
        pq.write_table(table, path, compression="zstd")
        self._change(IMPORTS, [DataFile(path.name, table.num_rows, path.stat().st_size, simulated=False)])
        self._compact(IMPORTS, IMPORTS_SCHEMA, beyond=MANY_FILES)
        self._remembered, self._seen = {}, None

    # -- what is taken out again -------------------------------------------------------
    def rewrite(
        self,
        change: Change,
        source: Callable[[str], str],
        on_file: Callable[[str, int, int], None] | None = None,
    ) -> None:
        """Write those files of all tables anew in which something changes; only erasing does that.

        `source` renames imports; `on_file` is told the table and how many files are done, of how many.
        """
        places = [(table, path, name) for table in self.base.tables for path, name in self._paths(table).items()]
        for number, (table, path, name) in enumerate(places):
            if on_file is not None:
                on_file(table, number, len(places))
            with pq.ParquetFile(path) as file:
                if all(change(table, batch, counted=True) is batch for batch in file.iter_batches()):
                    continue
                before = self._draft(table).files[name]
                partition = f"{before.partition}/" if before.partition else ""
                fresh = self._staging / table / f"{partition}part-{uuid.uuid4()}.parquet"
                fresh.parent.mkdir(parents=True, exist_ok=True)
                with pq.ParquetWriter(fresh, file.schema_arrow, compression="zstd") as writer:
                    for batch in file.iter_batches():
                        writer.write_batch(change(table, batch, counted=False))
            after = replace(before, path=f"{partition}{fresh.name}", size=fresh.stat().st_size)
            self._change(table, [after], [name])
        for kind, state in self._states.items():
            covered = KindState(state.arrivals)
            for name, days in state.coverage.items():
                covered = covered.covering(source(name), days)
            self._states[kind] = covered

    def paths(self, table: str) -> tuple[Path, ...]:
        """Where the files of a table lie just now."""
        return tuple(self._paths(table))

    def staging(self, table: str, partition: str = "") -> Path:
        """Where files are written that `put_files` is given."""
        return self._staging / table / partition

    def put_files(self, table: str, known: Iterable[DataFile], fresh: Iterable[DataFile] = ()) -> None:
        """A table consists of these files: `known` lie in the lake, `fresh` were written in `staging`."""
        made = tuple(fresh)
        files = {file.path: file for file in (*known, *made)}
        self._drafts[table] = Draft(files, {file.path for file in made})

    def put_state(self, kind: str, state: KindState | None) -> None:
        """What is known of a kind beside its rows; None where nothing ever came."""
        if state is None:
            self._states.pop(kind, None)
        else:
            self._states[kind] = state

    # -- compaction --------------------------------------------------------------------
    def compact(self, files_a_month: int = 1) -> None:
        """Bring every month of every table down to few files; the rows stay the same."""
        for key in self._kinds:
            layout = self.layout(key)
            for table in (layout.key, layout.history):
                self._compact(table, layout.stored, beyond=files_a_month)
        self._compact(IMPORTS, IMPORTS_SCHEMA, beyond=files_a_month)

    def _compact(self, table: str, schema: pa.Schema, *, beyond: int) -> None:
        if table not in self._drafts and table not in self.base.tables:
            return
        months: dict[str, list[DataFile]] = {}
        for file in self._draft(table).files.values():
            months.setdefault(file.partition, []).append(file)
        place = {name: path for path, name in self._paths(table).items()}
        for partition, files in months.items():
            small = [file for file in files if file.size < LARGE_BYTES]
            if len(files) <= beyond or len(small) < 2:
                continue
            written = rewrite(
                self.connection,
                [place[file.path] for file in small],
                schema,
                self._staging / table / partition,
            )
            prefix = f"{partition}/" if partition else ""
            self._change(table, [replace(f, path=prefix + f.path) for f in written], [file.path for file in small])

    # -- commit ------------------------------------------------------------------------
    def commit(self) -> Snapshot:
        """Make all of it durable, then visible; a commit that changes nothing writes nothing."""
        self._write_remembered()
        after = self._after()
        if after is not None:
            self._publish(after)
            self.base = after
            self._drafts = {}
            self._states, self._positions = dict(after.kinds), dict(after.positions)
            self._marks = dict(after.marks)
        return Snapshot(self.root, self.base, self._kinds)

    def _after(self) -> Manifest | None:
        tables = dict(self.base.tables)
        for name, draft in self._drafts.items():
            before = self.base.tables.get(name)
            files = tuple(sorted(draft.files.values(), key=lambda file: file.path))
            if files == (tuple(sorted(before.files, key=lambda file: file.path)) if before else ()):
                continue
            tables[name] = TableState(
                identity=before.identity if before else str(uuid.uuid4()),
                version=delta_log.head(self.root / name) + 1,
                columns=tuple(schema_of(self._kinds, name).names),
                files=files,
            )
        noted = (self._states, self._positions, self._marks)
        if tables == self.base.tables and noted == (self.base.kinds, self.base.positions, self.base.marks):
            return None
        return Manifest(
            number=self.base.number + 1,
            zone=self.base.zone,
            written_at=max(filter(None, (self._latest, self.base.written_at))),
            stamm_version=__version__,
            tables=tables,
            kinds=self._states,
            positions=self._positions,
            marks=self._marks,
        )

    def _publish(self, after: Manifest) -> None:
        changed = [name for name, table in after.tables.items() if table != self.base.tables.get(name)]
        named: set[Path] = set()
        for name in changed:
            for file in sorted(self._draft(name).staged):
                origin, place = self._staging / name / file, self.root / name / file
                sync_file(origin)
                named |= make_directory(place.parent, self.root)
                os.rename(origin, place)  # noqa: PTH104
                named.add(place.parent)
        sync_directories(named)
        for name in changed:
            delta_log.commit(
                self.root / name, self.base.tables.get(name), after.tables[name], schema_of(self._kinds, name)
            )
        manifest.write(self.root, after)
        for name in changed:
            delta_log.checkpoint(self.root / name, [after.tables[name].version])
