"""Answers as Arrow tables, and as the Parquet files they become."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stamm.analyses.kind import ROWS
from stamm.answers.answer import Answer
from stamm.answers.records import Record, about, records_of, table_names, table_records_of
from stamm.answers.table import TableAnswer


def as_arrow(answer: Answer | TableAnswer, table: str = ROWS) -> pa.Table:
    """The rows of an answer, or of one table of an analysis; what holds for all of them is its metadata."""
    if isinstance(answer, Answer):
        return arrow_of(records_of(answer), about(answer))
    return arrow_of(table_records_of(answer, table), about(answer), table_names(answer, table))


def arrow_of(records: Sequence[Record], holds: Record, names: Sequence[str] = ()) -> pa.Table:
    """Records as a table of these columns (without names: those of the first record)."""
    columns = {name: _column(name, [record[name] for record in records]) for name in (names or records[0])}
    metadata = {
        name: value if isinstance(value, str) else json.dumps(value, default=_iso) for name, value in holds.items()
    }
    return pa.table(columns).replace_schema_metadata(metadata)


def parquet_of(table: pa.Table) -> bytes:
    """A table as a Parquet file."""
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _column(name: str, values: list[Any]) -> pa.Array:
    """A column whose type does not depend on which of its cells are known, as far as values can tell."""
    known = [value for value in values if value is not None]
    if any(isinstance(value, float) for value in known) or (not known and name in {"value", "low", "high"}):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if not known:
        return pa.array(values, pa.date32() if name.endswith(("_start", "_end")) else pa.string())
    return pa.array(values)


def _iso(value: date) -> str:
    return value.isoformat()
