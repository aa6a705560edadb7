"""Parquet files as relations of a DuckDB of the store's own, and the other way round."""

# ruff: noqa: S608 - names in statements come from the schemas of fact kinds, values are escaped by `literal`

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from stamm.store.layout import quoted, sql_type
from stamm.store.manifest import DataFile

MEMORY = "700MB"


def connect(temporary: Path, memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    """A DuckDB of the store's own, bounded in memory, spilling into a directory."""
    connection = duckdb.connect(
        config={
            "memory_limit": memory,
            "temp_directory": str(temporary),
            "preserve_insertion_order": False,
            "partitioned_write_max_open_files": 1000,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return connection


def literal(text: str) -> str:
    """A text in a statement."""
    return "'" + text.replace("'", "''") + "'"


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Columns in a statement."""
    return ", ".join(prefix + quoted(name) for name in names)


def scan(paths: Sequence[Path], schema: pa.Schema) -> str:
    """A relation over Parquet files; columns a file lacks are null. `_file` is the file's path."""
    fields = ", ".join(f"NULL::{sql_type(field.type)} AS {quoted(field.name)}" for field in schema)
    empty = f"SELECT {fields}, NULL::VARCHAR AS _file WHERE false"
    if not paths:
        return f"({empty})"
    files = ", ".join(literal(str(path)) for path in paths)
    read = f"read_parquet([{files}], union_by_name = true, hive_partitioning = false, filename = '_file')"
    return f"(SELECT {listed(schema.names)}, _file FROM ({empty} UNION ALL BY NAME SELECT * FROM {read}))"


def write_files(
    connection: duckdb.DuckDBPyConnection, query: str, directory: Path, *, partitioned: bool = True
) -> tuple[DataFile, ...]:
    """Write a query's rows as Parquet below a directory, by its column `month` if partitioned."""
    directory.mkdir(parents=True, exist_ok=True)
    options = "FORMAT parquet, COMPRESSION zstd, RETURN_STATS true"
    target = directory
    if partitioned:
        options += ", PARTITION_BY (month), FILENAME_PATTERN 'part-{uuid}', OVERWRITE_OR_IGNORE true"
    else:
        name = connection.execute("SELECT uuid()::VARCHAR").fetchall()[0][0]
        target = directory / f"part-{name}.parquet"
    rows = connection.execute(f"COPY ({query}) TO {literal(str(target))} ({options})").fetchall()
    found = []
    for path, count, size, _, statistics, _ in rows:
        if not count:
            Path(path).unlink()
            continue
        simulated = statistics.get('"simulated"', {}).get("max") in ("1", "true")
        found.append(DataFile(str(Path(path).relative_to(directory)), count, size, simulated))
    return tuple(found)


def rewrite(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], schema: pa.Schema, directory: Path
) -> tuple[DataFile, ...]:
    """Write the rows of several files into one, all in one directory."""
    rows = f"SELECT {listed(schema.names)} FROM {scan(paths, schema)}"
    return write_files(connection, rows, directory, partitioned=False)


def rows_of(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], schema: pa.Schema
) -> list[tuple[object, ...]]:
    """All rows of some files."""
    return connection.execute(f"SELECT {listed(schema.names)} FROM {scan(paths, schema)}").fetchall()
