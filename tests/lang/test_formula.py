"""Formulas on numbers, on columns and on names."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from stamm.lang.formula import Constant, Name, Operation, names_in, quotient_of, ratio, share, weights_of

A, B, C, D = (Name(letter) for letter in "abcd")


def column(*values: float | None, kind: Any = "Int64") -> Any:
    return pd.Series(pd.array(values, dtype=kind))


def plain(series: Any) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in series]


@pytest.mark.parametrize("divide", [share, ratio])
@pytest.mark.parametrize(
    ("top", "bottom", "result"),
    [(600, 1000, 0.6), (0, 5, 0.0), (5, 0, None), (0, 0, None), (None, 5, None), (5, None, None), (-3, 4, -0.75)],
)
def test_numbers(divide: Any, top: int | None, bottom: int | None, result: float | None) -> None:
    assert divide(top, bottom) == result


@pytest.mark.parametrize("kind", ["Int64", "Float64"])
def test_columns_have_no_value_where_the_denominator_is_zero_or_unknown(kind: str) -> None:
    top = column(600, 5, 5, None, 0, kind=kind)
    assert plain(share(top, column(1000, 0, None, 4, 8, kind=kind))) == [0.6, None, None, None, 0.0]


def test_a_number_over_a_column() -> None:
    assert plain(ratio(12, column(4, 0, None))) == [3.0, None, None]


def test_a_column_over_a_number() -> None:
    assert plain(ratio(column(4, 6, None), 2)) == [2.0, 3.0, None]


@pytest.mark.parametrize("bottom", [0, None])
def test_a_column_over_nothing(bottom: int | None) -> None:
    assert plain(share(column(4, 6), bottom)) == [None, None]


def test_names_in_the_order_of_reading() -> None:
    assert names_in(100 * share(A - B, C + A)) == ("a", "b", "c")
    assert names_in(Constant(3)) == ()


@pytest.mark.parametrize(
    ("formula", "weights"),
    [
        (A, {"a": 1}),
        (A - B, {"a": 1, "b": -1}),
        (A - (B - C), {"a": 1, "b": -1, "c": 1}),
        (2 * (A + 3 * B) - A, {"a": 1, "b": 6}),
        (A - A, {"a": 0}),
        (5 - A, {"a": -1}),
        (Constant(4), {}),
    ],
)
def test_weights(formula: Any, weights: dict[str, float]) -> None:
    assert weights_of(formula) == weights


@pytest.mark.parametrize("formula", [share(A, B), A * B, A + share(B, C), A * 2])
def test_what_is_not_linear_is_refused(formula: Any) -> None:
    with pytest.raises(ValueError, match="not linear"):
        weights_of(formula)


def test_the_quotient() -> None:
    factor, top, bottom = quotient_of(100 * share(A - B, C))
    assert isinstance(factor, Constant)
    assert factor.number == 100
    assert weights_of(top) == {"a": 1, "b": -1}
    assert names_in(bottom) == ("c",)
    factor, top, bottom = quotient_of(2 * (3 * share(A, B)))
    assert isinstance(factor, Constant)
    assert factor.number == 6
    factor, top, bottom = quotient_of(A + B)
    assert isinstance(bottom, Constant)
    assert bottom.number == 1
    assert names_in(top) == ("a", "b")


@pytest.mark.parametrize("formula", [share(A, B) * C, A * B, share(A, B) * share(C, D)])
def test_a_product_is_no_quotient(formula: Any) -> None:
    with pytest.raises(ValueError, match="division"):
        quotient_of(formula)


@pytest.mark.parametrize("formula", [share(A, B) + share(C, D), A + share(B, C), share(share(A, B), C)])
def test_several_divisions_are_no_quotient(formula: Any) -> None:
    with pytest.raises(ValueError, match="division"):
        quotient_of(formula)


def test_the_tree_keeps_the_order() -> None:
    tree = 1 - share(A, B)
    assert isinstance(tree, Operation)
    assert tree.sign == "-"
    assert isinstance(tree.left, Constant)
