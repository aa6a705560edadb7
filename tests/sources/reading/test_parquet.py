"""Parquet as rows."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stamm.sources.reading import open_rows, parquet
from tests.sources.reading.whole import read, refusal


def put(folder: Path, table: pa.Table, **more: object) -> Path:
    path = folder / "any.parquet"
    pq.write_table(table, path, **more)
    return path


def test_columns_keep_their_types(tmp_path: Path) -> None:
    row = {"id": 1, "day": date(2024, 2, 10), "amount": Decimal("12.30"), "name": "ü", "tags": ["a", "b"]}
    table = pa.table({name: [value] for name, value in row.items()})
    table = table.set_column(3, "name", table["name"].dictionary_encode())
    assert read(put(tmp_path, table)).rows == [(1, row)]


def test_structs_are_taken_apart(tmp_path: Path) -> None:
    at = [{"day": "Mo", "clock": {"h": 9}}, None, {"day": None, "clock": None}]
    path = put(tmp_path, pa.table({"at": at, "n": [1, 2, 3]}))
    whole = read(path)
    assert whole.names == ("at", "at.day", "at.clock", "at.clock.h", "n")
    assert whole.cells[0] == {"at": at[0], "at.clock": {"h": 9}, "at.clock.h": 9, "at.day": "Mo", "n": 1}
    assert whole.cells[1:] == [{"n": 2}, {"at": {"clock": None, "day": None}, "n": 3}]
    assert read(path, columns=["at.clock.h"]).cells == [{"at.clock.h": 9}, {}, {}]
    with open_rows(path) as rows:
        assert rows.inner == {"at.clock", "at.clock.h", "at.day"}


def test_a_name_with_a_point_is_no_struct(tmp_path: Path) -> None:
    whole = read(put(tmp_path, pa.table({"a.b": [1], "a": [{"b": 2}]})))
    assert whole.names == ("a.b (1)", "a", "a.b (2)")
    assert whole.cells == [{"a.b (1)": 1, "a": {"b": 2}, "a.b (2)": 2}]


def test_columns_named_alike(tmp_path: Path) -> None:
    table = pa.table([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "b", "a"])
    whole = read(put(tmp_path, table))
    assert whole.cells == [{"a (1)": 1, "b": 2, "a (2)": 3}]
    assert read(put(tmp_path, table), columns=["a (2)"]).cells == [{"a (2)": 3}]


def test_rows_are_numbered_over_row_groups_and_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, pa.table({"a": range(1000)}), row_group_size=300)
    monkeypatch.setattr(parquet, "ROWS", 64)
    whole = read(path)
    assert [line for line, _ in whole.rows] == list(range(1, 1001))
    assert [cells["a"] for cells in whole.cells] == list(range(1000))


def test_wide_rows_come_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "BYTES", 1 << 16)
    path = put(tmp_path, pa.table({"a": ["x" * 10_000 + str(row) for row in range(100)]}), use_dictionary=False)
    assert read(path).pieces >= 10


def test_no_rows_and_no_columns(tmp_path: Path) -> None:
    assert read(put(tmp_path, pa.table({"a": pa.array([], pa.int64())}))).pieces == 1
    path = put(tmp_path, pa.table({"a": [1, 2]}))
    assert read(path, columns=[]).rows == [(1, {}), (2, {})]


def test_ten_thousand_columns(tmp_path: Path) -> None:
    path = put(tmp_path, pa.table({f"c{place}": [place] for place in range(10_000)}))
    assert read(path, columns=["c9999"]).cells == [{"c9999": 9999}]


def test_what_is_no_parquet(tmp_path: Path) -> None:
    path = tmp_path / "any.parquet"
    for content in (b"", b"a,b\n1,2\n", b"PAR1PAR1"):
        path.write_bytes(content)
        assert refusal(path) == (
            "any.parquet: The file is not sound Parquet. Write or copy it again; it seems damaged."
        )
