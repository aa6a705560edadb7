"""`where` within a rule, `plus` and `less`: by hand-worked numbers."""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.lang.errors import ProjectError
from stamm.sources.mapped.numbers import Exact, whole_of
from tests.sources.mapped.made import of_text

SHOP = """\
number,date,status,total,shipping,tax,discount
1,2024-01-05,paid,119.00,4.90,19.00,-10.00
2,2024-01-06,cancelled,20.00,,3.19,
3,2024-01-07,paid,,1.00,1.00,
4,2024-01-08,paid,10.00,x,1.00,
5,2024-01-09,void,0.30,0.10,0.20,
"""
ORDERS = """
[orders]
order_id = "number"
ordered_at = "date"
amount = { column = "total", less = ["shipping", "tax"], plus = "discount" }
cancelled_at = { column = "date", where = [{ column = "status", is = ["cancelled", "void"] }] }
channel = { constant = "shop", where = [{ column = "shipping", empty = true }], default = "web" }
"""


def test_numbers_added_and_taken_off_and_columns_filled_for_some_rows(tmp_path: Path) -> None:
    found = of_text(ORDERS, SHOP, tmp_path)
    rows = {row["order_id"]: row for row in found.rows["orders"]}
    # 119.00 - 4.90 - 19.00 - 10.00 = 85.10; 20.00 - 3.19 = 16.81; 0.30 - 0.10 - 0.20 = 0.00, exactly
    assert {key: row["amount_minor"] for key, row in rows.items()} == {"1": 8510, "2": 1681, "5": 0}
    days = {key: row["cancelled_at"] and row["cancelled_at"].date() for key, row in rows.items()}
    assert days == {"1": None, "2": date(2024, 1, 5), "5": date(2024, 1, 8)}  # midnight in Berlin
    assert {key: row["channel"] for key, row in rows.items()} == {"1": "web", "2": "shop", "5": "web"}
    together = "total, discount, shipping, tax"
    assert [(line, column) for line, column, _, _ in found.told("orders")] == [(4, together), (5, together)]


INVOICES = """\
invoice,date,code,n,price
7,2024-01-05,A1,2,3.00
7,2024-01-05,POST,1,4.50
7,2024-01-05,B2,1,0.55
8,2024-01-05,POST,1,4.50
9,2024-01-05,A1,1,1.00
9,2024-01-05,POST,n/a,9.00
"""
LINES = """
[orders]
each = "invoice"
order_id = "invoice"
ordered_at = "date"
amount = { product = ["n", "price"], where = [{ column = "code", is = "POST", not = true }], default = 0, take = "sum" }
shipping = { product = ["n", "price"], where = [{ column = "code", is = "POST" }], default = 0, take = "sum" }
"""


def test_lines_of_one_order_go_to_different_sums(tmp_path: Path) -> None:
    found = of_text(LINES, INVOICES, tmp_path)
    sums = {row["order_id"]: (row["amount_minor"], row["shipping_minor"]) for row in found.rows["orders"]}
    # 2 * 3.00 + 0.55 and 4.50; an order of postage alone costs nothing for goods
    assert sums == {"7": (655, 450), "8": (0, 450)}
    # what is no number is told although it would only count for the shipping
    assert [(line, column) for line, column, _, _ in found.told("orders")] == [(7, "n, price")]


def test_a_condition_that_cannot_be_told_makes_the_row_unsound(tmp_path: Path) -> None:
    toml = ORDERS.replace('{ column = "shipping", empty = true }', '{ column = "shipping", above = 1 }')
    told = of_text(toml, SHOP, tmp_path).told("orders")
    assert [(line, column) for line, column, _, _ in told] == [(4, "total, discount, shipping, tax"), (5, "shipping")]


EXACTLY = Context(prec=60)
NUMBERS = st.tuples(st.integers(-(10**17), 10**17), st.integers(0, 17))


@given(st.lists(st.tuples(NUMBERS, NUMBERS, st.booleans()), min_size=1, max_size=20))
def test_sums_are_exact_or_told(pairs: list[tuple[tuple[int, int], tuple[int, int], bool]]) -> None:
    def column(numbers: list[tuple[int, int]], known: list[bool]) -> Exact:
        whole, digits = (np.array(part, dtype=np.int64) for part in zip(*numbers, strict=True))
        return Exact(whole, digits, np.array(known))

    one = column([pair[0] for pair in pairs], [True] * len(pairs))
    other = column([pair[1] for pair in pairs], [pair[2] for pair in pairs])
    total = one.plus(other)
    for row, ((whole, digits), (more, finer), both) in enumerate(pairs):
        exact = EXACTLY.add(Decimal(whole).scaleb(-digits), Decimal(more).scaleb(-finer) if both else Decimal(0))
        if total.known[row]:
            assert Decimal(int(total.whole[row])).scaleb(-int(total.digits[row])) == exact
        else:
            assert any(rows[row] for rows, _ in total.faults)
            assert len(exact.normalize(EXACTLY).as_tuple().digits) > 18 or abs(exact) >= 10**18


def test_what_is_empty_stays_empty() -> None:
    total = whole_of(pa.array([None, 2], pa.int64())).plus(whole_of(pa.array([1, None], pa.int64())))
    assert (total.known.tolist(), total.whole[1]) == ([False, True], 2)


@pytest.mark.parametrize("part", ['less = "tax"', 'plus = "tax"'])
def test_only_numbers_are_added_up(part: str, tmp_path: Path) -> None:
    channel = ORDERS[ORDERS.index("channel") :]
    with pytest.raises(ProjectError, match="has no meaning for channel"):
        of_text(ORDERS.replace(channel, f'channel = {{ column = "status", {part} }}'), SHOP, tmp_path)
