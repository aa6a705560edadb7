"""What a driver gives as cells: text in canonical writing, marked where the database itself has a type for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from stamm.sources.checking import Raw
from stamm.sources.local_time import Mask
from stamm.sources.reading.flaws import without_nul

#: real numbers up to here are whole exactly where they look so
_EXACT = 2**53
#: numbers with more digits than these are written with an exponent
_DIGITS = 40


def raw_of(names: Sequence[str], rows: Sequence[Sequence[Any]], first: int) -> Raw:
    """Rows as columns; the first of them has that number. A column that is not named comes to nothing."""
    columns: dict[str, pa.Array] = {}
    native: dict[str, Mask] = {}
    for place, name in enumerate(names):
        values = [row[place] for row in rows]
        columns[name] = pa.array([_cell(value) for value in values], pa.string())
        native[name] = np.array([isinstance(value, _NATIVE) for value in values], dtype=bool)
    lines = np.arange(first, first + len(rows), dtype=np.int64)
    return without_nul(Raw(columns, lines, native))


_NATIVE = (bool, int, float, Decimal, date)  # a moment is a date, too


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _number(value: int | float | Decimal) -> str:
    """A number, or a truth, which is one to Python."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= _EXACT else repr(value)
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() and abs(value.adjusted()) <= _DIGITS else str(value)
    return str(value)
