"""Operations that tables of a shop need and Ibis does not have; `dialect` says them in SQL.

Moments become local days, and local times become moments, by the time zones of this program: those of the server may
be older, and a day would be another one there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.rules as rlz
import ibis.expr.types as ir
from ibis.common.deferred import deferrable
from ibis.expr.operations.relations import Simple


class Cell(ops.Value):  # type: ignore[misc]
    """What stands in a column of any type, as text without the white space around it; null where nothing is left."""

    arg: ops.Value

    dtype = dt.string
    shape = rlz.shape_like("arg")


class IsObject(ops.Value):  # type: ignore[misc]
    """Whether JSON is an object."""

    arg: ops.Value

    dtype = dt.boolean
    shape = rlz.shape_like("arg")


class LocalDay(ops.Value):  # type: ignore[misc]
    """The local day of a moment."""

    arg: ops.Value[dt.Timestamp]
    zone: str

    dtype = dt.date
    shape = rlz.shape_like("arg")


class Moment(ops.Value):  # type: ignore[misc]
    """The moment at which clocks showed a local time, the first of two; of one that they skipped, when they did."""

    arg: ops.Value[dt.Timestamp]
    zone: str

    dtype = dt.Timestamp("UTC")
    shape = rlz.shape_like("arg")


class FromEpoch(ops.Value):  # type: ignore[misc]
    """The moment so many milliseconds after the first instant of 1970 in UTC."""

    arg: ops.Value[dt.Integer]

    dtype = dt.Timestamp("UTC")
    shape = rlz.shape_like("arg")


class Skipped(ops.Value):  # type: ignore[misc]
    """Whether clocks skipped a local time; `bare`: whether they skipped the whole day that begins with it."""

    arg: ops.Value[dt.Timestamp]
    zone: str
    bare: bool

    dtype = dt.boolean
    shape = rlz.shape_like("arg")


class MinorUnits(ops.Value):  # type: ignore[misc]
    """Minor units in a major one of a currency: 100 for EUR; null for what is no ISO 4217 code."""

    arg: ops.Value[dt.String]

    dtype = dt.int64
    shape = rlz.shape_like("arg")


class Layer(Simple):  # type: ignore[misc]
    """The same rows; what is computed below is computed once, however often it is used above."""


def _made(operation: type[ops.Value]) -> Callable[..., Any]:
    """An operation as a function of columns, at hand or to come."""

    def made(*arguments: Any) -> Any:
        return operation(*arguments).to_expr()

    function: Callable[..., Any] = deferrable(made)
    return function


cell = _made(Cell)
is_object = _made(IsObject)
local_day = _made(LocalDay)
moment_of = _made(Moment)
skipped_by = _made(Skipped)
from_epoch = _made(FromEpoch)
minor_units = _made(MinorUnits)


def layered(table: ir.Table) -> ir.Table:
    """A table whose columns are computed once."""
    return Layer(table).to_expr()
