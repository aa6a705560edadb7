"""Files read by a mapping: several facts out of one file, what is set aside, and what is told, by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stamm.lang.errors import InputError
from stamm.sources.mapped.adding import DIFFERS
from stamm.sources.mapped.source import NO_KEY
from tests.sources.mapped.made import of_text

INVOICES = """\
Rechnung;Datum;Kunde;Artikel;Menge;Preis
1001;05.01.2024 10:00;anna;A;2;1,50
1002;06.01.2024 11:00;ben;B;1;1.000,00
C1001;07.01.2024 10:00;anna;A;-1;1,50
1001;05.01.2024 10:00;anna;Ü;1;0,10
1003;06.02.2024 11:00;cleo;B;1;abc
1003;06.02.2024 11:00;cleo;C;1;1,00
1004;30.02.2024 11:00;cleo;C;1;1,00
1005;01.07.2024 11:00;dora;C;1;1,00
1005;01.07.2024 11:00;dirk;C;1;1,00
;01.03.2024 11:00;dirk;C;1;1,00
1006;01.03.2024;11:00;dirk;C;1;1,00
1007;01.03.2024 11:00;;C;3;0,333
"""
LAYOUT = """
encoding = "cp1252"
delimiter = ";"
decimal = ","
thousands = "."
dates = "%d.%m.%Y %H:%M"
"""
ORDERS = """
[orders]
each = "Rechnung"
where = [{ column = "Rechnung", begins = "C", not = true }]
order_id = "Rechnung"
customer_id = "Kunde"
ordered_at = "Datum"
amount = { product = ["Menge", "Preis"], take = "sum" }
"""
LINES = """
[order_lines]
where = [{ column = "Rechnung", begins = "C", not = true }]
order_id = "Rechnung"
line_id = { row = "Rechnung" }
ordered_at = "Datum"
product = "Artikel"
quantity = "Menge"
amount = { product = ["Menge", "Preis"] }
"""
RETURNS = """
[returns]
where = [{ column = "Rechnung", begins = "C" }]
return_id = { column = "Rechnung", row = true }
returned_at = "Datum"
quantity = { column = "Menge", negate = true }
amount = { product = ["Menge", "Preis"], negate = true }
"""
NO_NUMBER = "is not a number written with ',' before the decimals and '.' between thousands"
NO_DAY = "is not in the calendar: check month, day, hour, minute and second"
TOO_FINE = "has more digits after the point than its currency has; round it or correct the currency"


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type]


def order(number: str, customer: str | None, at: datetime, cents: int) -> dict[str, Any]:
    return {"order_id": number, "customer_id": customer, "ordered_at": at, "amount_minor": cents, "currency": "EUR"}


def test_orders_lines_and_returns_out_of_invoice_lines(tmp_path: Path) -> None:
    found = of_text(LAYOUT + ORDERS + LINES + RETURNS, INVOICES, tmp_path, encoding="cp1252")
    # 2 * 1.50 + 1 * 0.10 = 3.10; the lines of 1001 stand apart
    assert found.rows["orders"] == [
        order("1001", "anna", utc(2024, 1, 5, 9), 310),
        order("1002", "ben", utc(2024, 1, 6, 10), 100_000),
    ]
    lines = [(row["order_id"], row["line_id"], row["product"], row["quantity"]) for row in found.rows["order_lines"]]
    assert lines == [
        ("1001", "1", "A", 2.0),
        ("1001", "2", "Ü", 1.0),
        ("1002", "1", "B", 1.0),
        ("1003", "2", "C", 1.0),
        ("1005", "1", "C", 1.0),
        ("1005", "2", "C", 1.0),
    ]
    assert found.rows["returns"] == [
        {
            "return_id": "C1001-4",
            "returned_at": utc(2024, 1, 7, 9),
            "quantity": 1.0,
            "amount_minor": 150,
            "currency": "EUR",
        }
    ]
    assert found.read == {"orders": 12, "order_lines": 11, "returns": 11}
    assert found.left_out == {"orders": 1, "order_lines": 1, "returns": 10}


def test_an_order_with_an_unsound_line_is_set_aside_whole_and_told_once(tmp_path: Path) -> None:
    found = of_text(LAYOUT + ORDERS, INVOICES, tmp_path, encoding="cp1252")
    assert found.told("orders") == [
        (6, "Menge, Preis", "1, abc", NO_NUMBER),
        (8, "Datum", "30.02.2024 11:00", NO_DAY),
        (9, "Kunde", "dora / dirk", DIFFERS),
        (11, "Rechnung", "", NO_KEY),
        (
            12,
            "",
            "1006;01.03.2024;11:00;dirk;C;1;1,00",
            "the row has 7 cells, the heading 6; quote cells that hold ';'",
        ),
        (13, "Menge, Preis", "3, 0,333", TOO_FINE),
    ]
    assert found.rejects["orders"][0].file == "shop.csv"


def test_a_row_that_cannot_be_told_into_cells_is_told_for_the_first_fact_only(tmp_path: Path) -> None:
    found = of_text(LAYOUT + ORDERS + RETURNS, INVOICES, tmp_path, encoding="cp1252")
    assert found.rejects["returns"] == []


def test_the_time_zone_and_the_currency_of_a_mapping(tmp_path: Path) -> None:
    text = "id,at,sum\n1,2024-01-05 10:00,1250\n"
    toml = '[orders]\norder_id = "id"\nordered_at = "at"\namount = "sum"\n'
    (row,) = of_text('time_zone = "Asia/Tokyo"\ncurrency = "JPY"\n' + toml, text, tmp_path).rows["orders"]
    assert (row["ordered_at"], row["amount_minor"], row["currency"]) == (utc(2024, 1, 5, 1), 1250, "JPY")
    found = of_text(toml, text, tmp_path)
    (row,) = found.rows["orders"]
    assert (row["ordered_at"], row["amount_minor"], row["currency"]) == (utc(2024, 1, 5, 9), 125_000, "EUR")
    assert found.remarks == [
        "there is no column currency: amount_minor is taken as EUR, the organisation's currency",
    ]


def test_a_column_that_is_not_there_is_told_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        of_text('[orders]\norder_id = "Invoise"\nordered_at = "a"\namount = "b"', "Invoice,a,b\n1,2,3\n", tmp_path)
    assert caught.value.what == "There is no column Invoise, which the mapping shop reads for orders."
    assert caught.value.where == "shop.csv"
    assert caught.value.remedy == (
        "Columns found: Invoice, a, b. Perhaps Invoice? Correct [mapping.shop.orders] in stamm.toml."
    )


def test_an_empty_file_gives_a_chunk_for_every_fact(tmp_path: Path) -> None:
    found = of_text(LAYOUT + ORDERS + LINES + RETURNS, "Rechnung;Datum;Kunde;Artikel;Menge;Preis\n", tmp_path)
    assert found.read == {"orders": 0, "order_lines": 0, "returns": 0}
    assert found.rows == {"orders": [], "order_lines": [], "returns": []}


def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    of_text(LAYOUT + ORDERS + LINES + RETURNS, INVOICES, tmp_path, encoding="cp1252")
    assert [path.name for path in tmp_path.iterdir()] == ["shop.csv"]
