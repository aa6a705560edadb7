"""Cells as people write them, turned column by column into the type a fact wants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.columns import Column
from stamm.facts.faults import (
    NO_CURRENCY,
    NO_FLAG,
    NO_MINOR,
    NO_NUMBER,
    NO_OBJECT,
    NO_WHOLE,
    TOO_FINE,
    TOO_LARGE,
    none_of,
)
from stamm.lang.money import exponent, is_currency
from stamm.sources.local_time import Mask
from stamm.sources.moments import Read, days_of_arrow, days_of_text, moments_of_arrow, moments_of_text

NO_AMOUNT = "is not an amount in major units; write it with a decimal point and without currency, such as 12.30"

_WHOLE = r"^[+-]?\d+(?:\.0*)?$"
_REAL = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$"
_MAJOR = r"^[+-]?(?:\d+\.?\d*|\.\d+)$"
_YES, _NO = ("true", "yes", "1", "t", "y"), ("false", "no", "0", "f", "n")
#: whole numbers of so many digits always fit into 64 bits
_DIGITS = 18
#: floats hold whole numbers exactly up to here
_EXACT = 2**53


def mask_of(array: pa.Array) -> Mask:
    """A boolean Arrow array as a numpy mask; null is False."""
    result: Mask = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    return result


def as_text(array: pa.Array) -> pa.Array:
    """Any plain Arrow column as text without surrounding white space; cells with nothing in them as null.

    Raises pa.ArrowInvalid for bytes that are not UTF-8, pa.ArrowNotImplementedError for nested types.
    """
    kind = array.type
    if pa.types.is_dictionary(kind):
        return as_text(array.dictionary_decode())
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.string())
    if pa.types.is_floating(kind):
        wide = array.cast(pa.float64())
        finite, inside = pc.is_finite(wide), pc.less_equal(pc.abs(wide), _EXACT)
        whole = pc.and_(pc.and_(finite, inside), pc.equal(pc.floor(wide), wide))
        numbers = pc.if_else(whole, wide, 0.0).cast(pa.int64()).cast(pa.string())
        text = pc.if_else(pc.is_nan(wide), None, pc.if_else(whole, numbers, wide.cast(pa.string())))
    elif pa.types.is_decimal(kind):
        text = pa.array([None if cell is None else f"{cell:f}" for cell in array.to_pylist()], pa.string())
    else:
        text = array.cast(pa.string())
    text = pc.ascii_trim_whitespace(text)
    blank = pc.equal(pc.binary_length(text), 0)
    return pc.if_else(blank, None, text) if pc.any(blank).as_py() else text


def read_text(array: pa.Array) -> Read:
    """Text without surrounding white space; numbers as they are written, whole ones without a point."""
    return Read(as_text(array))


def read_choice(array: pa.Array, choices: tuple[str, ...]) -> Read:
    """One of the words known, whatever the case it is written in."""
    text = pc.utf8_lower(as_text(array))
    return _one_of(text, choices, none_of(choices))


def read_currency(array: pa.Array) -> Read:
    """ISO 4217 codes, whatever the case they are written in."""
    text = pc.utf8_upper(as_text(array))
    known = [code for code in pc.unique(text).to_pylist() if code is not None and is_currency(code)]
    return _one_of(text, known, NO_CURRENCY)


def _one_of(text: pa.Array, known: Sequence[str], reason: str) -> Read:
    unknown = mask_of(text.is_valid()) & ~mask_of(pc.is_in(text, value_set=pa.array(known, pa.string())))
    return _without(text, unknown, reason)


def _without(values: pa.Array, rows: Mask, reason: str) -> Read:
    """The values, but none in these rows, for this reason."""
    return Read(pc.if_else(pa.array(rows), None, values) if rows.any() else values, ((rows, reason),))


def read_whole(array: pa.Array, *, money: bool) -> Read:
    """Whole numbers of 64 bits; 1250.0 counts as whole."""
    if pa.types.is_integer(array.type) and array.type != pa.uint64():
        return Read(array.cast(pa.int64()))
    text = as_text(array)
    written = mask_of(pc.match_substring_regex(text, _WHOLE))
    plain = pc.replace_substring_regex(text, r"^\+?(-?)0*(\d+)(?:\.0*)?$", r"\1\2")
    short = mask_of(pc.less_equal(pc.utf8_length(pc.utf8_ltrim(plain, "-")), _DIGITS))
    fine = written & short
    values = pc.if_else(pa.array(fine), plain, None).cast(pa.int64())
    given = mask_of(text.is_valid())
    return Read(values, ((given & ~written, NO_MINOR if money else NO_WHOLE), (written & ~short, TOO_LARGE)))


def read_real(array: pa.Array) -> Read:
    """Real numbers; infinity and not-a-number are refused."""
    if pa.types.is_floating(array.type) or (pa.types.is_integer(array.type)):
        given = mask_of(array.is_valid())
        real = array.cast(pa.float64(), safe=False)
        absent = mask_of(pc.is_nan(real)) if pa.types.is_floating(array.type) else ~given
    else:
        text = as_text(array)
        given = mask_of(text.is_valid())
        written = mask_of(pc.match_substring_regex(text, _REAL))
        plain = pc.replace_substring_regex(pc.if_else(pa.array(written), text, None), r"^\+", "")
        real, absent = plain.cast(pa.float64()), given & ~written
        if absent.any():
            finite = mask_of(pc.is_finite(real))
            values = pc.if_else(pa.array(finite), real, None)
            return Read(values, ((absent, NO_NUMBER), (given & ~absent & ~finite, TOO_LARGE)))
        absent = ~given
    finite = mask_of(pc.is_finite(real))
    return Read(pc.if_else(pa.array(finite), real, None), ((given & ~absent & ~finite, TOO_LARGE),))


def read_flag(array: pa.Array) -> Read:
    """True or false, also yes and no, 1 and 0."""
    text = pc.utf8_lower(as_text(array))
    yes, no = pc.is_in(text, value_set=pa.array(_YES)), pc.is_in(text, value_set=pa.array(_NO))
    known = pc.or_(yes, no)
    values = pc.if_else(known, yes, None)
    return Read(values, ((mask_of(pc.and_(text.is_valid(), pc.invert(known))), NO_FLAG),))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text, parse_constant=_refuse), dict)
    except (ValueError, RecursionError):
        return False


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def read_json(array: pa.Array) -> Read:
    """JSON objects as text; structs and maps of Parquet are written as JSON."""
    if pa.types.is_struct(array.type) or pa.types.is_map(array.type):
        cells = array.to_pylist()
        return Read(pa.array([_written(cell) for cell in cells], pa.string()))
    text = as_text(array)
    if not text.null_count < len(text):
        return Read(text)
    distinct = text.dictionary_encode()
    sound = pa.array([_is_object(cell) for cell in distinct.dictionary.to_pylist()], pa.bool_())
    fine = mask_of(sound.take(distinct.indices))
    return _without(text, mask_of(text.is_valid()) & ~fine, NO_OBJECT)


def _written(cell: Any) -> str | None:
    if cell is None:
        return None
    return json.dumps(dict(cell), ensure_ascii=False, default=str)


def read_major(array: pa.Array, currencies: pa.Array) -> Read:
    """Minor units of amounts in major units, exactly, each row in its currency (known codes or null).

    A row without a currency gets no amount and no reason here: the currency has its own.
    """
    text = as_text(array)
    given = mask_of(text.is_valid())
    written = mask_of(pc.match_substring_regex(text, _MAJOR))
    values = np.zeros(len(text), dtype=np.int64)
    fine, long = np.zeros(len(text), dtype=bool), np.zeros(len(text), dtype=bool)
    for code in pc.unique(currencies.drop_null()).to_pylist():
        rows = written & mask_of(pc.equal(currencies, code))
        some, digits = text.filter(pa.array(rows)), exponent(code)
        parts = pc.extract_regex(some, rf"^(?P<sign>[+-]?)0*(?P<whole>\d*)(?:\.(?P<part>\d{{0,{digits}}})0*)?$")
        exact = mask_of(parts.is_valid())
        part = pc.utf8_rpad(pc.struct_field(parts, "part"), digits, padding="0")
        both = pc.binary_join_element_wise(pc.struct_field(parts, "whole"), part, "")
        short = mask_of(pc.less_equal(pc.utf8_length(both), _DIGITS))
        number = pc.if_else(pc.equal(both, ""), "0", both)
        minor = pc.if_else(pa.array(exact & short), number, "0").cast(pa.int64()).to_numpy()
        minus = mask_of(pc.equal(pc.struct_field(parts, "sign"), "-"))
        values[rows] = np.where(minus, -minor, minor)
        fine[rows], long[rows] = exact & short, exact & ~short
    priced = mask_of(currencies.is_valid())
    return Read(
        pa.array(values, mask=~fine),
        ((given & ~written, NO_AMOUNT), (long, TOO_LARGE), (written & priced & ~fine & ~long, TOO_FINE)),
        given=given,
    )


def read_column(array: pa.Array, column: Column, zone: str) -> Read:
    """A column in the type the fact wants."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if column.type == "moment":
        temporal = pa.types.is_timestamp(array.type) or pa.types.is_date(array.type)
        return moments_of_arrow(array, zone) if temporal else moments_of_text(as_text(array), zone)
    if column.type == "day":
        plain = pa.types.is_date(array.type) or (pa.types.is_timestamp(array.type) and array.type.tz is None)
        return days_of_arrow(array) if plain else days_of_text(as_text(array))
    if column.type == "whole":
        return read_whole(array, money=column.money)
    if column.type == "real":
        return read_real(array)
    if column.type == "flag":
        return read_flag(array)
    if column.type == "json":
        return read_json(array)
    if column.choices:
        return read_choice(array, column.choices)
    return read_currency(array) if column.name == "currency" else read_text(array)
