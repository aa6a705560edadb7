"""Money in minor units, exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.lang.errors import UsageError
from stamm.lang.money import exponent, is_currency, to_major, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.30", "EUR", 1230),
        ("0.1", "EUR", 10),
        (0.29, "EUR", 29),  # 0.29 * 100 is 28.999999999999996
        (1.15, "EUR", 115),
        (-7, "EUR", -700),
        ("1250", "JPY", 1250),
        ("1250.0", "JPY", 1250),
        ("1.234", "KWD", 1234),
        (Decimal("1E+3"), "EUR", 100_000),
        ("90071992547409.93", "EUR", 9_007_199_254_740_993),  # 2^53 + 1
    ],
)
def test_to_minor(amount: str | float | Decimal, currency: str, minor: int) -> None:
    assert to_minor(amount, currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0.001", "EUR"),
        (0.1 + 0.2, "EUR"),
        ("0.5", "JPY"),
        ("1.2345", "KWD"),
        ("", "EUR"),
        ("12,30", "EUR"),
        ("nan", "EUR"),
    ],
)
def test_what_is_not_exact_is_refused(amount: str | float, currency: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - two sentences, told apart below
        to_minor(amount, currency)


def test_the_two_refusals_differ() -> None:
    with pytest.raises(ValueError, match="more digits than JPY has"):
        to_minor("0.5", "JPY")
    with pytest.raises(ValueError, match="is no amount"):
        to_minor("12,30", "EUR")


@pytest.mark.parametrize("amount", ["inf", "-Infinity", float("inf")])
def test_infinity_is_no_amount(amount: str | float) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        to_minor(amount, "EUR")


def test_digits_beyond_the_context_are_not_lost() -> None:
    with pytest.raises(ValueError, match="more digits"):
        to_minor("12.3000000000000000000000000000001", "EUR")


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD", "USD", "CHF"]))
def test_there_and_back(minor: int, currency: str) -> None:
    assert to_minor(to_major(minor, currency), currency) == minor


def test_major_units() -> None:
    assert to_major(1230, "EUR") == Decimal("12.30")
    assert to_major(1230, "JPY") == 1230
    assert to_major(1230, "KWD") == Decimal("1.230")


def test_currencies() -> None:
    assert (exponent("EUR"), exponent("JPY"), exponent("KWD")) == (2, 0, 3)
    assert is_currency("EUR")
    assert not is_currency("eur")
    assert not is_currency("")
    assert not is_currency("ABCD")
    with pytest.raises(UsageError, match="'eur' is no ISO 4217 currency"):
        exponent("eur")
