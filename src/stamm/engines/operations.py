"""Which operations of an expression have been proved to give the same on every engine.

An engine other than DuckDB runs an expression only if all its operations stand here. So a definition that uses
something new is refused there, by name, until somebody has proved it: one line here and one in
tests/engines/test_operations.py, which tries every operation on values at the edge and fails for one it does not try.
"""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.expr.datatypes import DataType

from stamm.engines.kind import ON_DUCKDB, CannotRunError

#: operations that only hold others together
FRAME: frozenset[type[ops.Node]] = frozenset(
    {
        ops.Aggregate, ops.DatabaseTable, ops.Distinct, ops.DropColumns, ops.Field, ops.Filter, ops.InMemoryTable,
        ops.JoinChain, ops.JoinLink, ops.JoinReference, ops.Limit, ops.Literal, ops.Project, ops.Sort,
        ops.SortKey, ops.Union, ops.WindowBoundary, ops.WindowFunction,
    }
)  # fmt: skip
PROVED: frozenset[type[ops.Node]] = FRAME | {
    # numbers
    ops.Abs, ops.Add, ops.Divide, ops.Exp, ops.FloorDivide, ops.Ln, ops.Multiply, ops.Negate, ops.Round, ops.Sqrt,
    ops.Subtract,
    # comparing, choosing
    ops.And, ops.Between, ops.Coalesce, ops.Equals, ops.Greater, ops.GreaterEqual, ops.Greatest, ops.IfElse,
    ops.InValues, ops.IsNull, ops.Least, ops.Less, ops.LessEqual, ops.Not, ops.NotEquals, ops.NotNull, ops.NullIf,
    ops.Or, ops.SearchedCase, ops.SimpleCase,
    # text
    ops.StringConcat, ops.StringLength, ops.StartsWith,
    # time
    ops.Date, ops.DateAdd, ops.DateDelta, ops.DateSub, ops.DateTruncate, ops.ExtractEpochSeconds, ops.TimestampAdd,
    ops.TimestampDelta, ops.TimestampSub,
    # many rows to one
    ops.Any, ops.All, ops.Count, ops.CountDistinct, ops.CountStar, ops.Max, ops.Mean, ops.Median, ops.Min, ops.Sum,
    # a row among its neighbours
    ops.CumeDist, ops.DenseRank, ops.Lag, ops.Lead, ops.MinRank, ops.NTile, ops.PercentRank, ops.RowNumber,
}  # fmt: skip
#: casts from one kind of value to another; a kind beside itself means any size of it
CASTS = frozenset(
    {("boolean", "integer"), ("integer", "integer"), ("integer", "floating"), ("integer", "decimal"),
     ("floating", "integer"), ("decimal", "integer"), ("decimal", "floating"), ("timestamp", "date"),
     ("date", "timestamp")}
)  # fmt: skip
KINDS = ("boolean", "integer", "floating", "decimal", "timestamp", "date", "string", "interval", "null")


def kind_of(type_: DataType) -> str:
    """The kind of value a type holds: `int8` and `int64` are both `integer`."""
    return next((kind for kind in KINDS if getattr(type_, f"is_{kind}")()), str(type_))


def unproved(expression: ir.Table) -> Iterator[str]:
    """What in an expression has not been proved to be the same everywhere."""
    for node in expression.op().find(ops.Node):
        if isinstance(node, ops.Cast):
            before, after = node.arg.dtype, node.to
            if (kind_of(before), kind_of(after)) not in CASTS and before.copy(nullable=True) != after.copy(
                nullable=True
            ):
                yield f"Cast({before}, {after})"
        elif isinstance(node, ops.Round) and not _is_zero(node.digits):
            yield "Round(digits)"
        elif isinstance(node, ops.TimestampDelta) and not _is_microsecond(node.part):
            yield "TimestampDelta(unit)"
        elif isinstance(node, ops.DateDelta) and not _is_day(node.part):
            yield "DateDelta(unit)"
        elif type(node) not in PROVED:
            yield type(node).__name__


def _is_zero(digits: ops.Value | None) -> bool:
    return digits is None or (isinstance(digits, ops.Literal) and digits.value == 0)


def _is_microsecond(part: ops.Value) -> bool:
    """In larger units engines differ: some count borders crossed, others whole units elapsed."""
    return isinstance(part, ops.Literal) and part.value in ("us", "microsecond")


def _is_day(part: ops.Value) -> bool:
    """Days are days; of months and years engines count borders crossed, or whole ones elapsed."""
    return isinstance(part, ops.Literal) and part.value in ("D", "day")


def refuse_unproved(engine: str, expression: ir.Table, *, remedy: str = ON_DUCKDB) -> None:
    """Raise CannotRunError where an expression holds anything that has not been proved."""
    if found := sorted(set(unproved(expression))):
        why = f": it needs {', '.join(found)}, not yet proved to give the same there as on DuckDB."
        raise CannotRunError(engine, why, remedy=remedy)
