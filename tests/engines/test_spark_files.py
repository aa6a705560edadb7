"""Spark over the store's files: older ones, odd places, moments far away, and nothing left behind."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stamm.answers.examples import arrow_of
from stamm.engines.duckdb import DuckDB
from stamm.facts import imported
from stamm.lang.errors import EngineError
from tests.answers.small import order
from tests.engines.conftest import Place

_ = ibis._
#: a cluster takes half a minute to start
pytestmark = pytest.mark.long


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake in a folder whose name is a pattern, an address and a quotation."""
    place = tmp_path / "it's a [l]a*ke {1,2} 100% #ü" / "orders" / "month=2024-02"
    place.mkdir(parents=True)
    return place


def test_files_of_several_ages(spark: Place, lake: Path) -> None:
    rows = arrow_of("orders", [order(1, "anna", "2024-02-05", channel="web")], "UTC")
    older = arrow_of("orders", [order(2, "ben", "2023-02-05")], "UTC").drop(["channel", "cancelled_at"])
    shuffled = rows.select(rows.column_names[::-1]).append_column("no_longer", pa.array(["x"]))
    pq.write_table(older, lake / "older.parquet")
    pq.write_table(shuffled, lake / "newer.parquet")
    files = {"orders": [str(lake / "older.parquet"), str(lake / "newer.parquet")]}
    wanted, found = (
        engine.run(engine.table("orders").order_by("order_id"))
        for engine in (DuckDB.over_files(files, lake), spark.over_files(files, lake))
    )
    assert found.schema.equals(wanted.schema)
    assert found.to_pylist() == wanted.to_pylist()
    assert [(row["order_id"], row["channel"]) for row in found.to_pylist()] == [("o1", "web"), ("o2", None)]


def test_a_kind_without_files_is_empty(spark: Place, lake: Path) -> None:
    engine, reference = spark.over_files({}, lake), DuckDB.over_files({}, lake)
    for kind in imported():
        assert engine.run(engine.table(kind).limit(1)).equals(reference.run(reference.table(kind).limit(1))), kind


def test_moments_far_away(spark: Place, lake: Path) -> None:
    rows = arrow_of("orders", [order(1, "anna", "2024-02-05"), order(2, "ben", "2024-02-05")], "UTC")
    far = {
        "ordered_at": [
            datetime(1500, 2, 28, 23, 59, 59, 999999, tzinfo=UTC),
            datetime(9999, 12, 30, 23, 59, 59, 1, tzinfo=UTC),
        ],
        "ordered_on": [date(1500, 2, 28), date(9999, 12, 30)],
    }
    for name, values in far.items():
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, name, pa.array(values, rows.schema.field(name).type))
    pq.write_table(rows, lake / "far.parquet")
    engine = spark.over_files({"orders": [str(lake / "far.parquet")]}, lake)
    assert engine.run(engine.table("orders").order_by("order_id")).to_pylist() == rows.to_pylist()


def test_a_file_that_a_worker_does_not_find(spark: Place, lake: Path) -> None:
    file = lake / "gone.parquet"
    pq.write_table(arrow_of("orders", [order(1, "anna", "2024-02-05")], "UTC"), file)
    engine = spark.over_files({"orders": [str(file)]}, lake)
    orders = engine.table("orders")
    file.unlink()
    with pytest.raises(EngineError, match=r"^A worker of Spark cannot read the project's files: .*gone\.parquet"):
        engine.run(orders.aggregate(most=_.amount_minor.max()))


def test_a_file_that_is_not_there(spark: Place, lake: Path) -> None:
    engine = spark.over_files({"orders": [str(lake / "never.parquet")]}, lake)
    with pytest.raises(EngineError, match=r"^A worker of Spark cannot read the project's files: .*never\.parquet"):
        engine.table("orders")


def test_texts_reach_spark_as_they_are(spark: Place) -> None:
    odd = ["it's", "a\\'b", "`c`", '"d"', "\\", "\n\t", "${x}", "x' OR '1'='1", "%s", "ü\u2028"]
    table = arrow_of("orders", [order(number, text, "2024-02-05") for number, text in enumerate(odd)], "UTC")
    engine = spark.over_tables({"orders": table})
    counted = {f"n{number}": _.count(where=_.customer_id == text) for number, text in enumerate(odd)}
    (row,) = engine.run(engine.table("orders").aggregate(**counted)).to_pylist()
    assert row == dict.fromkeys(counted, 1)
