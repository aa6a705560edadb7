"""How an expression becomes Spark SQL that says the same as on DuckDB."""

from __future__ import annotations

import math
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

MICROSECONDS = 1_000_000


class SparkCompiler(PySparkCompiler):  # type: ignore[misc]
    """Ibis' compiler for Spark, where its SQL would give something else than DuckDB's."""

    __slots__ = ()

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> Any:  # noqa: N802
        """Real numbers are real: Spark reads `86400.0` as a decimal, with a decimal's rounding and overflow."""
        if dtype.is_floating() and math.isfinite(value):
            return self.cast(sge.convert(repr(float(value))), dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_CountStar(self, op: ops.CountStar, *, arg: Any, where: Any) -> Any:  # noqa: N802
        """None is 0, not nothing."""
        return super().visit_CountStar(op, arg=arg, where=None) if where is None else self.f.count_if(where)

    def visit_IsNull(self, op: ops.IsNull, *, arg: Any) -> Any:  # noqa: N802
        """What is not a number is not nothing."""
        return arg.is_(NULL)

    def visit_NotNull(self, op: ops.NotNull, *, arg: Any) -> Any:  # noqa: N802
        return sge.Not(this=sge.paren(arg.is_(NULL)))

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: dt.DataType) -> Any:  # noqa: N802
        """A number becomes the nearest whole one (Spark would cut): a real one half to even, a decimal half up."""
        if to.is_integer() and op.arg.dtype.is_floating():
            arg = self.f.anon.rint(arg)
        elif to.is_integer() and op.arg.dtype.is_decimal():
            arg = self.f.round(arg, 0)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Median(self, op: ops.Median, *, arg: Any, where: Any) -> Any:  # noqa: N802
        """Of the rows that count (Ibis would ask only some of them for their half)."""
        return self.f.percentile(arg if where is None else self.if_(where, arg, NULL), 0.5)

    def visit_Ln(self, op: ops.Ln, *, arg: Any) -> Any:  # noqa: N802
        """What has no logarithm is an error, not nothing."""
        return self.if_(arg <= 0, self._failing("there is no logarithm of 0 or less"), self.f.ln(arg))

    def visit_Sqrt(self, op: ops.Sqrt, *, arg: Any) -> Any:  # noqa: N802
        """What has no root is an error, not `nan`."""
        return self.if_(arg < 0, self._failing("there is no square root of less than 0"), self.f.sqrt(arg))

    def _failing(self, why: str) -> Any:
        return self.cast(self.f.anon.raise_error(why), dt.float64)

    def visit_ExtractEpochSeconds(self, op: ops.ExtractEpochSeconds, *, arg: Any) -> Any:  # noqa: N802
        """With the microseconds, also before 1970."""
        return self.f.anon.unix_micros(self.cast(arg, dt.Timestamp("UTC"))) / self.cast(MICROSECONDS, dt.float64)

    def visit_WindowFunction(self, op: ops.WindowFunction, **more: Any) -> Any:  # noqa: N802
        """Places in an order have 64 bits, as Ibis takes them to have."""
        found = super().visit_WindowFunction(op, **more)
        return self.cast(found, op.dtype) if isinstance(op.func, ops.RankBase | ops.NTile) else found
