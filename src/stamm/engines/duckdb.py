"""DuckDB in this process: the default engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from stamm.facts import imported


class DuckDB:
    """DuckDB over Parquet files or over tables in memory.

    External access is off but for the directory of the files, and the configuration is locked, so that
    nothing a user writes can reach another file or host.
    """

    name = "DuckDB"

    def __init__(self, backend: Backend, tables: Mapping[str, ir.Table]) -> None:
        self._backend, self._tables = backend, dict(tables)

    @classmethod
    def over_files(cls, files: Mapping[str, Sequence[str]], directory: Path, *, memory_limit: str = "") -> DuckDB:
        """An engine over the Parquet files of each fact kind, all below `directory`."""
        backend = _connect()
        tables = {}
        for kind, fact in imported().items():
            schema = _stored(fact.schema())
            paths = list(files.get(kind, ()))
            if paths:
                found = backend.read_parquet(paths, table_name=kind, union_by_name=True, hive_partitioning=False)
                tables[kind] = _as_schema(found, schema)
            else:
                tables[kind] = backend.create_table(kind, schema.empty_table(), temp=True)
        if memory_limit:
            backend.raw_sql(f"SET memory_limit = '{memory_limit}'")
        _lock(backend, directory)
        return cls(backend, tables)

    @classmethod
    def over_tables(cls, tables: Mapping[str, pa.Table]) -> DuckDB:
        """An engine over Arrow tables in memory (worked examples, tests, notebooks)."""
        backend = _connect()
        held = {}
        for kind, fact in imported().items():
            rows = tables[kind] if kind in tables else _stored(fact.schema()).empty_table()
            held[kind] = backend.create_table(kind, rows, temp=True)
        _lock(backend, None)
        return cls(backend, held)

    def table(self, kind: str) -> ir.Table:
        """The current table of an imported fact kind."""
        return self._tables[kind]

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""
        return self._backend.to_pyarrow(expression)

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
