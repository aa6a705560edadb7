"""Numbers as somebody's system writes them."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.facts.faults import NO_NUMBER
from stamm.facts.mapping import Writing
from stamm.sources.cells import mask_of, read_major, read_real
from stamm.sources.written import other_numbers, plain_numbers, without_sign
from stamm.sources.written.signs import signs_of

GERMAN = Writing(decimal=",", thousands=".")
SWISS = Writing(decimal=".", thousands="'")
FRENCH = Writing(decimal=",", thousands=" ")
BARE = Writing(decimal=",")
ENGLISH = Writing(thousands=",")


def plain(cell: str, writing: Writing) -> str | None:
    """The number with a point; None where it is none."""
    numbers, odd = plain_numbers(pa.array([cell]), writing)
    assert odd.tolist() == [not numbers[0].is_valid]
    found: str | None = numbers[0].as_py()
    return found


@pytest.mark.parametrize(
    ("cell", "writing", "number"),
    [
        ("1.234,50", GERMAN, "1234.50"),
        ("1.234", GERMAN, "1234"),
        ("1234,5", GERMAN, "1234.5"),
        ("0,5", GERMAN, "0.5"),
        (",5", GERMAN, ".5"),
        ("-1.234.567,89", GERMAN, "-1234567.89"),
        ("+3", GERMAN, "+3"),
        ("5,00-", GERMAN, "-5.00"),
        ("(1.234,5)", GERMAN, "-1234.5"),
        ("\u2212 7", GERMAN, "-7"),
        ("12,-", GERMAN, "12"),
        ("12,--", GERMAN, "12"),
        ("1'234.50", SWISS, "1234.50"),
        ("1’234.50", SWISS, "1234.50"),
        ("1 234,5", FRENCH, "1234.5"),
        ("1\u202f234\u00a0567,5", FRENCH, "1234567.5"),
        ("1234,5", BARE, "1234.5"),
        ("1,234.5", ENGLISH, "1234.5"),
        ("1e3", Writing(), "1e3"),
    ],
)
def test_numbers_lose_nothing_but_their_signs(cell: str, writing: Writing, number: str) -> None:
    assert plain(cell, writing) == number


@pytest.mark.parametrize(
    ("cell", "writing"),
    [
        ("12.34.5", GERMAN),
        ("12.34", GERMAN),
        ("1.2345", GERMAN),
        ("1234.567", GERMAN),
        (".123", GERMAN),
        ("1,234.5", GERMAN),
        ("1,2,3", GERMAN),
        ("1.234,", BARE),
        ("1.234", BARE),
        ("1,234", Writing()),
        ("1 234", Writing()),
        ("1''234", SWISS),
        ("--5", GERMAN),
        ("(-5)", GERMAN),
        ("(5", GERMAN),
        ("12 5", GERMAN),
        ("-", GERMAN),
        (",", GERMAN),
        ("()", GERMAN),
        ("€", GERMAN),
        ("١٢", GERMAN),
    ],
)
def test_what_cannot_be_so_is_no_number(cell: str, writing: Writing) -> None:
    assert plain(cell, writing) is None


@given(
    st.decimals(-(10**12), 10**12, places=2, allow_nan=False), st.sampled_from([GERMAN, SWISS, FRENCH, ENGLISH, BARE])
)
def test_every_number_comes_back(number: Decimal, writing: Writing) -> None:
    whole_part, part = f"{number:,.2f}".split(".")
    written = whole_part.replace(",", writing.thousands) + writing.decimal + part
    assert Decimal(plain(written, writing) or "nan") == number


def test_empty_cells_stay_empty() -> None:
    numbers, odd = plain_numbers(pa.array([None, "1,5", None], pa.string()), GERMAN)
    assert (numbers.to_pylist(), odd.tolist()) == ([None, "1.5", None], [False, False, False])


def test_percentages_are_numbers_where_they_may_be() -> None:
    cells = pa.array(["12,5 %", "-3%", "1.234", "% 5", "5 %%%", "1e3 %", None, "5 % 5"])
    numbers, odd = plain_numbers(cells, GERMAN, percent=True)
    assert numbers.to_pylist() == ["12.5e-2", "-3e-2", "1234", None, "5e-2", None, None, None]
    assert odd.tolist() == [False, False, False, True, False, True, False, True]
    assert plain("12,5 %", GERMAN) is None


def test_what_the_file_holds_as_a_number_is_not_reread() -> None:
    """In a workbook the number 1.234 is no thousand, whatever text looks like."""
    cells, native = pa.array(["1.234", "1.234", "2,5", "2.50", None]), np.array([True, False, False, True, True])
    numbers, odd = plain_numbers(cells, GERMAN, native)
    assert numbers.to_pylist() == ["1.234", "1234", "2.5", "2.50", None]
    assert not odd.any()


def test_the_reason_shows_the_signs() -> None:
    assert other_numbers(Writing()) == NO_NUMBER
    signs = "',' before the decimals and '.' between thousands"
    assert other_numbers(GERMAN) == f"is not a number written with {signs}"
    assert other_numbers(BARE).endswith("',' before the decimals and nothing between thousands")


# -- amounts -------------------------------------------------------------------------------------------------
def amount(cell: str, currency: str, writing: Writing = GERMAN) -> int | None:
    """Minor units of an amount beside which its currency may stand."""
    bare = without_sign(pa.array([cell]), currency)
    minor: int | None = read_major(plain_numbers(bare, writing)[0], pa.array([currency])).values[0].as_py()
    return minor


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("12,30", 1230),
        ("12,30 €", 1230),
        ("€ 1.234,50", 123450),
        ("-€5", -500),
        ("€ -5", -500),
        ("5 EUR", 500),
        ("eur 5,1", 510),
        ("12,-- €", 1200),
        ("(5 €)", -500),
        ("5 EUR-", -500),
        ("1\u00a0€", 100),
        ("5 Euro", 500),
        ("12,30 $", None),
        ("USD 5", None),
        ("5 E", None),
        ("€", None),
        ("5 €€ 5", None),
        ("€5 kr", None),
        ("EURO5X", None),
    ],
)
def test_an_amount_loses_the_sign_of_its_own_currency_only(cell: str, minor: int | None) -> None:
    assert amount(cell, "EUR") == minor


@pytest.mark.parametrize(
    ("cell", "currency", "minor"),
    [
        ("$1,234.50", "USD", 123450),
        ("A$5", "AUD", 500),
        ("kr 5", "SEK", 500),
        ("¥ 500", "JPY", 500),
        ("5 zł", "PLN", 500),
        ("Fr. 5", "CHF", 500),
        ("1.234 KWD", "KWD", 1234),
    ],
)
def test_every_currency_has_its_own_signs(cell: str, currency: str, minor: int) -> None:
    assert amount(cell, currency, ENGLISH) == minor


def test_signs_come_from_the_language_of_the_country() -> None:
    assert {"USD", "$"} <= set(signs_of("USD"))
    assert {"PLN", "zł"} <= set(signs_of("PLN"))
    assert {"CZK", "Kč"} <= set(signs_of("CZK"))
    assert {"A$", "$", "AUD"} <= set(signs_of("AUD"))
    assert "€" not in signs_of("CHF")


@given(
    st.integers(-(10**14), 10**14),
    st.sampled_from(["{} €", "€{}", "{}", "EUR {}", "{}\u00a0EUR"]),
    st.sampled_from([GERMAN, FRENCH, SWISS]),
)
def test_every_amount_comes_back(minor: int, form: str, writing: Writing) -> None:
    digits = f"{Decimal(minor).scaleb(-2):,.2f}".translate({44: writing.thousands, 46: writing.decimal})
    assert amount(form.format(digits), "EUR", writing) == minor


@given(st.lists(st.text(max_size=12) | st.text("0123456789.,-+()€% 'eE", max_size=10), min_size=1, max_size=8))
def test_any_text_is_a_number_or_told(cells: list[str]) -> None:
    array = pa.array([cell.strip() or None for cell in cells], pa.string())
    for writing in (GERMAN, FRENCH, SWISS, Writing()):
        for percent in (False, True):
            numbers, odd = plain_numbers(without_sign(array, "EUR"), writing, percent=percent)
            assert (mask_of(numbers.is_valid()) ^ odd == mask_of(array.is_valid())).all()
            assert read_real(numbers).values.null_count <= numbers.null_count + sum(
                "e" in cell.lower() for cell in cells
            )
