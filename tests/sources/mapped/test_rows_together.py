"""What a mapping makes of rows that belong together: which cell of them stands, sums, and their numbers, by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from stamm.sources.mapped.adding import PARTLY
from tests.sources.mapped.made import of_text


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type]


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
