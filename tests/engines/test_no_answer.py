"""What has no right answer, or none that was proved, is refused on every engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from stamm.engines.duckdb import DuckDB
from stamm.engines.kind import CannotRunError
from stamm.lang.errors import EngineError
from tests.engines.conftest import Place
from tests.engines.edges import DAYS, MOMENT, MOMENTS, NAN, REAL, TEXT, edges

_ = ibis._


def wrong(name: str) -> ir.Table:
    """Something that has no right answer in 64 bits, or none at all."""
    table = edges(whole=(pa.int64(), (2**63 - 1, 1)), real=(pa.float64(), (1e19, NAN)), zero=(pa.int64(), (0, 0)))
    return {
        "sum of two": lambda: table.select(found=_.whole + 1),
        "product": lambda: table.select(found=_.whole * 2),
        "sum of all": lambda: table.aggregate(found=_.whole.sum()),
        "running sum": lambda: table.select(found=_.whole.sum().over(ibis.window(order_by="row", following=0))),
        "too large to be whole": lambda: table.select(found=_.real.cast("int64")),
        "too large for 32 bits": lambda: table.select(found=_.whole.cast("int32")),
        "logarithm of nothing": lambda: table.select(found=_.zero.cast("float64").ln()),
        "root of less than nothing": lambda: table.select(found=(_.zero - 4).cast("float64").sqrt()),
        "price too high": lambda: table.select(
            found=_.whole.cast("decimal(38, 9)") * ibis.literal(Decimal("1E20"), "decimal(38, 12)")
        ),
    }[name]()


@pytest.mark.parametrize(
    "name",
    [
        "sum of two",
        "product",
        "sum of all",
        "running sum",
        "too large to be whole",
        "too large for 32 bits",
        "logarithm of nothing",
        "root of less than nothing",
        "price too high",
    ],
)
def test_what_has_no_answer_gets_none(name: str, place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    reference, engine = DuckDB.over_tables({}), place.over_tables({})
    with pytest.raises((duckdb.Error, pa.ArrowInvalid)):
        reference.run(wrong(name))
    with pytest.raises(EngineError, match=rf"^{place.name} {place.fails}"):
        engine.run(wrong(name))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "made",
    [
        lambda at: at.real * at.real,
        lambda at: at.small * at.small,
        lambda at: at.real.exp(),
        lambda at: (-at.real).exp(),
    ],
)
def test_what_no_real_number_is_large_or_small_enough_for(made: Callable[[ir.Table], ir.Value], place: Place) -> None:
    """DuckDB says infinite, or nothing; an engine says the same, or refuses."""
    table = edges(real=(pa.float64(), (1e300,)), small=(pa.float64(), (1e-300,)))
    expression, engine = table.select(found=made(table)), place.over_tables({})
    try:
        found = engine.run(expression).to_pylist()
    except EngineError:
        return
    assert found == DuckDB.over_tables({}).run(expression).to_pylist()


def test_a_division_by_zero_is_refused_where_duckdb_says_infinite(place: Place) -> None:
    """No definition divides without `nullif(0)`; one that did would be told there, not answered."""
    with pytest.raises(EngineError):
        place.over_tables({}).run(edges(whole=(pa.int64(), (1, 0))).select(found=1 / _.whole))


@pytest.mark.parametrize(
    ("expression", "lack"),
    [
        (lambda table: table.select(found=_.text.upper()), "Uppercase"),
        (lambda table: table.select(found=_.real.round(2)), "Round(digits)"),
        (lambda table: table.select(found=_.real.cast("string")), "Cast(float64, string)"),
        (lambda table: table.select(found=_.at.delta(_.at, unit="day")), "TimestampDelta(unit)"),
        (lambda table: table.select(found=_.on.delta(_.on, unit="month")), "DateDelta(unit)"),
        (lambda table: table.aggregate(found=_.text.first(), other=_.text.argmax(_.real)), "ArgMax, First"),
    ],
)
def test_what_was_not_proved_is_refused_by_name(
    expression: Callable[[ir.Table], ir.Table], lack: str, place: Place
) -> None:
    table = edges(text=(pa.string(), TEXT), real=(pa.float64(), REAL), at=(MOMENT, MOMENTS), on=(pa.date32(), DAYS))
    with pytest.raises(
        CannotRunError, match=f"^This cannot be computed on {place.name}: it needs {re.escape(lack)}, not yet"
    ):
        place.over_tables({}).run(expression(table))
