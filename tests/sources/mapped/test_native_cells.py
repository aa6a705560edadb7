"""Cells that a workbook or JSON holds as numbers and moments are not read as if somebody had typed them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.sources.mapped.made import read
from tests.sources.reading.workbooks import xlsx

GERMAN = 'decimal = ","\nthousands = "."\ndates = "%d.%m.%Y"\n'
ROWS = [
    ("no", "at", "price"),
    ("A", datetime(2024, 2, 10, 12), 1.5),  # noqa: DTZ001
    ("B", "10.02.2024", "1.234,50 €"),
    ("C", "10.02.2024", 1234),
    ("D", datetime(2024, 2, 10), "1.234"),  # noqa: DTZ001
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in ROWS:
        book.active.append(row)
    book.save(tmp_path / "shop.xlsx")
    return tmp_path / "shop.xlsx"


def test_a_column_may_hold_both(file: Path) -> None:
    found = read(GERMAN + '[orders]\norder_id = "no"\nordered_at = "at"\namount = "price"\n', file)
    assert found.rejects["orders"] == []
    assert found.column("orders", "amount_minor") == [150, 123450, 123400, 123400]
    assert [f"{at:%d. %H}" for at in found.column("orders", "ordered_at")] == ["10. 11", "09. 23", "09. 23", "09. 23"]


def test_also_in_rows_that_waited_on_the_disk(file: Path) -> None:
    toml = '[order_lines]\norder_id = "no"\nline_id = { row = "no" }\nordered_at = "at"\namount = "price"\n'
    found = read(GERMAN + toml + "quantity = { constant = 1 }\n", file)
    assert found.rejects["order_lines"] == []
    assert found.column("order_lines", "amount_minor") == [150, 123450, 123400, 123400]


def test_an_order_is_never_too_small_because_a_cell_is_an_error(tmp_path: Path) -> None:
    def row(number: int, *cells: str) -> str:
        return f'<row r="{number}">{"".join(cells)}</row>'

    def text(place: str, value: str) -> str:
        return f'<c r="{place}" t="str"><v>{value}</v></c>'

    rows = row(1, text("A1", "no"), text("B1", "price"), text("C1", "kind"))
    rows += row(2, text("A2", "A"), '<c r="B2"><v>5</v></c>', text("C2", "sale"))
    rows += row(3, text("A3", "A"), '<c r="B3" t="e"><v>#N/A</v></c>', text("C3", "sale"))
    rows += row(4, text("A4", "B"), '<c r="B4"><v>7</v></c>', text("C4", "sale"))
    rows += row(5, text("A5", "B"), '<c r="B5"><v>8</v></c>', '<c r="C5" t="e"><v>#REF!</v></c>')
    rows += row(6, text("A6", "C"), '<c r="B6"><v>9</v></c>', text("C6", "sale"))
    toml = """
    [orders]
    each = "no"
    where = [{ column = "kind", is = "sale" }]
    order_id = "no"
    ordered_at = { constant = 2024-02-10 }
    amount = { column = "price", take = "sum" }
    """
    found = read(toml, xlsx(tmp_path / "shop.xlsx", rows))
    assert found.column("orders", "order_id") == ["C"]
    reason = "holds an error of the workbook, such as #N/A; correct it or empty it"
    assert [(line, column) for line, column, _, told in found.told("orders") if told == reason] == [
        (3, "price"),
        (5, "kind"),
    ]
    assert found.left_out["orders"] == 0


def test_numbers_of_json_are_exact_whatever_the_mapping_says_of_text(tmp_path: Path) -> None:
    file = tmp_path / "shop.ndjson"
    file.write_text('{"no": 1, "price": {"net": 12.30}}\n{"no": "2", "price": {"net": "1.234,50"}}\n')
    toml = '[orders]\norder_id = "no"\nordered_at = { constant = 2024-02-10 }\namount = "price.net"\n'
    assert read(GERMAN + toml, file).column("orders", "amount_minor") == [1230, 123450]


def test_a_flag_or_a_moment_is_no_number(tmp_path: Path) -> None:
    toml = '[orders]\norder_id = "no"\nordered_at = { constant = 2024-02-10 }\namount = "price"\n'
    file = tmp_path / "shop.ndjson"
    file.write_text('{"no": 1, "price": false}\n{"no": 2, "price": 12.30}\n')
    found = read(GERMAN + toml, file)
    assert found.column("orders", "amount_minor") == [1230]
    assert [(line, column, value) for line, column, value, _ in found.told("orders")] == [(1, "price", "false")]
    moments = pa.table({"no": ["1"], "price": [datetime(2024, 2, 10, tzinfo=UTC)]})
    pq.write_table(moments, tmp_path / "shop.parquet")
    found = read(GERMAN + toml, tmp_path / "shop.parquet")
    assert (found.rows["orders"], len(found.rejects["orders"])) == ([], 1)
