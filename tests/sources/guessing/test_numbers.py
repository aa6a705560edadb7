"""How numbers are written is told from all cells of a column, and what cannot be told stays open."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from stamm.sources.guessing.numbers import Numbers, currency_of, numbers_in, values_of


def numbers(*cells: str) -> Numbers | None:
    return numbers_in(pa.array(cells), np.ones(len(cells), dtype=np.int64))


@pytest.mark.parametrize(
    ("cells", "styles", "unclear"),
    [
        (("1", "12", "0"), {}, {}),
        (("1,5", "12,50"), {(",", ""): 2}, {}),
        (("1.5", ".50"), {(".", ""): 2}, {}),
        (("1.234,50", "3,00"), {(",", "."): 1, (",", ""): 1}, {}),
        (("1,234.50", "1,234,567"), {(".", ","): 2}, {}),
        (("1.234", "2.500"), {}, {".": 2}),
        (("1,234", "0,234"), {(",", ""): 1}, {",": 1}),
        (("1 234,50", "2\u202f345,00"), {(",", " "): 2}, {}),
        (("1'234.50",), {(".", "'"): 1}, {}),
        (("1 234",), {("", " "): 1}, {}),
    ],
)
def test_styles(cells: tuple[str, ...], styles: dict, unclear: dict) -> None:
    found = numbers(*cells)
    assert found is not None
    assert (found.styles, found.unclear, found.fits) == (styles, unclear, 1.0)


def test_what_is_no_number() -> None:
    assert numbers("a", "b") is None
    assert numbers("12.34.56", "1.2.3") is None
    assert numbers("1", "2", "x").fits == pytest.approx(2 / 3)


def test_what_stands_beside() -> None:
    found = numbers("12,50 €", "€ 3,00", "EUR 4")
    assert found is not None
    assert found.beside == {"€": 2, "EUR": 1}
    assert [currency_of(sign) for sign in ("€", "eur", "R$", "kr", "Stk")] == ["EUR", "EUR", "BRL", "", ""]


def test_shares_of_negative_and_zero_cells() -> None:
    found = numbers("-1,50", "0,00", "(3,00)", "4,00-", "5")
    assert found is not None
    assert (found.negative, found.zero, found.whole) == (0.6, 0.2, False)
    zeros = numbers("12346.0", "1.0")
    assert zeros is not None
    assert zeros.whole


def test_values() -> None:
    cells = pa.array(["1.234,50 €", "-3", "(2,5)", None, "x", "1.234,50 €"])
    assert values_of(cells, ",").tolist() == pytest.approx([1234.5, -3, -2.5, np.nan, np.nan, 1234.5], nan_ok=True)
    assert values_of(pa.array([1, None], pa.int64()), ".").tolist() == pytest.approx([1, np.nan], nan_ok=True)
