"""DuckDB in this process: the default engine."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

from stamm.facts import imported, kept
from stamm.lang.errors import LakeError

BATCH_ROWS = 122_880
#: how long a unit is that no calendar changes
MICROSECONDS = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000}


class DuckDB:
    """DuckDB over Parquet files or over tables in memory.

    External access is off but for the directory of the files, and the configuration is locked, so that
    nothing a user writes can reach another file or host. Several threads may ask: each query has a connection to
    itself, so that a short one does not wait for a long one.
    """

    name = "DuckDB"
    most_distinct = None

    def __init__(self, backend: _Backend, tables: Mapping[str, Callable[[], ir.Table]]) -> None:
        self._backend, self._unopened = backend, dict(tables)
        self._tables: dict[str, ir.Table] = {}
        self._guard = threading.Lock()
        #: connections that nobody asks, and those that a thread does
        self._free: list[_Backend] = []
        self._asked: dict[int, _Backend] = {}

    @classmethod
    def over_files(cls, files: Mapping[str, Sequence[str]], directory: Path, *, memory_limit: str = "") -> DuckDB:
        """An engine over the Parquet files of each fact, all below `directory`."""
        backend = _connect()
        if memory_limit:
            backend.raw_sql(f"SET memory_limit = '{memory_limit}'")
        _lock(backend, directory)
        schemas = _schemas(files)
        opened = {kind: partial(_opened, backend, kind, schemas[kind], files.get(kind, ())) for kind in schemas}
        return cls(backend, opened)

    @classmethod
    def over_tables(cls, tables: Mapping[str, pa.Table]) -> DuckDB:
        """An engine over Arrow tables in memory (worked examples, tests, notebooks)."""
        backend = _connect()
        # one that has no rows is made when somebody asks for it, as few do
        opened = {
            kind: partial(backend.create_table, kind, _stored(fact.schema()).empty_table())
            for kind, fact in imported().items()
        }
        for kind in tables.keys() & opened.keys():
            opened[kind] = partial(lambda held: held, backend.create_table(kind, tables[kind]))
        _lock(backend, None)
        return cls(backend, opened)

    def table(self, kind: str) -> ir.Table:
        """The current table of an imported fact kind, or of a fact that is kept in files."""
        with self._guard:
            if kind not in self._tables:
                with _files_there():
                    self._tables[kind] = self._unopened[kind]()
            return self._tables[kind]

    def held(self, expression: ir.Table) -> ir.Table:
        """The expression itself: what a query mentions several times is computed once."""
        return expression

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression; raises LakeError where a file of its facts is not there any more."""
        with _files_there(), self._connection() as connection:
            return connection.to_pyarrow(expression)

    def batches(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        """The rows of an expression over stored tables piece by piece, so that they need not fit into memory."""
        yield from self._backend.asked(expression).to_arrow_reader(BATCH_ROWS)

    def interrupt(self, thread: int) -> None:
        """End the query that a thread has asked, which gets an error."""
        with self._guard:
            if (asked := self._asked.get(thread)) is not None:
                asked.con.interrupt()

    def close(self) -> None:
        """Close the connections; what is asked now is answered still."""
        with self._guard:
            waiting, self._free = self._free, []
        for connection in (*waiting, self._backend):
            connection.disconnect()

    @contextmanager
    def _connection(self) -> Iterator[_Backend]:
        """One that this thread alone asks."""
        asker = threading.get_ident()
        with self._guard:
            asked = self._asked[asker] = self._free.pop() if self._free else self._backend.beside()
        try:
            asked.forget()
            yield asked
        finally:
            with self._guard:
                del self._asked[asker]
                self._free.append(asked)


class _Compiler(DuckDBCompiler):  # type: ignore[misc]
    """Ibis' compiler, where DuckDB would ask a calendar for each moment, one by one.

    Elapsed time needs no calendar: counted in microseconds the same takes a sixtieth of the processor.
    """

    __slots__ = ()

    def visit_TimestampDelta(self, op: ops.TimestampDelta, *, part: Any, left: Any, right: Any) -> Any:  # noqa: N802
        if isinstance(op.part, ops.Literal) and op.part.value in ("us", "microsecond"):
            return sge.paren(self.f.epoch_us(left) - self.f.epoch_us(right))
        return super().visit_TimestampDelta(op, part=part, left=left, right=right)

    def visit_TimestampAdd(self, op: ops.TimestampAdd, *, left: Any, right: Any) -> Any:  # noqa: N802
        length = _length(op)
        return left + right if length is None else self._moved(left, length)

    def visit_TimestampSub(self, op: ops.TimestampSub, *, left: Any, right: Any) -> Any:  # noqa: N802
        length = _length(op)
        return left - right if length is None else self._moved(left, -length)

    def _moved(self, at: Any, microseconds: int) -> Any:
        return self.f.anon.make_timestamptz(self.f.epoch_us(at) + microseconds)


class _Backend(Backend):  # type: ignore[misc]
    """Ibis' backend, with our SQL, over tables that all connections share."""

    compiler = _Compiler()

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._gone: deque[str] = deque()

    def beside(self) -> _Backend:
        """Another connection to the same tables, under the same settings."""
        other = _Backend()
        other.con = self.con.cursor()
        other._can_reconnect, other._record_batch_readers_consumed = False, {}
        return other

    def asked(self, expression: ir.Table) -> Any:
        """The connection, asked for an expression, the tables in memory that it mentions included."""
        self._run_pre_execute_hooks(expression)
        return self.raw_sql(self.compile(expression))

    def forget(self) -> None:
        """Drop tables in memory that no expression mentions any more; in the thread that asks, for any may lose one."""
        while self._gone:
            self.con.unregister(self._gone.popleft())

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        super()._register_in_memory_table(op)
        weakref.finalize(op, self._gone.append, op.name).atexit = False

    def _make_memtable_finalizer(self, name: str) -> None:
        """None: Ibis would hold the connection until the process ends."""

    def _get_temp_view_definition(self, name: str, definition: Any) -> Any:
        view = super()._get_temp_view_definition(name, definition)
        view.set("properties", None)  # of one connection alone otherwise
        return view


def _length(op: ops.TimestampAdd | ops.TimestampSub) -> int | None:
    """By how many microseconds a moment with a zone is moved; None where that is for the calendar to say."""
    by = op.right
    if op.dtype.timezone is None or not isinstance(by, ops.Literal) or by.value is None:
        return None
    unit = MICROSECONDS.get(by.dtype.unit.short)
    return None if unit is None else by.value * unit


@contextmanager
def _files_there() -> Iterator[None]:
    """Say what it means that a file is gone: a snapshot's files go at once when a person is erased."""
    try:
        yield
    except duckdb.IOException as error:
        raise LakeError(
            "A file of this snapshot cannot be read; it goes when a person is erased.",
            remedy="Ask again: what is opened now is the newest snapshot. Should that not help, restore a backup.",
        ) from error


def _connect() -> _Backend:
    backend: _Backend = _Backend().connect()
    backend.raw_sql("SET GLOBAL TimeZone = 'UTC'")
    backend.raw_sql("SET GLOBAL python_enable_replacements = false")
    return backend


def _lock(backend: _Backend, directory: Path | None) -> None:
    if directory is not None:
        allowed = str(directory.resolve()).replace("'", "''")
        backend.raw_sql(f"SET allowed_directories = ['{allowed}/']")
    backend.raw_sql("SET enable_external_access = false")
    backend.raw_sql("SET lock_configuration = true")


def _opened(backend: _Backend, kind: str, schema: pa.Schema, paths: Sequence[str]) -> ir.Table:
    """The rows of the files; a question opens only those of its facts."""
    if not paths:
        return backend.create_table(kind, schema.empty_table())
    found = backend.read_parquet(list(paths), table_name=kind, union_by_name=True, hive_partitioning=False)
    return _as_schema(found, schema)


def _schemas(files: Mapping[str, Sequence[str]]) -> dict[str, pa.Schema]:
    """The columns of each table: of every imported kind, and of the kept facts that there are files of."""
    return {
        **{kind: _stored(fact.schema()) for kind, fact in imported().items()},
        **{fact.key: fact.schema() for fact in kept() if fact.key in files},
    }


def _stored(schema: pa.Schema) -> pa.Schema:
    """The columns found in the files: the partition's month is in the path alone."""
    return schema.remove(schema.get_field_index("month"))


def _as_schema(table: ir.Table, schema: pa.Schema) -> ir.Table:
    """The table with exactly the schema's columns; one that an older file lacks is null."""
    wanted = ibis.Schema.from_pyarrow(schema)
    return table.select(
        [
            (table[name].cast(type_) if name in table.columns else ibis.null(type_)).name(name)
            for name, type_ in wanted.items()
        ]
    )
