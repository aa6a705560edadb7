"""Numbers, amounts, words and objects as people write them."""

import json
import math
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stamm.facts import faults
from stamm.facts.columns import Column, currency, flag, money, real, text, whole
from stamm.facts.columns import json as json_column
from stamm.lang.money import to_minor
from stamm.sources.cells import NO_AMOUNT, read_column, read_major
from stamm.sources.moments import Read

WORDS = st.text(alphabet="0123456789+-.,eE $€'\t", max_size=25) | st.text(max_size=8)


def outcome(result: Read, row: int = 0) -> object:
    """What was read, or the reason against it."""
    told = [reason for rows, reason in result.faults if rows[row]]
    assert not (told and result.values[row].is_valid), "a cell with a fault has no value"
    return told[0] if told else result.values[row].as_py()


def read(cell: object, column: Column) -> object:
    return outcome(read_column(cell if isinstance(cell, pa.Array) else pa.array([cell], pa.string()), column, "UTC"))


def currency_column() -> Column:
    column = currency()
    column.name = "currency"
    return column


# -- whole numbers -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1250", 1250),
        (" 1250 ", 1250),
        ("-1250", -1250),
        ("+7", 7),
        ("0", 0),
        ("-0", 0),
        ("0007", 7),
        ("1250.0", 1250),
        ("1250.", 1250),
        ("999999999999999999", 999_999_999_999_999_999),
        ("000000000000000000000000000012", 12),
        ("", None),
        ("12.5", faults.NO_WHOLE),
        ("12,5", faults.NO_WHOLE),
        ("1,250", faults.NO_WHOLE),
        ("1e3", faults.NO_WHOLE),
        ("12 EUR", faults.NO_WHOLE),
        ("--1", faults.NO_WHOLE),
        ("+-1", faults.NO_WHOLE),
        ("-", faults.NO_WHOLE),
        ("١٢", faults.NO_WHOLE),
        ("12345678901234567890", faults.TOO_LARGE),
        ("-12345678901234567890", faults.TOO_LARGE),
    ],
)
def test_whole_numbers(written: str, meant: object) -> None:
    assert read(written, whole()) == meant


def test_money_has_its_own_words() -> None:
    assert read("12.30", money()) == faults.NO_MINOR
    assert faults.NO_MINOR == (
        "is not whole minor units; write 12.30 EUR as 1230 here, or as 12.30 in a column named without _minor"
    )


@pytest.mark.parametrize(
    ("array", "meant"),
    [
        (pa.array([1250], pa.int8() if False else pa.int16()), 1250),
        (pa.array([1250], pa.uint64()), 1250),
        (pa.array([2**64 - 1], pa.uint64()), faults.TOO_LARGE),
        (pa.array([1250.0], pa.float64()), 1250),
        (pa.array([1250.0], pa.float32()), 1250),
        (pa.array([-3.0], pa.float64()), -3),
        (pa.array([12.5], pa.float64()), faults.NO_WHOLE),
        (pa.array([1e300], pa.float64()), faults.NO_WHOLE),
        (pa.array([math.inf], pa.float64()), faults.NO_WHOLE),
        (pa.array([math.nan], pa.float64()), None),
        (pa.array([Decimal("1250.00")]), 1250),
        (pa.array([Decimal("1250.01")]), faults.NO_WHOLE),
        (pa.array(["1250"]).dictionary_encode(), 1250),
        (pa.array([True]), faults.NO_WHOLE),
        (pa.nulls(1), None),
    ],
)
def test_whole_numbers_of_parquet(array: pa.Array, meant: object) -> None:
    assert read(array, whole()) == meant


@given(st.lists(WORDS, max_size=12))
def test_any_text_gives_a_whole_number_or_a_reason(written: list[str]) -> None:
    result = read_column(pa.array(written, pa.string()), whole(), "UTC")
    for row, cell in enumerate(written):
        got = outcome(result, row)
        if isinstance(got, int):
            assert Decimal(cell.strip(" \t\n\r\v\f")) == got
        else:
            assert got in {faults.NO_WHOLE, faults.TOO_LARGE} or (got is None and not cell.strip(" \t\n\r\v\f"))


# -- real numbers --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1.5", 1.5),
        ("+1.5", 1.5),
        ("-.5", -0.5),
        ("3", 3.0),
        ("3.", 3.0),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        ("", None),
        ("1,5", faults.NO_NUMBER),
        ("1.234,5", faults.NO_NUMBER),
        ("nan", faults.NO_NUMBER),
        ("inf", faults.NO_NUMBER),
        ("0x10", faults.NO_NUMBER),
        (".", faults.NO_NUMBER),
        ("1e999", faults.TOO_LARGE),
    ],
)
def test_real_numbers(written: str, meant: object) -> None:
    assert read(written, real()) == meant


def test_a_reason_in_one_row_leaves_the_others() -> None:
    result = read_column(pa.array(["1.5", "x", None, "1e999", "2"]), real(), "UTC")
    assert [outcome(result, row) for row in range(5)] == [1.5, faults.NO_NUMBER, None, faults.TOO_LARGE, 2.0]


def test_real_numbers_of_parquet() -> None:
    assert read(pa.array([1.5], pa.float32()), real()) == 1.5
    assert read(pa.array([7], pa.int64()), real()) == 7.0
    assert read(pa.array([math.nan]), real()) is None
    assert read(pa.array([math.inf]), real()) == faults.TOO_LARGE
    assert read(pa.array([Decimal("2.50")]), real()) == 2.5


@given(st.lists(WORDS, max_size=12))
def test_any_text_gives_a_real_number_or_a_reason(written: list[str]) -> None:
    result = read_column(pa.array(written, pa.string()), real(), "UTC")
    for row, cell in enumerate(written):
        got = outcome(result, row)
        if isinstance(got, float):
            assert math.isclose(got, float(cell), rel_tol=1e-12)
        else:
            assert got in {faults.NO_NUMBER, faults.TOO_LARGE} or (got is None and not cell.strip(" \t\n\r\v\f"))


# -- amounts in major units ----------------------------------------------------------------------------------
def major(cell: object, code: str | None = "EUR") -> object:
    array = cell if isinstance(cell, pa.Array) else pa.array([cell], pa.string())
    return outcome(read_major(array, pa.array([code], pa.string())))


@pytest.mark.parametrize(
    ("written", "code", "meant"),
    [
        ("12.30", "EUR", 1230),
        ("12.3", "EUR", 1230),
        ("12", "EUR", 1200),
        ("12.", "EUR", 1200),
        (".05", "EUR", 5),
        ("-0.05", "EUR", -5),
        ("+12.30", "EUR", 1230),
        ("0.1", "EUR", 10),
        ("12.3000", "EUR", 1230),
        ("00012.30", "EUR", 1230),
        ("0.00", "EUR", 0),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("9999999999999999.99", "EUR", 999_999_999_999_999_999),
        ("", "EUR", None),
        ("12.345", "EUR", faults.TOO_FINE),
        ("500.5", "JPY", faults.TOO_FINE),
        ("1.2345", "KWD", faults.TOO_FINE),
        ("12,30", "EUR", NO_AMOUNT),
        ("€12.30", "EUR", NO_AMOUNT),
        ("1e2", "EUR", NO_AMOUNT),
        (".", "EUR", NO_AMOUNT),
        ("99999999999999999.99", "EUR", faults.TOO_LARGE),
        ("12.30", None, None),
    ],
)
def test_amounts_in_major_units(written: str, code: str | None, meant: object) -> None:
    assert major(written, code) == meant


def test_amounts_of_parquet() -> None:
    assert major(pa.array([12.3])) == 1230
    assert major(pa.array([12])) == 1200
    assert major(pa.array([Decimal("12.30")])) == 1230
    assert major(pa.array([0.1 + 0.2])) == faults.TOO_FINE
    assert major(pa.array([4.35])) == 435


@given(
    st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=4),
    st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
)
def test_amounts_are_exact(amount: Decimal, code: str) -> None:
    try:
        meant: object = to_minor(amount, code)
    except ValueError:
        meant = faults.TOO_FINE
    assert major(f"{amount:f}", code) == meant


@given(st.lists(st.tuples(WORDS, st.sampled_from(["EUR", "JPY", "KWD", None])), max_size=12))
def test_any_text_gives_an_amount_or_a_reason(rows: list[tuple[str, str | None]]) -> None:
    amounts = pa.array([cell for cell, _ in rows], pa.string())
    result = read_major(amounts, pa.array([code for _, code in rows], pa.string()))
    for row, (cell, code) in enumerate(rows):
        got = outcome(result, row)
        if isinstance(got, int):
            assert code is not None
            assert got == to_minor(cell.strip(" \t\n\r\v\f"), code)
        elif got is None:
            assert code is None or not cell.strip(" \t\n\r\v\f")


# -- words ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("array", "meant"),
    [
        (pa.array([" Köln "]), "Köln"),
        (pa.array(["  "]), None),
        (pa.array([4711]), "4711"),
        (pa.array([4711.0]), "4711"),
        (pa.array([47.5]), "47.5"),
        (pa.array([math.nan]), None),
        (pa.array([Decimal(4711)]), "4711"),
        (pa.array(["x"]).dictionary_encode(), "x"),
        (pa.array(["x"], pa.large_string()), "x"),
        (pa.array(["x"], pa.string_view()), "x"),
        (pa.array([b"x"]), "x"),
        (pa.array([True]), "true"),
        (pa.nulls(1), None),
    ],
)
def test_text(array: pa.Array, meant: str | None) -> None:
    assert read(array, text()) == meant


def test_choices() -> None:
    column = text(choices=("page", "screen", "track"))
    assert read(" Page ", column) == "page"
    assert read("", column) is None
    assert read("click", column) == "is not one of page, screen, track"


def test_currencies() -> None:
    assert read("eur ", currency_column()) == "EUR"
    assert read("", currency_column()) is None
    assert read("EURO", currency_column()) == "is not an ISO 4217 currency; write three capitals such as EUR"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("true", True), ("YES", True), ("1", True), ("False", False), ("no", False), ("0", False), ("", None)],
)
def test_flags(written: str, meant: bool | None) -> None:
    assert read(written, flag()) is meant


def test_other_flags_are_told() -> None:
    assert read("maybe", flag()) == "is neither true nor false"
    assert read("2", flag()) == "is neither true nor false"
    assert read(pa.array([True]), flag()) is True


# -- JSON ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("written", ['{"a": 1}', ' {"a": {"b": [1, null, "ü"]}} ', "{}"])
def test_objects(written: str) -> None:
    assert read(written, json_column()) == written.strip()


@pytest.mark.parametrize("written", ["[1]", "7", "{a: 1}", '{"a": NaN}', "{'a': 1}", "{", "[" * 100_000])
def test_what_is_no_object_is_told(written: str) -> None:
    assert read(written, json_column()) == 'is not a JSON object; write it as {"key": "value"}'


def test_some_objects_among_others() -> None:
    result = read_column(pa.array(['{"a": 1}', None, "x", '{"a": 1}']), json_column(), "UTC")
    assert [outcome(result, row) for row in range(4)] == ['{"a": 1}', None, faults.NO_OBJECT, '{"a": 1}']


def test_structs_and_maps_of_parquet_become_objects() -> None:
    struct = pa.array([{"plan": "gold", "seats": 3}, None])
    assert read(struct, json_column()) == '{"plan": "gold", "seats": 3}'
    as_map = pa.array([[("plan", "gold")]], pa.map_(pa.string(), pa.string()))
    assert read(as_map, json_column()) == '{"plan": "gold"}'


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_every_object_is_read_back(value: dict[str, object]) -> None:
    assume("\0" not in json.dumps(value))
    assert json.loads(str(read(json.dumps(value), json_column()))) == value
