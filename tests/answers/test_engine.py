"""DuckDB over files: older files, and no way out of its directory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stamm.answers.examples import arrow_of
from stamm.engines.duckdb import DuckDB
from stamm.facts import FACTS
from tests.answers.small import order

_ = ibis._


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDB]:
    """Two files of orders, the older without the columns channel and cancelled_at; another file beside the lake."""
    lake = tmp_path / "it's a lake"
    lake.mkdir()
    rows = arrow_of("orders", [order(1, "anna", "2024-02-05", channel="web")], "UTC")
    older = arrow_of("orders", [order(2, "ben", "2023-02-05")], "UTC").drop(["channel", "cancelled_at"])
    pq.write_table(older, lake / "older.parquet")
    pq.write_table(rows.append_column("no_longer", pa.array(["x"])), lake / "newer.parquet")
    pq.write_table(rows, tmp_path / "beside.parquet")
    (tmp_path / "beside.csv").write_text("a\n1\n")
    made = DuckDB.over_files({"orders": [str(lake / "older.parquet"), str(lake / "newer.parquet")]}, lake)
    yield made
    made.close()


def test_a_column_that_an_older_file_lacks_is_null(engine: DuckDB) -> None:
    rows = engine.run(engine.table("orders").order_by("order_id")).to_pylist()
    assert [(row["order_id"], row["channel"], row["cancelled_at"]) for row in rows] == [
        ("o1", "web", None),
        ("o2", None, None),
    ]
    assert list(rows[0]) == [name for name in FACTS["orders"].schema().names if name != "month"]  # type: ignore[attr-defined]


def test_a_column_that_every_file_lacks_is_null(tmp_path: Path) -> None:
    old = arrow_of("orders", [order(2, "ben", "2023-02-05")], "UTC").drop(["channel"])
    pq.write_table(old, tmp_path / "older.parquet")
    made = DuckDB.over_files({"orders": [str(tmp_path / "older.parquet")]}, tmp_path)
    assert made.run(made.table("orders").select("channel")).to_pylist() == [{"channel": None}]
    made.close()


def test_a_kind_without_files_is_empty(engine: DuckDB) -> None:
    assert engine.run(engine.table("returns")).num_rows == 0


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_parquet('{beside}/beside.parquet')",
        "SELECT * FROM '{beside}/beside.csv'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('{lake}/../beside.csv')",
        "COPY (SELECT 1) TO '{beside}/out.csv'",
        "ATTACH '{beside}/other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
    ],
)
def test_nothing_else_can_be_reached(engine: DuckDB, tmp_path: Path, query: str) -> None:
    with pytest.raises(duckdb.Error):
        engine._backend.raw_sql(query.format(beside=tmp_path, lake=tmp_path / "it''s a lake"))
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "query",
    [
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "SET memory_limit = '1GB'",
        "RESET lock_configuration",
    ],
)
def test_the_configuration_is_locked(engine: DuckDB, query: str) -> None:
    with pytest.raises(duckdb.Error):
        engine._backend.raw_sql(query)


def test_files_of_the_lake_itself_can_be_read(engine: DuckDB, tmp_path: Path) -> None:
    path = str(tmp_path / "it''s a lake" / "newer.parquet")
    assert engine._backend.raw_sql(f"SELECT count(*) FROM '{path}'").fetchone() == (1,)


def test_moments_are_utc(engine: DuckDB) -> None:
    (row,) = engine._backend.raw_sql("SELECT current_setting('TimeZone')").fetchall()
    assert row == ("UTC",)


def test_tables_in_memory_are_locked_too(tmp_path: Path) -> None:
    (tmp_path / "beside.csv").write_text("a\n1\n")
    made = DuckDB.over_tables({})
    with pytest.raises(duckdb.Error):
        made._backend.raw_sql(f"SELECT * FROM '{tmp_path}/beside.csv'")


@pytest.mark.parametrize(
    "at",
    [
        datetime(1500, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
        datetime(2024, 3, 31, 0, 30, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_time_passes_to_the_microsecond_whatever_the_calendar(at: datetime) -> None:
    since, table = datetime(2024, 2, 29, 12, tzinfo=UTC), ibis.memtable(pa.table({"at": [at, None]}))
    made = DuckDB.over_tables({})
    found = made.run(
        table.select(
            passed=_.at.delta(since, unit="microsecond"),
            ago=-_.at.delta(since, unit="microsecond"),
            later=_.at + ibis.interval(hours=2160),
            sooner=_.at - ibis.interval(minutes=30),
            next_day=_.at + ibis.interval(days=1),
        )
    ).to_pylist()
    made.close()
    passed = (at - since) // timedelta(microseconds=1)
    assert found[0] == {
        "passed": passed,
        "ago": -passed,
        "later": at + timedelta(days=90),
        "sooner": at - timedelta(minutes=30),
        "next_day": at + timedelta(days=1),
    }
    assert set(found[1].values()) == {None}
