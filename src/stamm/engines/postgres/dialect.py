"""How an expression becomes SQL that says on PostgreSQL the same as on DuckDB, and asks for nothing but reading."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.common.exceptions import UnsupportedOperationError

from stamm.engines.postgres.expressions import Cell, FromEpoch, IsObject, Layer, LocalDay, MinorUnits, Moment, Skipped
from stamm.facts.faults import FIRST_YEAR, LAST_YEAR
from stamm.lang.money import currencies, exponent
from stamm.lang.stretches import DAY, Seconds, Stretches, stretches

#: white space that is no part of a cell
BLANKS = " \t\n\v\f\r"


class Compiler(PostgresCompiler):  # type: ignore[misc]
    """Ibis' compiler for PostgreSQL, where its SQL would give something else than DuckDB's or write a table.

    `views` are queries that stand in the place of tables: a view of our own would have to be written.
    """

    __slots__ = ("views",)

    def __init__(self) -> None:
        super().__init__()
        self.views: dict[str, str] = {}

    def visit_DatabaseTable(  # noqa: N802
        self, op: ops.DatabaseTable, *, name: str, namespace: ops.Namespace, **more: Any
    ) -> Any:
        if name in self.views and namespace.database is None:
            return sge.Table(this=sge.Var(this=f"({self.views[name]})")).as_("facts", table=True, quoted=True)
        return super().visit_DatabaseTable(op, name=name, namespace=namespace, **more)

    def visit_InMemoryTable(  # noqa: N802
        self, op: ops.InMemoryTable, *, name: str, schema: sch.Schema, data: Any
    ) -> Any:
        """Rows in memory stand in the query itself, an array a column: a temporary table would be written."""
        columns = data.to_pyarrow(schema).to_pydict()
        arrays = [
            self.cast(sge.Literal.string(array_of(columns[column])), dt.Array(type_))
            for column, type_ in schema.items()
        ]
        unnested = sge.Unnest(
            expressions=arrays,
            alias=sge.TableAlias(
                this=sg.to_identifier("given", quoted=True),
                columns=[sg.to_identifier(column, quoted=True) for column in schema.names],
            ),
        )
        return sg.select(
            *(exact(sg.column(column, quoted=True), type_).as_(column, quoted=True) for column, type_ in schema.items())
        ).from_(unnested)

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> Any:  # noqa: N802
        """Real numbers are real: PostgreSQL reads `86400.0` as a decimal, with a decimal's division."""
        if dtype.is_floating() and math.isfinite(value):
            return self.cast(sge.convert(repr(float(value))), dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: dt.DataType) -> Any:  # noqa: N802
        """A truth becomes a number of 32 bits at first; there is no other way."""
        if op.arg.dtype.is_boolean() and to.is_integer():
            arg = self.cast(arg, dt.int32)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Sum(self, op: ops.Sum, *, arg: Any, where: Any) -> Any:  # noqa: N802
        """A sum of whole numbers is whole; one beyond 64 bits is an error, on DuckDB too."""
        return self.cast(super().visit_Sum(op, arg=arg, where=where), op.dtype)

    def visit_Round(self, op: ops.Round, *, arg: Any, digits: Any) -> Any:  # noqa: N802
        """Halves away from zero; PostgreSQL rounds those of real numbers to even."""
        if op.arg.dtype.is_decimal():
            return self.f.round(arg, digits)
        if op.arg.dtype.is_integer():
            return super().visit_Round(op, arg=arg, digits=digits)
        if digits is not None and digits != sge.convert(0):
            raise UnsupportedOperationError("real numbers are not rounded to digits")
        whole = self.f.trunc(arg)
        nearest = whole + self.if_(self.f.abs(arg - whole) >= sge.convert("0.5"), self.f.sign(arg), 0)
        return self.cast(nearest, op.dtype)

    def visit_WindowFunction(self, op: ops.WindowFunction, *, func: Any, **more: Any) -> Any:  # noqa: N802
        """The cast of a sum stands around the sum and its window."""
        if not isinstance(func, sge.Cast):
            return super().visit_WindowFunction(op, func=func, **more)
        return self.cast(super().visit_WindowFunction(op, func=func.this, **more), op.dtype)

    def visit_ExtractEpochSeconds(self, op: ops.ExtractEpochSeconds, *, arg: Any) -> Any:  # noqa: N802
        """With the microseconds, as a real number."""
        return self.cast(self.f.extract("epoch", arg), dt.float64)

    # -- tables of a shop ------------------------------------------------------------
    def visit_Layer(self, op: Layer, *, parent: Any) -> Any:  # noqa: N802
        """PostgreSQL leaves a query as it is that says from which row on; said as a number, no two would work on it."""
        return sg.select(sge.Star()).from_(parent).offset(sge.Literal.string("0"))

    def visit_Cell(self, op: Cell, *, arg: Any) -> Any:  # noqa: N802
        trimmed = self.f.anon.btrim(sge.Cast(this=arg, to=sge.DataType.build("text")), BLANKS)
        return exact(self.f.nullif(trimmed, ""), op.dtype)

    def visit_IsObject(self, op: IsObject, *, arg: Any) -> Any:  # noqa: N802
        return self.f.anon.jsonb_typeof(sge.Cast(this=arg, to=sge.DataType.build("jsonb"))).eq("object")

    def visit_RegexSearch(self, op: ops.RegexSearch, *, arg: Any, pattern: Any) -> Any:  # noqa: N802
        """As an operator: the function is younger than the oldest server."""
        return sge.RegexpLike(this=arg, expression=pattern)

    def visit_LocalDay(self, op: LocalDay, *, arg: Any, zone: str) -> Any:  # noqa: N802
        days = stretches(zone, FIRST_YEAR, LAST_YEAR).of_days()
        return self.cast(self._utc(arg) + self._offset(days, days.start[1:], self._utc(arg)), dt.date)

    def visit_Moment(self, op: Moment, *, arg: Any, zone: str) -> Any:  # noqa: N802
        known = stretches(zone, FIRST_YEAR, LAST_YEAR)
        found = arg - self._offset(known, known.local_end[:-1], arg)
        return self._utc(self.f.greatest(found, self._picked(_moments(known.start), known.local_end[:-1], arg)))

    def visit_Skipped(self, op: Skipped, *, arg: Any, zone: str, bare: bool) -> Any:  # noqa: N802
        known = stretches(zone, FIRST_YEAR, LAST_YEAR)
        shown = known.local_start - (DAY if bare else 0)
        begun = self._picked(_moments(shown), known.local_end[:-1], arg)
        return arg <= begun if bare else arg < begun

    def visit_MinorUnits(self, op: MinorUnits, *, arg: Any) -> Any:  # noqa: N802
        codes: dict[int, list[str]] = {}
        for code in currencies():
            codes.setdefault(exponent(code), []).append(code)
        arrays = {
            digits: self.cast(sge.Literal.string(array_of(some)), dt.Array(dt.string)) for digits, some in codes.items()
        }
        ifs = [self.if_(arg.eq(self.f.any(array)), 10**digits) for digits, array in sorted(arrays.items())]
        return sge.Case(ifs=ifs)

    def visit_FromEpoch(self, op: FromEpoch, *, arg: Any) -> Any:  # noqa: N802
        first = self.cast("1970-01-01T00:00:00+00:00", op.dtype)
        return first + arg * sge.Interval(this=sge.convert("1"), unit=sge.Var(this="MILLISECOND"))

    def _utc(self, arg: Any) -> Any:
        """A moment as the time in UTC, and the other way round."""
        return self.f.anon.timezone("UTC", arg)

    def _offset(self, known: Stretches, borders: Seconds, at: Any) -> Any:
        offsets = sge.Literal.string(array_of(f"{offset} s" for offset in known.offset.tolist()))
        return self._picked(
            sge.Cast(this=offsets, to=sge.DataType.build("interval[]", dialect="postgres")), borders, at
        )

    def _picked(self, values: sge.Expression, borders: Seconds, at: Any) -> Any:
        """The value that holds at a time in UTC or a local time: the next one from each border on."""
        place = self.f.anon.width_bucket(at, _moments(borders)) + 1
        return sge.Bracket(this=sge.paren(values), expressions=[place])


def _moments(seconds: Seconds) -> sge.Expression:
    shown = (datetime.fromtimestamp(second, UTC).replace(tzinfo=None) for second in seconds.tolist())
    return sge.Cast(this=sge.Literal.string(array_of(shown)), to=sge.DataType.build("timestamp[]", dialect="postgres"))


def exact(value: sge.Expression, type_: dt.DataType) -> sge.Expression:
    """A text that is compared and sorted by its characters, as on DuckDB, whatever the database is set to."""
    return sge.Collate(this=value, expression=sg.to_identifier("C", quoted=True)) if type_.is_string() else value


def array_of(values: Iterable[Any]) -> str:
    """Values as the text of an array."""
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime | date):
        return f'"{value.isoformat()}"'
    raise TypeError(f"a {type(value).__name__} cannot stand in a query")
