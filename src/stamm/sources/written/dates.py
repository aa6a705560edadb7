"""Moments and days in formats of their own (`10.02.2024 14:30`, `3. März 2024`, `2/10/24 2:30 PM`), column by column.

A cell is read by the first format it fits. One that fits and is not in the calendar is told as that; it is not tried
as the next format, where 31.04. might become a day nobody wrote.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.mapping.dates import SERIALS, DateFormat
from stamm.sources.local_time import DAY, SECOND, Mask, Whole
from stamm.sources.moments import Clock, Written, codes_of, digits_at, number_in, one_of, put_iso

#: digits that directives usually have
_WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
#: all that directives may be, in the notation of RE2
_PARTS = {
    "Y": r"\d{4}",
    "y": r"\d\d",
    "m": r"\d{1,2}",
    "b": r"\pL{3,9}\.?",
    "d": r"\d{1,2}",
    "H": r"\d{1,2}",
    "I": r"\d{1,2}",
    "p": r"[AaPp]\.?[Mm]\.?",
    "M": r"\d\d",
    "S": r"\d\d",
    "f": r"\d{1,9}",
    "z": r"[Zz]|UTC|GMT|[+\x{2212}-]\d\d(?::?\d\d)?",
}
_BLANKS = r"[\x{00a0}\x{2007}\x{2009}\x{202f}]"
#: years of two digits from here on are in the last century
_PIVOT = 69
_MONTHS = (
    "january januar jan jän jänner",
    "february februar feb feber",
    "march märz maerz mar mär mrz",
    "april apr",
    "may mai",
    "june juni jun",
    "july juli jul",
    "august aug",
    "september sep sept",
    "october oktober oct okt",
    "november nov",
    "december dezember dec dez",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_SERIAL = r"^[+-]?\d{1,13}(?:\.\d*)?$"
#: before March 1900 Excel is a day behind, because it takes 1900 for a leap year
_LEAP = 60


def other_than(formats: tuple[str, ...]) -> str:
    """The reason for what none of the formats fits."""
    return f"is not written as {' or '.join(formats)}"


def put_written(text: pa.Array, formats: tuple[str, ...], written: Written, native: Mask | None = None) -> None:
    """Find moments or days in trimmed text (null where empty); native moments are in ISO 8601."""
    if native is not None and native.any():
        put_iso(pc.if_else(pa.array(native), text, None), written)
    for one in formats:
        if one in SERIALS:
            _put_serials(text, one, written)
        else:
            form = DateFormat(one)
            _put_plain(text, form, written)
            _put_any(text, form, written)


def _left(text: pa.Array, written: Written) -> Whole:
    """Rows with something in them that was not found yet."""
    return np.nonzero(text.is_valid().to_numpy(zero_copy_only=False) & ~written.found)[0]


# -- all digits in their usual places ------------------------------------------------------------------------
def _put_plain(text: pa.Array, form: DateFormat, written: Written) -> None:
    """What is written with all digits, read off its bytes."""
    if not all(not is_directive or piece in _WIDTHS for piece, is_directive in form.pieces):
        return
    width = sum(_WIDTHS[piece] if is_directive else len(piece.encode()) for piece, is_directive in form.pieces)
    lengths = pc.fill_null(pc.binary_length(text), 0).to_numpy()
    rows = np.nonzero((lengths == width) & ~written.found)[0]
    if not len(rows):
        return
    codes, place = codes_of(text, rows, width), 0
    plain = np.ones(len(rows), dtype=bool)
    parts: dict[str, Whole] = {}
    for piece, is_directive in form.pieces:
        if is_directive:
            parts[piece], digits = digits_at(codes, range(place, place + _WIDTHS[piece]))
            plain &= digits
            place += _WIDTHS[piece]
            continue
        for sign in piece.encode():
            plain &= one_of(codes, place, bytes((sign,)))
            place += 1
    if not plain.all():
        rows, parts = rows[plain], {piece: part[plain] for piece, part in parts.items()}
    clock = Clock(parts["H"], parts.get("M", 0), parts.get("S", 0)) if form.has_time else None
    written.put(rows, parts["Y"] if "Y" in parts else _century(parts["y"]), parts["m"], parts["d"], clock)


# -- in any other way that the format allows -----------------------------------------------------------------
def _put_any(text: pa.Array, form: DateFormat, written: Written) -> None:
    """What is written with fewer digits, names of months, zones; equal cells are looked at once."""
    rest = _left(text, written)
    if not len(rest):
        return
    coded = text.take(pa.array(rest)).dictionary_encode()
    cells = pc.utf8_normalize(pc.replace_substring_regex(coded.dictionary, _BLANKS, " "), form="NFC")
    parts = pc.extract_regex(cells, _pattern(form))
    named = ("b", True) in form.pieces
    month = _months(pc.struct_field(parts, "b")) if named else np.ones(len(parts), dtype=np.int64)
    fits = parts.is_valid().to_numpy(zero_copy_only=False) & (month > 0)
    indices = coded.indices.to_numpy()
    rows = rest[fits[indices]]
    if not len(rows):
        return
    place = (np.cumsum(fits) - 1)[indices[fits[indices]]]
    parts, month = parts.filter(pa.array(fits)), month[fits]
    number = {piece: number_in(parts, piece)[place] for piece in "YymdHIMS" if (piece, True) in form.pieces}
    year = number["Y"] if "Y" in number else _century(number["y"])
    clock = _clock(parts, number, place) if form.has_time else None
    written.put(rows, year, month[place] if named else number["m"], number["d"], clock)


@lru_cache(maxsize=64)
def _pattern(form: DateFormat) -> str:
    """The format in the notation of RE2; white space in it stands for any white space."""
    pieces = (f"(?P<{piece}>{_PARTS[piece]})" if known else _literal(piece) for piece, known in form.pieces)
    return f"^{''.join(pieces)}$"


def _literal(text: str) -> str:
    return r"\s+".join(re.escape(part) for part in re.split(r"\s+", text))


def _clock(parts: pa.StructArray, number: dict[str, Whole], place: Whole) -> Clock:
    hour, sound = number.get("H", np.zeros(len(place), dtype=np.int64)), np.ones(len(place), dtype=bool)
    if "I" in number:
        sound = (number["I"] >= 1) & (number["I"] <= 12)
        half = pc.utf8_slice_codeunits(pc.utf8_lower(pc.struct_field(parts, "p")), 0, 1)
        hour = number["I"] % 12 + 12 * pc.equal(half, "p").to_numpy(zero_copy_only=False)[place]
    fraction = np.zeros(len(place), dtype=np.int64)
    if parts.type.get_field_index("f") >= 0:
        padded = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.struct_field(parts, "f"), 6, padding="0"), 0, 6)
        fraction = padded.cast(pa.int64()).to_numpy()[place]
    zoned = parts.type.get_field_index("z") >= 0
    offset = np.zeros(len(place), dtype=np.int64)
    if zoned:
        ahead, near = _offsets(pc.struct_field(parts, "z"))
        offset, sound = ahead[place], sound & near[place]
    return Clock(hour, number.get("M", 0), number.get("S", 0), fraction, offset, zoned, sound)


def _offsets(zones: pa.Array) -> tuple[Whole, Mask]:
    """Seconds that clocks are ahead of UTC, and which can be so."""
    bare = pc.replace_substring_regex(zones, "[A-Za-z]+", "+00")
    parts = pc.extract_regex(bare, r"^(?P<sign>[+\x{2212}-])(?P<hours>\d\d):?(?P<minutes>\d\d)?$")
    hours, minutes = number_in(parts, "hours"), number_in(parts, "minutes")
    ahead = pc.equal(pc.struct_field(parts, "sign"), "+").to_numpy(zero_copy_only=False)
    return np.where(ahead, 1, -1) * (hours * 3600 + minutes * 60), (hours <= 18) & (minutes <= 59)


def _century(year: Whole) -> Whole:
    whole: Whole = np.where(year >= _PIVOT, 1900 + year, 2000 + year)
    return whole


def _months(names: pa.Array) -> Whole:
    """Numbers of months by their names; 0 for what is none."""
    known = [_MONTH.get((name or "").lower().rstrip("."), 0) for name in names.to_pylist()]
    return np.array(known, dtype=np.int64)


# -- numbers that stand for moments --------------------------------------------------------------------------
def _put_serials(text: pa.Array, name: str, written: Written) -> None:
    """Days of a workbook, local; or ticks since 1970 in UTC. Both to the millisecond."""
    rest = _left(text, written)
    some = text.take(pa.array(rest))
    fits = pc.match_substring_regex(some, _SERIAL)
    rest = rest[fits.to_numpy(zero_copy_only=False)]
    number = some.filter(fits).cast(pa.float64()).to_numpy()
    whole = np.floor(number)
    if name.startswith("excel"):
        first = np.datetime64("1904-01-01" if name == "excel-1904" else "1899-12-30", "D").astype(np.int64)
        leap = name == "excel"
        sound = (number >= 0) & ~(leap & (whole == _LEAP))
        milliseconds = np.rint((number + first + (leap & (number < _LEAP))) * (DAY / 1000))
        bare = sound & (whole == number)
    else:
        milliseconds = np.rint(number * (1000 if name == "unix" else 1))
        sound, bare = np.ones(len(rest), dtype=bool), np.zeros(len(rest), dtype=bool)
    for rows, timed in ((bare, False), (~bare, True)):
        at = np.clip(milliseconds[rows], -1e14, 1e14).astype(np.int64).astype("datetime64[ms]")
        year, month = at.astype("datetime64[Y]"), at.astype("datetime64[M]")
        day, microseconds = at.astype("datetime64[D]"), at.astype(np.int64) * 1000 % DAY
        seconds, fraction = np.divmod(microseconds, SECOND)
        clock = Clock(
            seconds // 3600, seconds // 60 % 60, seconds % 60, fraction, 0, not name.startswith("excel"), sound[rows]
        )
        written.put(
            rest[rows],
            year.astype(np.int64) + 1970,
            month.astype(np.int64) % 12 + 1,
            (day - month.astype("datetime64[D]")).astype(np.int64) + 1,
            clock if timed else None,
        )
