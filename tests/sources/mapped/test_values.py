"""What a mapping makes of single rows: amounts, words, constants, and conditions, by hand."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

import pytest

from tests.sources.mapped.made import of_text

TOO_FINE = "has more digits after the point than its currency has; round it or correct the currency"
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
