"""How numbers are written: which sign begins the decimals, which sets off thousands, what stands around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.lang.money import is_currency

#: what stands around the digits of an amount: signs of currencies, their codes
_BLANK = r"[\s\p{Zs}]*"
_AROUND = (
    rf"^{_BLANK}(?P<before>[A-Z]{{0,3}}\p{{Sc}}|[A-Za-z]{{3}}\b|kr\.?|Fr\.)?{_BLANK}"
    rf"(?P<number>[-+−(]?[\d.,'’\s\p{{Zs}}]*\d[)\-−]?){_BLANK}(?P<after>\p{{Sc}}|[A-Za-z]{{3}}|kr\.?|Fr\.|%)?$"
)
_WHOLE = r"^\d+$"
_POINT, _COMMA = r"^\d*\.\d+$", r"^\d*,\d+$"
#: one group of three behind one sign: thousands or decimals, who knows
_UNCLEAR_POINT, _UNCLEAR_COMMA = r"^[1-9]\d{0,2}\.\d{3}$", r"^[1-9]\d{0,2},\d{3}$"
#: thousands told by more than one group, or by the decimals behind them
_GROUPS = {
    (".", ","): r"^[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})$",
    (",", "."): r"^[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})$",
    (".", " "): r"^[1-9]\d{0,2}(?:[\s\p{Zs}]\d{3})+\.\d+$",
    (",", " "): r"^[1-9]\d{0,2}(?:[\s\p{Zs}]\d{3})+,\d+$",
    (".", "'"): r"^[1-9]\d{0,2}(?:['’]\d{3})+\.\d+$",
    (",", "'"): r"^[1-9]\d{0,2}(?:['’]\d{3})+,\d+$",
}
_SPACED, _TICKED = r"^[1-9]\d{0,2}(?:[\s\p{Zs}]\d{3})+$", r"^[1-9]\d{0,2}(?:['’]\d{3})+$"
#: code of a currency that a sign stands for
SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "zł": "PLN", "R$": "BRL"}

#: different cells that are looked at
_MOST = 20_000

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Numbers:
    """How the cells of a column say numbers.

    `styles` counts the cells that can only be read one way, by (decimal sign, thousands sign); `unclear` those of the
    form 1.234 by their sign. `fits` is the share of the filled cells that are numbers in some way; `plain` of those
    that have digits alone.
    """

    fits: float
    styles: dict[tuple[str, str], int]
    unclear: dict[str, int]
    plain: float
    negative: float
    zero: float
    #: what stands beside the digits, and in how many cells
    beside: dict[str, int]
    #: cells such as 00123, which are more likely names than numbers
    padded: float
    #: whether all decimals are zeros: 12346.0
    zeros: bool

    @property
    def whole(self) -> bool:
        """Whether no cell has decimals, but for zeros."""
        return (not self.styles and not self.unclear) or self.zeros


def numbers_in(cells: pa.Array, counts: npt.NDArray[np.int64]) -> Numbers | None:
    """How distinct cells (each so many times) say numbers; None where fewer than half of them do."""
    if len(cells) > _MOST:
        cells, counts = cells.slice(0, _MOST), counts[:_MOST]
    total = int(counts.sum())
    parts = pc.extract_regex(cells, _AROUND)
    known = parts.is_valid().to_numpy(zero_copy_only=False)
    if not total or counts[known].sum() * 2 < total:
        return None
    some, times = parts.filter(pa.array(known)), counts[known]
    written = pc.struct_field(some, "number")
    digits = pc.replace_substring_regex(written, r"[-+−()]", "")
    digits = pc.utf8_trim_whitespace(digits)

    def matching(pattern: str) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = pc.match_substring_regex(digits, pattern).to_numpy(zero_copy_only=False)
        return found

    unclear = {".": matching(_UNCLEAR_POINT), ",": matching(_UNCLEAR_COMMA)}
    ways = {style: matching(pattern) for style, pattern in _GROUPS.items()}
    ways[".", ""] = matching(_POINT) & ~unclear["."]
    ways[",", ""] = matching(_COMMA) & ~unclear[","]
    ways["", " "], ways["", "'"] = matching(_SPACED), matching(_TICKED)
    plain = matching(_WHOLE)
    sound = np.logical_or.reduce([plain, *unclear.values(), *ways.values()])
    if times[sound].sum() * 2 < total:
        return None
    minus = pc.match_substring_regex(written, r"[-−(]").to_numpy(zero_copy_only=False)
    zero = pc.match_substring_regex(digits, r"^[0.,]+$").to_numpy(zero_copy_only=False)
    of = int(times[sound].sum())
    return Numbers(
        fits=of / total,
        styles={style: int(times[cells].sum()) for style, cells in ways.items() if cells.any()},
        unclear={sign: int(times[cells].sum()) for sign, cells in unclear.items() if cells.any()},
        plain=int(times[plain].sum()) / of,
        negative=int(times[minus & sound].sum()) / of,
        zero=int(times[zero & sound].sum()) / of,
        beside=_beside(some, times, sound),
        padded=int(times[matching(r"^0\d+$")].sum()) / of,
        zeros=bool(matching(r"^\d+(?:\.0+)?$")[sound].all()),
    )


def _beside(parts: pa.Array, times: npt.NDArray[np.int64], sound: npt.NDArray[np.bool_]) -> dict[str, int]:
    found: dict[str, int] = {}
    for side in ("before", "after"):
        for sign, count, fine in zip(pc.struct_field(parts, side).to_pylist(), times, sound, strict=True):
            if sign and fine:
                found[sign] = found.get(sign, 0) + int(count)
    return found


def currency_of(sign: str) -> str:
    """The ISO 4217 code that a sign or word beside an amount stands for, or nothing."""
    code = SYMBOLS.get(sign, sign.upper())
    return code if is_currency(code) else ""


def values_of(cells: pa.Array, decimal: str) -> Reals:
    """The numbers that cells say, written with this decimal sign; not-a-number where they say none."""
    if pa.types.is_floating(cells.type) or pa.types.is_integer(cells.type):
        numbers: Reals = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        return numbers
    coded = cells.dictionary_encode()
    number = pc.struct_field(pc.extract_regex(coded.dictionary, _AROUND), "number")
    minus = pc.fill_null(pc.match_substring_regex(number, r"[-−(]"), False).to_numpy(zero_copy_only=False)
    digits = pc.replace_substring_regex(number, r"[-+−()\s\p{Zs}'’]", "")
    digits = pc.replace_substring(digits, "." if decimal == "," else ",", "")
    digits = pc.replace_substring(digits, decimal, ".")
    fine = pc.fill_null(pc.match_substring_regex(digits, r"^\d*\.?\d+$|^\d+\.$"), False)
    real: Reals = pc.if_else(fine, digits, None).cast(pa.float64()).to_numpy(zero_copy_only=False)
    places = pc.fill_null(coded.indices, -1).to_numpy()
    found: Reals = np.append(np.where(minus, -real, real), np.nan)[places]
    return found
