"""Numbers as whole units and digits: exactly what Python's decimals say, or told."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.sources.cells import TOO_LARGE
from stamm.sources.mapped.numbers import TOO_LONG, Exact, exact_of, whole_of

#: more than any number here has
WIDE = Context(prec=200)
NUMBERS = st.decimals(min_value=-(10**20), max_value=10**20, allow_nan=False, places=None).filter(
    lambda number: len(f"{number:f}") < 60
) | st.decimals(-1000, 1000, places=2)


def exact(numbers: list[Decimal | None]) -> Exact:
    cells = pa.array([None if number is None else f"{number:f}" for number in numbers], pa.string())
    return exact_of(cells, np.zeros(len(numbers), dtype=bool), "")


def value(numbers: Exact, row: int = 0) -> Decimal | str | None:
    """The number in a row, or the reason against it."""
    reason = next((reason for rows, reason in numbers.faults if rows[row]), None)
    assert not (reason and numbers.known[row]), "a number with a fault is not known"
    if not numbers.known[row]:
        return reason
    assert 0 <= numbers.digits[row] <= 18
    return Decimal(int(numbers.whole[row])).scaleb(-int(numbers.digits[row]), WIDE)


def fits(number: Decimal) -> bool:
    """Whether 18 digits are enough."""
    _, figures, exponent = number.normalize(WIDE).as_tuple()
    assert isinstance(exponent, int)
    return len(figures) + max(exponent, 0) <= 18 and -exponent <= 18


@given(NUMBERS)
def test_a_number_is_read_exactly_or_told(number: Decimal) -> None:
    found = value(exact([number]))
    assert found == number if fits(number) else found in {TOO_LARGE, TOO_LONG}


@given(NUMBERS, NUMBERS)
def test_products_and_sums_are_exact_or_told(one: Decimal, two: Decimal) -> None:
    with localcontext(WIDE):
        product, total = one * two, one + two
    left, right = exact([one]), exact([two])
    if isinstance(value(left), Decimal) and isinstance(value(right), Decimal):
        found = value(left.times(right))
        assert (
            found == product if isinstance(found, Decimal) else (found in {TOO_LARGE, TOO_LONG} and not fits(product))
        )
        found = value(left.plus(right))
        assert found == total if isinstance(found, Decimal) else (found in {TOO_LARGE, TOO_LONG} and not fits(total))


@given(NUMBERS.filter(fits), st.sampled_from([0, 2, 3, 9]), st.booleans())
def test_units_are_exact_rounded_where_it_is_said_or_told(number: Decimal, digits: int, rounded: bool) -> None:
    units, fine, large = exact([number]).units(digits, rounded=rounded)
    scaled = number.scaleb(digits, WIDE)
    whole = scaled.to_integral_value(ROUND_HALF_UP, WIDE)
    assert bool(fine[0]) == (whole != scaled and not rounded)
    if large[0]:
        assert abs(whole) > 10**17
    elif not fine[0]:
        assert int(units[0]) == int(whole)


@given(NUMBERS.filter(fits))
def test_reals_are_the_nearest(number: Decimal) -> None:
    assert float(exact([number]).real()[0]) == float(number)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("99999999999999999", Decimal(99999999999999999)),
        ("0.1234567890123456789", TOO_LONG),
        ("1" * 101, TOO_LONG),
        ("1e17", Decimal(10**17)),
        ("1e18", TOO_LARGE),
        ("1e-19", TOO_LONG),
        ("+5", Decimal(5)),
        ("5.", Decimal(5)),
        (".5", Decimal("0.5")),
        ("0e999", Decimal(0)),
    ],
)
def test_cells(cell: str, meant: Decimal | str) -> None:
    assert value(exact_of(pa.array([cell]), np.zeros(1, dtype=bool), "")) == meant


def test_whole_numbers_by_type() -> None:
    numbers = whole_of(pa.array([5, -(2**63), None, 10**18, -(10**18) + 1], pa.int64()))
    assert [value(numbers, row) for row in range(5)] == [5, TOO_LARGE, None, TOO_LARGE, -(10**18) + 1]


def test_a_slice_is_read_where_it_begins() -> None:
    cells = pa.array(["x€", "1.5", None, "2"]).slice(1)
    assert [value(exact_of(cells, np.zeros(3, dtype=bool), ""), row) for row in range(3)] == [Decimal("1.5"), None, 2]
