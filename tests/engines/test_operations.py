"""Every operation that a definition may use gives the same on every engine, also at the edges of its values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from stamm.engines.duckdb import DuckDB
from stamm.engines.operations import CASTS, PROVED, kind_of
from tests.engines.agreement import differences
from tests.engines.conftest import Place
from tests.engines.edges import BIG, DAYS, EXACT, INF, MOMENT, MOMENTS, NAN, REAL, TEXT, WHOLE, edges, pairs

_ = ibis._


def numbers() -> ir.Table:
    whole, real = pairs(pa.int64(), WHOLE[:9]), pairs(pa.float64(), REAL)
    small = whole.filter(_.a.abs() < 2**31, _.b.abs() < 2**31).select(
        _.row,
        whole_sum=_.a + _.b,
        whole_less=_.a - _.b,
        whole_times=_.a * _.b,
        whole_share=_.a / _.b.nullif(0),
        minus=-_.a,
        size=_.a.abs(),
        whole_steps=_.a // _.b.nullif(0),
        literal=_.a * 3 + 1,
        third=_.a / 3.0,
    )
    size = (_.a.abs() < 1e200) & (_.a.abs() > 1e-200) | (_.a == 0)
    within = real.mutate(c=size.ifelse(_.a, None))
    shown = within.select(
        _.row,
        real_sum=_.a + _.b,
        real_less=_.a - _.b,
        real_times=_.c * _.b,
        real_share=_.c / _.b.nullif(0.0),
        turned=-_.a,
        real_size=_.a.abs(),
        exp=(_.a.abs() < 700).ifelse(_.a, None).exp(),
        ln=(_.a > 0).ifelse(_.a, None).ln(),
        root=(_.a >= 0).ifelse(_.a, None).sqrt(),
        literal=_.a * 86_400.0 + 0.1,
        nearest=(_.a.abs() < 1e15).ifelse(_.a, None).round(),
    )
    return shown.left_join(small, "row").drop("row_right")


def comparing(type_: pa.DataType, values: tuple[Any, ...]) -> Callable[[], ir.Table]:
    def made() -> ir.Table:
        table = pairs(type_, values)
        some = values[1:3]
        return table.select(
            _.row,
            equal=_.a == _.b,
            other=_.a != _.b,
            less=_.a < _.b,
            at_most=_.a <= _.b,
            more=_.a > _.b,
            at_least=_.a >= _.b,
            between=_.a.between(_.b, _.b),
            greatest=ibis.greatest(_.a, _.b),
            least=ibis.least(_.a, _.b),
            first=ibis.coalesce(_.a, _.b),
            none=_.a.isnull(),
            some=_.a.notnull(),
            if_not=_.a.nullif(_.b),
            one_of=_.a.isin(some),
            both=_.a.notnull() & (_.a > _.b),
            either=_.a.isnull() | (_.a > _.b),
            not_less=~(_.a < _.b),
            chosen=(_.a < _.b).ifelse(_.a, _.b),
            cased=ibis.cases((_.a < _.b, "less"), (_.a > _.b, "more"), else_="neither"),
            matched=_.a.cases((values[1], 1), (values[2], 2), else_=3),
        )

    return made


def texts() -> ir.Table:
    table = pairs(pa.string(), TEXT)
    literals = {f"is_{number}": _.a == text for number, text in enumerate(TEXT) if text is not None}
    return table.select(
        _.row,
        joined=ibis.literal("customer:") + table.a + table.b,
        length=_.a.length(),
        starts=_.a.startswith("a"),
        **literals,
    )


def times() -> ir.Table:
    table = edges(at=(MOMENT, MOMENTS), on=(pa.date32(), DAYS[:-1]))
    return table.select(
        _.row,
        seconds=_.at.epoch_seconds().cast("float64"),
        day=_.at.date(),
        later=(_.at + ibis.interval(hours=2160)) > _.at,
        sooner=_.at - ibis.interval(minutes=30),
        next_year=_.on + ibis.interval(days=365),
        last_week=_.on - ibis.interval(days=7),
        days=_.on.delta(ibis.date("2024-01-01"), unit="day"),
        month=_.on.truncate("M"),
        week=_.on.truncate("W"),
        year=_.on.truncate("Y"),
        quarter=_.on.truncate("Q"),
        never=ibis.coalesce(_.at, ibis.timestamp("9999-01-01", timezone="UTC")),
        before=_.at < ibis.timestamp("1969-12-31 23:59:59.750001", timezone="UTC"),
        midnight=_.on.cast("timestamp('UTC')"),
    )


def elapsed() -> ir.Table:
    """To the microsecond, also backwards and before 1970; whole steps of a day, exactly a day and just under it."""
    near = (datetime(2024, 3, 30, 1, 0, 0, 1, tzinfo=UTC), datetime(2024, 3, 30, 1, 0, 0, 2, tzinfo=UTC))
    table = pairs(MOMENT, (*MOMENTS, *near))
    between = table.select(_.row, passed=_.a.delta(_.b, unit="microsecond"))
    return between.mutate(steps=_.passed // 86_400_000_000, weeks=_.passed // (7 * 86_400_000_000))


def casts() -> ir.Table:
    table = edges(
        whole=(pa.int64(), WHOLE),
        flag=(pa.bool_(), (None, True, False)),
        exact=(pa.decimal128(38, 9), EXACT),
        real=(pa.float64(), (None, 0.5, 1.5, 2.5, -0.5, -2.5, 0.49999999999999994, 1e15 + 0.5, -1e15)),
    )
    rate = ibis.literal(Decimal("0.499999700000"), "decimal(38, 12)")
    return table.select(
        _.row,
        flag=_.flag.cast("int64"),
        real=_.whole.cast("float64"),
        whole=_.real.cast("int64"),
        cut=_.exact.cast("int64"),
        exact_real=_.exact.cast("float64"),
        exact_round=_.exact.round().cast("int64"),
        small=(_.whole.abs() < 100).ifelse(_.whole, None).cast("int32"),
        priced=((_.whole.abs() < 2**53).ifelse(_.whole, None).cast("decimal(38, 9)") * rate).round().cast("int64"),
        day=ibis.timestamp("1969-12-31 23:59:59.75", timezone="UTC").cast("date"),
        small_sum=_.whole.cast("int64") + _.flag.cast("int8").cast("int64"),
    )


def reductions() -> ir.Table:
    table = edges(
        group=(pa.string(), ["one"] * 3 + ["two"] * 3 + [None] * 3 + ["none"]),
        whole=(pa.int64(), [1, 2, None, 5, 5, BIG, -BIG, 3, 4, None]),
        real=(pa.float64(), [0.1, 0.2, 0.3, 1e16, 1.0, -1e16, None, 2.5, NAN, None]),
        text=(pa.string(), [*TEXT[4:13], None]),
        at=(MOMENT, [*MOMENTS, *MOMENTS[1:3]]),
        flag=(pa.bool_(), [True, False, None, None, None, False, True, True, True, None]),
        on=(pa.date32(), [*DAYS, *DAYS[1:4]]),
    )
    where = _.whole > 3
    return table.group_by("group").aggregate(
        rows=_.count(),
        some=_.count(where=where),
        whole_count=_.whole.count(),
        some_count=_.whole.count(where=where),
        different=_.text.nunique(),
        some_different=_.text.nunique(where=where),
        sum=_.whole.sum(),
        some_sum=_.whole.sum(where=where),
        flags=_.flag.sum(),
        real_max=_.real.max(),
        real_min=_.real.min(),
        mean=_.whole.mean(),
        real_mean=_.real.mean(where=_.whole < 5),
        median=_.whole.median(),
        some_median=_.real.median(where=_.whole < 5),
        first=_.at.min(),
        last=_.at.max(where=where),
        text_max=_.text.max(),
        text_min=_.text.min(),
        any=_.flag.any(),
        all=_.flag.all(),
        some_any=(_.whole == 5).any(where=where),
        on=_.on.max(),
    )


def neighbours() -> ir.Table:
    table = edges(
        group=(pa.string(), [*"aaaaabbbbb"]),
        at=(MOMENT, [*MOMENTS, *MOMENTS[1:3]]),
        whole=(pa.int64(), [5, 5, None, 1, 2, 2, 2, 9, 0, None]),
        real=(pa.float64(), [0.5, 1.5, None, NAN, INF, 0.0, 0.0, -1.0, None, 2.0]),
        text=(pa.string(), [*TEXT[:10]]),
    )
    tied, total = (
        ibis.window(group_by="group", order_by="whole"),
        ibis.window(group_by="group", order_by=["text", "row"]),
    )
    down = ibis.window(group_by="group", order_by=[ibis.desc("real"), "row"])
    running = ibis.window(group_by="group", order_by=["at", "row"], following=0)
    before = ibis.window(group_by="group", order_by=["at", "row"], preceding=(None, 1))
    after = ibis.window(group_by="group", order_by=["at", "row"], preceding=0, following=None)
    everything = ibis.window(group_by="group")
    return table.select(
        _.row,
        place=ibis.row_number().over(total) * 1_000_000_000,
        down=ibis.row_number().over(down),
        rank=ibis.rank().over(tied),
        dense=ibis.dense_rank().over(tied),
        share=ibis.percent_rank().over(tied),
        below=ibis.cume_dist().over(tied),
        fifth=ibis.ntile(5).over(total),
        previous=_.at.lag().over(total),
        next=_.at.lead().over(down),
        two_on=_.whole.lead(2).over(total),
        sum=_.whole.sum().over(running),
        so_far=_.whole.max().over(before),
        rest=_.whole.sum().over(after),
        least=_.whole.min().over(everything),
        of_all=_.real.max().over(everything),
        counted=_.count().over(running),
        mean=_.whole.mean().over(everything),
    )


def frame() -> ir.Table:
    table = edges(key=(pa.string(), (None, "a", "a", "b", "")), whole=(pa.int64(), (1, 2, 2, 3, None)))
    other = edges(key=(pa.string(), ("a", "b", None, "c")), since=(pa.int64(), (0, 2, 1, 1))).rename(
        other_key="key", number="row"
    )
    joined = table.left_join(other, [table.key == other.other_key, table.whole >= other.since])
    crossed = table.inner_join(other, [table.whole < other.since]).select("key", "whole", "since")
    both = joined.select("key", "whole", "since").union(crossed, distinct=True).union(crossed, distinct=False)
    return both.filter(_.whole > 1).distinct().order_by("whole", "since", "key").limit(5).drop("key")


TRIED: dict[str, Callable[[], ir.Table]] = {
    "numbers": numbers,
    "whole numbers": comparing(pa.int64(), WHOLE),
    "real numbers": comparing(pa.float64(), REAL),
    "texts compared": comparing(pa.string(), TEXT),
    "moments": comparing(MOMENT, MOMENTS),
    "days": comparing(pa.date32(), DAYS),
    "flags": comparing(pa.bool_(), (None, True, False)),
    "texts": texts,
    "times": times,
    "elapsed": elapsed,
    "casts": casts,
    "reductions": reductions,
    "neighbours": neighbours,
    "frame": frame,
}


@pytest.mark.parametrize("name", TRIED)
def test_the_same_as_on_duckdb(name: str, place: Place) -> None:
    expression = TRIED[name]()
    reference, engine = DuckDB.over_tables({}), place.over_tables({})
    wanted, found = reference.run(expression), engine.run(expression)
    assert found.schema.equals(wanted.schema)
    assert not differences(found.to_pylist(), wanted.to_pylist())


def test_every_operation_is_tried() -> None:
    tried = {type(node) for made in TRIED.values() for node in made().op().find(ops.Node)}
    assert {operation.__name__ for operation in PROVED - tried - {ops.DatabaseTable}} == set()
    casts = [node for made in TRIED.values() for node in made().op().find(ops.Cast)]
    kinds = {(kind_of(node.arg.dtype), kind_of(node.to)) for node in casts}
    assert CASTS - kinds == set()
