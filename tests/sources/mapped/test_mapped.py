"""Files read by a mapping: every rule by hand-worked numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from stamm.lang.errors import InputError
from stamm.sources.mapped.adding import DIFFERS, PARTLY
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


HEAD = '[orders]\norder_id = "id"\nordered_at = { constant = 2024-01-05 }\n'


def amounts(rule: str, text: str, folder: Path, above: str = "") -> tuple[list[int], list[tuple[int, str, str, str]]]:
    found = of_text(f"{above}\n{HEAD}{rule}\n", text, folder)
    return found.column("orders", "amount_minor"), found.told("orders")


def test_money_in_minor_and_major_units_and_in_the_currency_of_its_row(tmp_path: Path) -> None:
    text = "id,cents,sum,cur\n1,1230,12.30,EUR\n2,5,5,JPY\n3,1234,1.234,kwd\n4,1,1,XXY\n5,1,1,\n"
    minor, _ = amounts('amount_minor = "cents"', text, tmp_path)
    assert minor == [1230, 5, 1234, 1, 1]
    major, told = amounts('amount = "sum"\ncurrency = "cur"', text, tmp_path)
    assert major == [1230, 5, 1234]
    assert told == [
        (5, "cur", "XXY", "is not an ISO 4217 currency; write three capitals such as EUR"),
        (6, "cur", "", "is missing beside an amount; fill it in every row, or leave the column out of the whole file"),
    ]


def test_amounts_are_exact_and_rounded_only_where_it_is_said(tmp_path: Path) -> None:
    text = "id,q,p\n1,3,0.335\n2,-3,0.335\n3,7,0.1\n4,1,123456789012.34\n5,1e2,0.01\n6,99999999,99999999999.99\n"
    exact, told = amounts('amount = { product = ["q", "p"] }', text, tmp_path)
    assert exact == [70, 12_345_678_901_234, 100]
    assert [(line, reason) for line, _, _, reason in told] == [(2, TOO_FINE), (3, TOO_FINE), (7, "is too large")]
    rounded, told = amounts('amount = { product = ["q", "p"], round = true }', text, tmp_path)
    # 1.005 and -1.005 are halves: away from zero
    assert rounded == [101, -101, 70, 12_345_678_901_234, 100]
    assert [line for line, *_ in told] == [7]


def test_the_sign_of_its_own_currency_may_stand_beside_an_amount(tmp_path: Path) -> None:
    text = 'id,sum,n\n1,"12,30 €",2\n2,$5,1\n3,EUR 7,1\n'
    assert amounts('amount = "sum"', text, tmp_path, 'decimal = ","')[0] == [1230, 700]
    product, told = amounts('amount = { product = ["sum", "n"] }', text, tmp_path, 'decimal = ","')
    assert product == [2460, 700]
    assert [(line, value) for line, _, value, _ in told] == [(3, "$5, 1")]


def test_words_defaults_constants_and_joined_columns(tmp_path: Path) -> None:
    text = "a,b,c,n\nX,1,bezahlt,\nX,2,storniert,2\nY,,Gast,3\n"
    toml = """
    [subscriptions]
    subscription_id = { columns = ["a", "b"], join = "/" }
    started_at = { constant = "2024-01-05T10:00Z" }
    status = { column = "c", words = { bezahlt = "active", storniert = "paused", Gast = "" } }
    mrr = { column = "n", default = 1 }
    plan = { column = "a", words = { X = "gold" } }
    """
    found = of_text(toml, text, tmp_path)
    rows = [(r["subscription_id"], r["status"], r["mrr_minor"], r["plan"]) for r in found.rows["subscriptions"]]
    assert rows == [("X/1", "active", 100, "gold"), ("X/2", "paused", 200, "gold")]
    missing = "is missing; the column must be filled in every row"
    assert found.told("subscriptions") == [(4, "a, b", "Y, ", missing)]


def test_words_and_defaults_are_written_as_in_canonical_files(tmp_path: Path) -> None:
    text = "id;n;at\n1;1.000,5;05.01.2024\n2;keine;heute\n3;;\n"
    toml = """
    delimiter = ";"
    decimal = ","
    thousands = "."
    dates = "%d.%m.%Y"
    [orders]
    order_id = "id"
    ordered_at = { column = "at", words = { heute = "2024-02-01" }, default = 2024-03-01 }
    amount = { column = "n", words = { keine = "0.5" }, default = 1000.25 }
    """
    found = of_text(toml, text, tmp_path)
    assert found.column("orders", "amount_minor") == [100_050, 50, 100_025]
    assert [at.astimezone(UTC).date() for at in found.column("orders", "ordered_at")] == [
        date(2024, 1, 4),
        date(2024, 1, 31),
        date(2024, 2, 29),
    ]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ('{ column = "s", is = "ok" }', [1]),
        ('{ column = "s", is = ["ok", "OK"] }', [1, 2]),
        ('{ column = "s", is = "ok", not = true }', [2, 3, 4]),
        ('{ column = "s", begins = ["o", "n"] }', [1, 3]),
        ('{ column = "s", contains = "o" }', [1, 3]),
        ('{ column = "s", empty = true }', [4]),
        ('{ column = "s", empty = false }', [1, 2, 3]),
        ('{ column = "q", above = 0 }', [2]),
        ('{ column = "q", below = 0 }', [1]),
        ('{ column = "q", above = 1.5 }', [2]),
        ('{ column = "q", above = 2.25 }', []),
        ('{ column = "q", above = 0, not = true }', [1, 3, 4]),
        ('{ column = "q", below = 0 }, { column = "s", is = "OK" }', []),
    ],
)
def test_conditions(condition: str, kept: list[int], tmp_path: Path) -> None:
    toml = f'[orders]\nwhere = [{condition}]\norder_id = "id"\nordered_at = {{ constant = 2024-01-05 }}\n'
    found = of_text(toml + "amount = { constant = 1 }", "id,s,q\n1, ok ,-1\n2,OK,2.25\n3,no,0\n4,,\n", tmp_path)
    assert found.column("orders", "order_id") == [str(number) for number in kept]
    assert found.left_out == {"orders": 4 - len(kept)}
    assert found.rejects["orders"] == []


def test_a_row_whose_condition_cannot_be_told_is_set_aside_not_left_out(tmp_path: Path) -> None:
    text = "id,q\n1,1\n1,x\n2,2\n3,-1\n"
    base = 'order_id = "id"\nordered_at = { constant = 2024-01-05 }\n'
    where = 'where = [{ column = "q", above = 0 }]\n'
    told = [
        (3, "q", "x", "is not a number; write it with a decimal point and without thousands separators, such as 1234.5")
    ]
    alone = of_text(f'[orders]\n{where}{base}amount = "q"', text, tmp_path)
    assert (alone.column("orders", "amount_minor"), alone.told("orders"), alone.left_out["orders"]) == (
        [100, 200],
        told,
        1,
    )
    together = of_text(f'[orders]\neach = "id"\n{where}{base}amount = {{ column = "q", take = "sum" }}', text, tmp_path)
    assert (together.column("orders", "order_id"), together.told("orders")) == (["2"], told)
    numbered = of_text(
        f'[order_lines]\n{where}order_id = "id"\nline_id = {{ row = "id" }}\nquantity = "q"\n'
        "ordered_at = { constant = 2024-01-05 }",
        text,
        tmp_path,
    )
    assert (numbered.column("order_lines", "order_id"), numbered.told("order_lines")) == (["1", "2"], told)


EACH = """
[orders]
each = "id"
order_id = "id"
ordered_at = { column = "at", take = "lowest" }
delivered_at = { column = "in", take = "highest" }
customer_id = "who"
channel = { column = "how", take = "highest" }
amount = { column = "sum", take = "sum" }
"""


def test_what_becomes_of_rows_that_belong_together(tmp_path: Path) -> None:
    text = """\
id,at,in,who,how,sum
1,2024-01-05 10:01,2024-01-05,anna,web,1
2,2024-01-06,,ben,,1.5
1,2024-01-05 10:00,2024-01-07,,app,2
"""
    found = of_text(EACH, text, tmp_path)
    one, two = found.rows["orders"]
    assert one == {
        "order_id": "1",
        "customer_id": "anna",  # an empty cell does not contradict
        "ordered_at": utc(2024, 1, 5, 9),
        "delivered_at": utc(2024, 1, 6, 23),
        "channel": "web",
        "amount_minor": 300,
        "currency": "EUR",
    }
    assert (two["channel"], two["delivered_at"], two["amount_minor"]) == (None, None, 150)
    assert (found.read, found.left_out, found.rejects) == ({"orders": 3}, {"orders": 0}, {"orders": []})


def test_a_bare_date_may_be_the_day_of_the_earlier_moment_also_in_rows_brought_together(tmp_path: Path) -> None:
    found = of_text(
        EACH, "id,at,in,who,how,sum\n1,2024-01-05 10:01,2024-01-05,,,1\n1,2024-01-05 10:01,,,,1\n", tmp_path
    )
    assert found.column("orders", "amount_minor") == [200]
    later = of_text(
        EACH, "id,at,in,who,how,sum\n1,2024-01-05 10:01,2024-01-04,,,1\n1,2024-01-05 10:01,,,,1\n", tmp_path
    )
    assert later.told("orders")[0][:2] == (2, "in")
    assert later.told("orders")[0][3] == "lies before ordered_at"


def test_a_sum_is_of_all_rows_or_none(tmp_path: Path) -> None:
    toml = EACH + 'tax = { column = "tax", take = "sum" }\n'
    text = "id,at,in,who,how,sum,tax\n1,2024-01-05,,,,1,1\n1,2024-01-05,,,,1,\n2,2024-01-05,,,,1,\n2,2024-01-05,,,,1,\n"
    found = of_text(toml, text, tmp_path)
    assert [(row["order_id"], row["tax_minor"]) for row in found.rows["orders"]] == [("2", None)]
    assert found.told("orders") == [(2, "tax", "", PARTLY)]
    mended = of_text(toml.replace('"tax", take', '"tax", default = 0, take'), text, tmp_path)
    assert mended.column("orders", "tax_minor") == [100, 0]


def test_sums_are_exact_where_floats_are_not_and_told_where_they_do_not_fit(tmp_path: Path) -> None:
    toml = '[returns]\neach = "id"\nreturn_id = "id"\nreturned_at = { constant = 2024-01-05 }\n'
    text = "id,q,sum\n" + "1,0.1,0.01\n" * 3 + "2,1,9000000000000000\n" * 2 + "3,0.0000000001,1\n" * 2
    toml += 'quantity = { column = "q", take = "sum" }\namount = { column = "sum", take = "sum" }\n'
    found = of_text(toml, text, tmp_path)
    assert [(row["quantity"], row["amount_minor"]) for row in found.rows["returns"]] == [(0.3, 3)]
    assert [(line, column, reason) for line, column, _, reason in found.told("returns")] == [
        (5, "sum", "is too large"),
        (7, "q", "has more than 9 digits after the point, too many to be added up exactly"),
    ]


def test_what_is_required_may_stand_in_one_row_of_those_that_belong_together(tmp_path: Path) -> None:
    """Some shops write what concerns the whole order into its first line only."""
    text = "Name,Created,Email,Subtotal,Item\n#1,2024-01-05,a@x.de,30,A\n#1,,,,B\n#2,,b@x.de,10,A\n"
    toml = """
    [orders]
    each = "Name"
    order_id = "Name"
    ordered_at = "Created"
    customer_id = "Email"
    amount = "Subtotal"
    """
    found = of_text(toml, text, tmp_path)
    assert [(row["order_id"], row["amount_minor"]) for row in found.rows["orders"]] == [("#1", 3000)]
    assert found.told("orders") == [(4, "Created", "", "is missing; the column must be filled in every row")]


def test_rows_belong_together_by_several_columns_that_are_not_mixed_up(tmp_path: Path) -> None:
    text = "a,b,sum\nx,yz,1\nxy,z,2\nx,yz,3\n,z,4\n,,5\n"
    toml = """
    [orders]
    each = ["a", "b"]
    order_id = { columns = ["a", "b"], join = "" }
    ordered_at = { constant = 2024-01-05 }
    amount = { column = "sum", take = "sum" }
    """
    found = of_text(toml, text, tmp_path)
    assert sorted(found.column("orders", "amount_minor")) == [200, 400]
    assert [line for line, *_ in found.told("orders")] == [5, 6]


def test_row_numbers(tmp_path: Path) -> None:
    text = 'id,n\nA,"1\n"\nB,2\nA,3\n,4\nA,5\n'
    toml = """
    [order_lines]
    order_id = { column = "id", default = "?" }
    quantity = "n"
    ordered_at = { constant = 2024-01-05 }
    """
    by_line = of_text(toml + "line_id = { row = true }", text, tmp_path)
    assert [(row["order_id"], row["line_id"]) for row in by_line.rows["order_lines"]] == [
        ("?", "6"),
        ("A", "2"),
        ("A", "5"),
        ("A", "7"),
        ("B", "4"),
    ]
    within = of_text(toml + 'line_id = { column = "n", row = "id" }', text, tmp_path)
    assert [(row["order_id"], row["line_id"]) for row in within.rows["order_lines"]] == [
        ("A", "1-1"),
        ("A", "3-2"),
        ("A", "5-3"),
        ("B", "2-1"),
    ]
    assert within.told("order_lines") == [(6, "n, id", "4, ", "is missing; the column must be filled in every row")]


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
