"""Values at the edge: nothing, `nan`, 2^53 + 1, the years 1500 and 9999, quotation marks in texts; tables of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

BIG = 2**62
MOMENT = pa.timestamp("us", tz="UTC")
NAN, INF = float("nan"), float("inf")

WHOLE = (None, 0, 1, -1, 2, 7, -7, 2**31, 2**53 + 1, -(2**53) - 1, BIG)
REAL = (None, 0.0, -0.0, 0.5, 1.5, -2.5, 0.1, 1e-300, 1e300, NAN, INF, -INF)
TEXT = (
    None,
    "",
    "a",
    "A",
    "B",
    "Z",
    "ä",
    "z",
    "é",
    "e\u0301",
    "ß",
    "\U0001f600",
    "it's",
    'a "b" `c`',
    "back\\slash\n",
    "%_",
)
MOMENTS = (
    None,
    datetime(1500, 2, 28, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 750000, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2024, 3, 31, 1, 0, 0, 1, tzinfo=UTC),
    datetime(9999, 1, 1, tzinfo=UTC),
)
DAYS = (
    None,
    date(1500, 2, 28),
    date(1969, 12, 31),
    date(1970, 1, 1),
    date(2024, 2, 29),
    date(2024, 12, 30),
    date(9999, 1, 1),
)
EXACT = (None, *map(Decimal, ("0", "0.5", "-0.5", "1.5", "2.5", "0.499999999", "-123456789.987654321")))


def edges(**columns: tuple[Any, list[Any] | tuple[Any, ...]]) -> ir.Table:
    """A table of values at the edge, one column after another (null where the others are longer)."""
    length = max(len(values) for _, values in columns.values())
    filled = {name: [*values, *[None] * (length - len(values))] for name, (_, values) in columns.items()}
    return ibis.memtable(
        pa.table(
            {
                "row": pa.array(range(length), pa.int64()),
                **{name: pa.array(filled[name], type_) for name, (type_, _) in columns.items()},
            }
        )
    )


def pairs(type_: pa.DataType, values: tuple[Any, ...]) -> ir.Table:
    """Every value beside every other: columns `a` and `b`."""
    both = [(a, b) for a in values for b in values]
    return edges(a=(type_, [a for a, _ in both]), b=(type_, [b for _, b in both]))
