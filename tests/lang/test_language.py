"""Numbers, money, dates and window names as English and German readers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import Window

EN, DE = Language("en"), Language("de")
NO_BREAK = "\u00a0"
MINUS = "\u2212"


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (0.6, "60.0%", f"60,0{NO_BREAK}%"),
        (-0.025, f"{MINUS}2.5%", f"{MINUS}2,5{NO_BREAK}%"),
        (12.345, "1,234.5%", f"1.234,5{NO_BREAK}%"),
        (0, "0.0%", f"0,0{NO_BREAK}%"),
        (-0.0004, "0.0%", f"0,0{NO_BREAK}%"),
        (-0.0006, f"{MINUS}0.1%", f"{MINUS}0,1{NO_BREAK}%"),
        (1, "100.0%", f"100,0{NO_BREAK}%"),
    ],
)
def test_percent(value: float, english: str, german: str) -> None:
    assert EN.percent(value) == english
    assert DE.percent(value) == german


def test_digits_of_percent() -> None:
    assert EN.percent(0.0538461, 2) == "5.38%"
    assert DE.percent(0.0538461, 0) == f"5{NO_BREAK}%"
    assert EN.percent(0.05, signed=True) == "+5.0%"
    assert EN.percent(0.0001, signed=True) == "0.0%"


@pytest.mark.parametrize(
    ("value", "digits", "english", "german"),
    [
        (1000, 0, "1,000", "1.000"),
        (1234567.891, 2, "1,234,567.89", "1.234.567,89"),
        (-12.5, 1, f"{MINUS}12.5", f"{MINUS}12,5"),
        (Decimal("0.1"), 3, "0.100", "0,100"),
        (-0.04, 1, "0.0", "0,0"),
    ],
)
def test_numbers(value: float, digits: int, english: str, german: str) -> None:
    assert EN.number(value, digits) == english
    assert DE.number(value, digits) == german


@given(st.floats(-1e9, 1e9).filter(bool), st.integers(0, 4), st.sampled_from([EN, DE]))
def test_zero_has_no_sign(value: float, digits: int, language: Language) -> None:
    for text in (
        language.number(value, digits),
        language.number(value, digits, signed=True),
        language.trimmed(value, digits),
        language.percent(value, digits),
        language.change(value, "share"),
        language.money(value, "EUR"),
    ):
        assert "-" not in text
        if not any(digit in text for digit in "123456789"):
            assert MINUS not in text
            assert "+" not in text
        else:
            assert (MINUS in text) == (value < 0)


def test_negative_zero_has_no_sign() -> None:
    assert EN.number(-0.0, 1) == "0.0"
    assert EN.trimmed(-0.0, 1) == "0"
    assert DE.percent(-0.0) == f"0,0{NO_BREAK}%"
    assert EN.change(-0.0, "share") == f"0.0{NO_BREAK}points"


@pytest.mark.parametrize(
    ("minor", "currency", "english", "german"),
    [
        (123456, "EUR", "€1,234.56", f"1.234,56{NO_BREAK}€"),
        (-5, "EUR", f"{MINUS}€0.05", f"{MINUS}0,05{NO_BREAK}€"),
        (0, "EUR", "€0.00", f"0,00{NO_BREAK}€"),
        (1234, "USD", "$12.34", f"12,34{NO_BREAK}$"),
        (1234, "JPY", "¥1,234", f"1.234{NO_BREAK}¥"),
        (1234, "KWD", "KWD1.234", f"1,234{NO_BREAK}KWD"),
        (-0.4, "EUR", "€0.00", f"0,00{NO_BREAK}€"),
    ],
)
def test_money(minor: float, currency: str, english: str, german: str) -> None:
    assert EN.money(minor, currency).replace(NO_BREAK, "") == english
    assert DE.money(minor, currency) == german


def test_whole_and_signed_money() -> None:
    assert EN.money(123456, "EUR", whole=True) == "€1,235"
    assert DE.money(123456, "EUR", whole=True) == f"1.235{NO_BREAK}€"
    assert DE.money(1234, "JPY", whole=True) == f"1.234{NO_BREAK}¥"
    assert EN.money(123456, "EUR", signed=True) == "+€1,234.56"
    assert EN.change(-500, "money", "EUR") == f"{MINUS}€5.00"
    assert EN.money(-40, "EUR", whole=True) == "€0"


@pytest.mark.parametrize(
    ("value", "unit", "english", "german"),
    [
        (0.6, "share", "60.0%", f"60,0{NO_BREAK}%"),
        (1230, "count", "1,230", "1.230"),
        (33.3333, "points", "33.3", "33,3"),
        (0.2134, "difference", "+21.3", "+21,3"),
        (-0.417, "difference", f"{MINUS}41.7", f"{MINUS}41,7"),
        (60.0, "points", "60", "60"),
        (12.5, "days", f"12.50{NO_BREAK}days", f"12,50{NO_BREAK}Tage"),
        (90.0, "seconds", f"90.00{NO_BREAK}seconds", f"90,00{NO_BREAK}Sekunden"),
        (0.5, "hours", f"0.50{NO_BREAK}hours", f"0,50{NO_BREAK}Stunden"),
        (5.0, "years", f"5.00{NO_BREAK}years", f"5,00{NO_BREAK}Jahre"),
        (1.25, "ratio", "1.25", "1,25"),
        (100_000, "money", "€1,000.00", f"1.000,00{NO_BREAK}€"),
        (None, "share", "no value", "kein Wert"),
    ],
)
def test_values_in_their_unit(value: float | None, unit: str, english: str, german: str) -> None:
    assert EN.value(value, unit, "EUR") == english
    assert DE.value(value, unit, "EUR") == german


def test_money_given_in_major_units_is_a_plain_number() -> None:
    assert EN.value(1000, "money") == "1,000"
    assert DE.value(12.5, "money") == "12,5"


@pytest.mark.parametrize(
    ("difference", "unit", "english", "german"),
    [
        (0.012, "share", f"+1.2{NO_BREAK}points", f"+1,2{NO_BREAK}Prozentpunkte"),
        (-0.012, "share", f"{MINUS}1.2{NO_BREAK}points", f"{MINUS}1,2{NO_BREAK}Prozentpunkte"),
        (-20, "count", f"{MINUS}20", f"{MINUS}20"),
        (2.5, "points", "+2.5", "+2,5"),
        (1.5, "days", f"+1.50{NO_BREAK}days", f"+1,50{NO_BREAK}Tage"),
        (-1.5, "minutes", f"{MINUS}1.50{NO_BREAK}minutes", f"{MINUS}1,50{NO_BREAK}Minuten"),
        (250, "money", "+€2.50", f"+2,50{NO_BREAK}€"),
    ],
)
def test_change(difference: float, unit: str, english: str, german: str) -> None:
    assert EN.change(difference, unit, "EUR") == english
    assert DE.change(difference, unit, "EUR") == german


@pytest.mark.parametrize(
    ("text", "english", "german", "short"),
    [
        ("2024", "2024", "2024", "2024"),
        ("2024-Q2", "Q2 2024", "Q2 2024", "Q2 2024"),
        ("2024-03", "March 2024", "März 2024", "Mar 2024"),
        ("2024-12", "December 2024", "Dezember 2024", "Dec 2024"),
        ("2024-W07", "week 7/2024", "Woche 7/2024", "week 7/2024"),
        ("2021-W01", "week 1/2021", "Woche 1/2021", "week 1/2021"),
        ("2020-W53", "week 53/2020", "Woche 53/2020", "week 53/2020"),
        ("2024-02-10", "10 February 2024", "10. Februar 2024", "10 Feb 2024"),
        ("2024-02-01/2024-02-11", "1 February 2024 to 10 February 2024", "1. Februar 2024 bis 10. Februar 2024",
         "1 Feb 2024 to 10 Feb 2024"),
        ("2024-02-01/2024-04-01", "1 February 2024 to 31 March 2024", "1. Februar 2024 bis 31. März 2024",
         "1 Feb 2024 to 31 Mar 2024"),
    ],
)  # fmt: skip
def test_windows(text: str, english: str, german: str, short: str) -> None:
    window = Window.parse(text)
    assert EN.window(window) == english
    assert DE.window(window) == german
    assert EN.window(window, short=True) == short


def test_days_and_moments() -> None:
    assert EN.day(date(2026, 10, 1)) == "1 October 2026"
    assert DE.day(date(2026, 10, 1)) == "1. Oktober 2026"
    assert EN.month(date(2026, 10, 1), year=False) == "October"
    assert EN.moment(datetime(2026, 10, 1, 9, 5, tzinfo=UTC)) == "1 October 2026, 09:05"


def test_the_first_wish_wins_then_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert Language.chosen(None, "").code == "en"
    assert Language.chosen("", "de", "en").code == "de"
    assert Language.chosen("de-AT").code == "de"
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert Language.chosen().code == "de"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert Language.chosen().code == "en"
    assert Language.chosen("de").code == "de"
    with pytest.raises(UsageError, match="no language 'fr'"):
        Language.chosen("fr")


def test_a_text_without_translation_is_itself() -> None:
    assert DE("nobody ever wrote {this}", this="that") == "nobody ever wrote that"
