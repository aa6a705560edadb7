"""What several questions need is computed once, and kept by the workers as long as the engine is open."""

from __future__ import annotations

from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stamm.answers.examples import arrow_of
from stamm.engines.kind import CannotRunError
from stamm.engines.spark.application import Application
from stamm.engines.spark.engine import Spark
from stamm.facts import imported
from tests.answers.small import order
from tests.engines.conftest import Place

_ = ibis._
#: a cluster takes half a minute to start
pytestmark = pytest.mark.long


@pytest.fixture
def engine(spark: Place, tmp_path: Path) -> Spark:
    rows = arrow_of("orders", [order(1, "anna", "2024-02-05", 300), order(2, "ben", "2024-02-06", 500)], "UTC")
    pq.write_table(rows, tmp_path / "orders.parquet")
    assert spark.over_files is not None
    found = spark.over_files({"orders": [str(tmp_path / "orders.parquet")]}, tmp_path)
    assert isinstance(found, Spark)
    return found


def per_customer(engine: Spark) -> ibis.Table:
    """As each of two questions would write it for itself."""
    return engine.table("orders").group_by("customer_id").agg(total=_.amount_minor.sum())


def test_it_is_computed_once(engine: Spark, tmp_path: Path) -> None:
    table = engine.held(per_customer(engine))
    assert engine.held(per_customer(engine)).equals(table)
    (tmp_path / "orders.parquet").unlink()  # nobody reads it again
    again = table.rename(who="customer_id", also="total")
    twice = table.join(again, table.customer_id == again.who).select("customer_id", both=_.total + _.also)
    found = engine.run(twice.order_by("customer_id")).to_pylist()
    assert found == [{"customer_id": "anna", "both": 600}, {"customer_id": "ben", "both": 1000}]


def test_nothing_stays_when_the_engine_is_closed(engine: Spark) -> None:
    assert Application.running is not None
    held = Application.running.first.sparkContext._jsc.sc().getPersistentRDDs
    before = held().size()
    engine.held(per_customer(engine))
    assert held().size() == before + 1
    engine.close()
    assert held().size() == before


def test_what_was_not_proved_is_refused(engine: Spark) -> None:
    with pytest.raises(CannotRunError, match="it needs Uppercase, not yet proved"):
        engine.held(engine.table("orders").select(loud=_.customer_id.upper()))


def test_of_tables_in_memory(engine: Spark) -> None:
    table = engine.held(ibis.memtable(pa.table({"number": [1, 2, 3]})).filter(_.number > 1))
    assert engine.run(table.aggregate(found=_.number.sum())).to_pylist() == [{"found": 5}]


def test_the_columns_are_those_of_the_expression(engine: Spark) -> None:
    table = engine.held(engine.table("orders"))
    wanted = imported()["orders"].schema()
    assert engine.run(table).schema.equals(wanted.remove(wanted.get_field_index("month")))
