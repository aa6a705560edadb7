"""DuckDB in this process: the default engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from stamm.facts import imported, kept

BATCH_ROWS = 122_880


class DuckDB:
    """DuckDB over Parquet files or over tables in memory.

    External access is off but for the directory of the files, and the configuration is locked, so that
    nothing a user writes can reach another file or host.
    """

    name = "DuckDB"
    together = True

    def __init__(self, backend: Backend, tables: Mapping[str, Callable[[], ir.Table]]) -> None:
        self._backend, self._unopened = backend, dict(tables)
        self._tables: dict[str, ir.Table] = {}

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
        held = {}
        for kind, fact in imported().items():
            rows = tables[kind] if kind in tables else _stored(fact.schema()).empty_table()
            held[kind] = backend.create_table(kind, rows, temp=True)
        _lock(backend, None)
        return cls(backend, {kind: partial(held.__getitem__, kind) for kind in held})

    def table(self, kind: str) -> ir.Table:
        """The current table of an imported fact kind, or of a fact that is kept in files."""
        if kind not in self._tables:
            self._tables[kind] = self._unopened[kind]()
        return self._tables[kind]

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""
        return self._backend.to_pyarrow(expression)

    def batches(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        """The rows of an expression over stored tables piece by piece, so that they need not fit into memory."""
        yield from self._backend.raw_sql(self._backend.compile(expression)).to_arrow_reader(BATCH_ROWS)

    def close(self) -> None:
        """Close the connection."""
        self._backend.disconnect()


def _connect() -> Backend:
    backend: Backend = ibis.duckdb.connect()
    backend.raw_sql("SET TimeZone = 'UTC'")
    return backend


def _lock(backend: Backend, directory: Path | None) -> None:
    if directory is not None:
        allowed = str(directory.resolve()).replace("'", "''")
        backend.raw_sql(f"SET allowed_directories = ['{allowed}/']")
    backend.raw_sql("SET enable_external_access = false")
    backend.raw_sql("SET lock_configuration = true")


def _opened(backend: Backend, kind: str, schema: pa.Schema, paths: Sequence[str]) -> ir.Table:
    """The rows of the files; a question opens only those of its facts."""
    if not paths:
        return backend.create_table(kind, schema.empty_table(), temp=True)
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
