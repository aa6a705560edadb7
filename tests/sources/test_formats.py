"""Canonical files in other formats than plain CSV."""

import gzip
import json
import lzma
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from stamm.sources import Reject
from stamm.sources.exports.kind import NO_ZONE
from stamm.sources.reading.flaws import NUL
from tests.sources.canonical import HEADING, SOUND, read, refusal, rejects, rows, written
from tests.sources.recorded import BERLIN, source_of


# -- other formats -------------------------------------------------------------------------------------------
def test_every_format_gives_the_same_rows(tmp_path: Path) -> None:
    """Also packed; what is ignored is told in the same words."""
    content = {"order_id": "1", "ordered_at": "2024-02-10", "amount": "12.30", "channel": "web", "x": "y"}
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(content))
    book.active.append(["1", date(2024, 2, 10), 12.3, "web", "y"])
    book.save(tmp_path / "orders.xlsx")
    pq.write_table(pa.table({name: [cell] for name, cell in content.items()}), tmp_path / "orders.parquet")
    written(tmp_path, json.dumps(content | {"order_id": 1}), "orders.ndjson")
    text = f"{','.join(content)}\n{','.join(content.values())}\n"
    written(tmp_path, gzip.compress(text.encode()), "orders.csv.gz")
    written(tmp_path, lzma.compress(text.replace(",", "\t").encode()), "orders.tsv.xz")
    for name in ("orders.xlsx", "orders.parquet", "orders.ndjson", "orders.csv.gz", "orders.tsv.xz"):
        chunks = read(tmp_path / name)
        assert rows(chunks) == [SOUND]
        assert "the column x is ignored: orders has no such column" in chunks[-1].remarks
        assert chunks[-1].bytes_read == chunks[-1].bytes_total


def test_objects_in_json_are_columns_as_a_whole(tmp_path: Path) -> None:
    known = '"event_id": 1, "customer_id": 2, "happened_at": "2024-02-10", "kind": "track"'
    line = f'{{{known}, "properties": {{"n": {{"a": 1.50}}}}}}'
    chunks = read(written(tmp_path, line, "events.jsonl"))
    assert rows(chunks)[0]["properties"] == '{"n": {"a": 1.50}}'
    assert chunks[-1].remarks == ()


def test_cells_that_are_wrong_in_themselves_are_set_aside(tmp_path: Path) -> None:
    path = written(tmp_path, HEADING.encode() + b"1,2024-02-10,12.30,web\n2,2024-02-10,12.30,w\0b\n")
    chunks = read(path)
    assert rows(chunks) == [SOUND]
    assert rejects(chunks) == [Reject("orders.csv", 3, "channel", "", NUL)]


def test_ten_thousand_columns_are_ignored_in_few_words(tmp_path: Path) -> None:
    more = "".join(f",c{place}" for place in range(10_000))
    chunks = read(written(tmp_path, f"{HEADING.strip()}{more}\n1,2024-02-10,12.30,web{',0' * 10_000}\n"))
    assert rows(chunks) == [SOUND]
    assert len(chunks[-1].remarks) == 22
    assert chunks[-1].remarks[20] == "9,980 more columns are ignored"
    told = refusal(written(tmp_path, "a" + more))
    assert told.startswith(
        "orders.csv: The columns order_id, ordered_at, amount_minor are missing. Columns found: a, c0,"
    )
    assert len(told) < 500


def test_columns_named_alike_are_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "order_id,ordered_at,amount,amount\n1,2024-02-10,1,2\n")) == (
        "orders.csv: The column amount stands in the heading twice. Rename or remove one of the two."
    )


# -- Parquet -------------------------------------------------------------------------------------------------
def test_parquet_is_read_whatever_the_types(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    moment = datetime(2024, 2, 9, 23, tzinfo=UTC)
    for ids, moments, amounts in (
        (pa.array([1, 2]), pa.array([moment] * 2, pa.timestamp("ns", tz="UTC")), pa.array([12.3, 12.3])),
        (pa.array(["1", "2"]), pa.array(["2024-02-10"] * 2), pa.array([Decimal("12.30")] * 2)),
        (
            pa.array(["1", "2"]).dictionary_encode(),
            pa.array([moment.date().replace(day=10)] * 2, pa.date32()),
            pa.array(["12.30"] * 2),
        ),
    ):
        columns = {"order_id": ids, "ordered_at": moments, "amount": amounts, "channel": ["web"] * 2, "x": [1, 2]}
        pq.write_table(pa.table(columns), path)
        chunks = read(path)
        assert rows(chunks) == [SOUND, {**SOUND, "order_id": "2"}]
        assert chunks[-1].remarks[0] == "the column x is ignored: orders has no such column"
        assert chunks[-1].bytes_read == chunks[-1].bytes_total == path.stat().st_size


def test_rejects_of_parquet_name_the_row(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    columns = {
        "order_id": ["1", None, "3"],
        "ordered_at": ["2024-02-10", "2024-02-10", "no"],
        "amount_minor": [1, 2, 3],
    }
    pq.write_table(pa.table(columns), path, row_group_size=1)
    chunks = read(path)
    assert [(reject.line, reject.column, reject.value) for reject in rejects(chunks)] == [
        (2, "order_id", ""),
        (3, "ordered_at", "no"),
    ]
    assert [row["order_id"] for row in rows(chunks)] == ["1"]


def test_an_empty_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"order_id": pa.array([], pa.string()), "ordered_at": [], "amount_minor": []}), path)
    (chunk,) = read(path)
    assert (chunk.fact, chunk.rows_read, chunk.table.num_rows) == ("orders", 0, 0)


def test_text_in_parquet_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    ids = pa.array([b"\xff"]).view(pa.string())
    pq.write_table(pa.table({"order_id": ids, "ordered_at": ["2024-02-10"], "amount_minor": [1]}), path)
    assert refusal(path).startswith("orders.parquet: The file is not sound Parquet.")


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"order_id": ["1"] * 9, "ordered_at": ["2024-02-10"] * 9, "amount_minor": [1] * 9}), path)
    whole = path.read_bytes()
    for content in (b"", b"PAR1", whole[:-9], whole[:20] + b"\xff" * 40 + whole[60:]):
        path.write_bytes(content)
        assert refusal(path) == (
            "orders.parquet: The file is not sound Parquet. Write or copy it again; it seems damaged."
        )


# -- time zones that an export does not say ------------------------------------------------------------------
def test_times_of_an_export_are_those_of_the_zone_that_is_set(tmp_path: Path) -> None:
    """Meta's are taken as Pacific and that is told; others are the organisation's."""
    meta = Path(str(import_module("stamm.sources.meta.posts").__file__)).parent / "recorded"
    woo = Path(str(import_module("stamm.sources.woocommerce.orders_export").__file__)).parent / "recorded"
    (posts,) = (path for path in meta.glob("*.csv") if "facebook" in path.name)
    for path, key, column, kind in (
        (posts, "meta_posts", "posted_at", "posts"),
        (woo / "orders_by_item.csv", "woocommerce_orders", "ordered_at", "orders"),
    ):
        source = source_of(path)
        assert source.key == key

        def first(zones: Mapping[str, str], path: Path = path, column: str = column, kind: str = kind) -> Any:
            chunks = list(source_of(path).read(path, organisation=replace(BERLIN, time_zones=zones)))
            told = [remark for chunk in chunks for remark in chunk.remarks if remark.startswith(NO_ZONE)]
            table = next(chunk.table for chunk in chunks if chunk.fact == kind and chunk.table.num_rows)
            return table.column(column)[0].as_py(), bool(told)

        usual, told = first({})
        assert told == (key == "meta_posts")
        tokyo, told = first({key: "Asia/Tokyo"})
        assert not told
        assert first({"shopify": "Asia/Tokyo"})[0] == usual
        written = usual.astimezone(ZoneInfo(source.zone or BERLIN.zone)).replace(tzinfo=None)
        assert tokyo.astimezone(ZoneInfo("Asia/Tokyo")).replace(tzinfo=None) == written
