"""Numbers exactly as they are written: whole numbers and how many of their digits stand behind the point.

No amount passes through a binary fraction. Where a fast way would not be exact, Python's decimals do it, row by row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal, Inexact, InvalidOperation

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.faults import TOO_LARGE
from stamm.sources.cells import mask_of
from stamm.sources.local_time import Mask, Whole

TOO_LONG = "has more than 18 digits"
#: digits that 64 bits always hold; and digits and a sign of which a float of 64 bits keeps every one
_DIGITS, _FLOAT = 18, 15
_TEN: Whole = 10 ** np.arange(_DIGITS + 1, dtype=np.int64)
#: signs of a number that is looked at more closely
_LONGEST = 100
_PLAIN = np.zeros(256, dtype=bool)
_PLAIN[list(b"0123456789.-")] = True
#: floats hold whole numbers exactly up to here
_EXACT = 2**53
#: what is left of 64 bits for sure when two floats were multiplied to see
_FITS = 9.2e18

Faults = tuple[tuple[Mask, str], ...]


@dataclass(frozen=True)
class Exact:
    """Numbers of a column: `whole` / 10 ** `digits` where `known`; digits are 0 to 18."""

    whole: Whole
    digits: Whole
    known: Mask
    faults: Faults = ()

    def times(self, other: Exact) -> Exact:
        """The products, where both are known."""
        known = self.known & other.known
        fits = np.abs(self.whole.astype(float)) * np.abs(other.whole.astype(float)) < _FITS
        digits = self.digits + other.digits
        safe = known & fits & (digits <= _DIGITS)
        product = np.where(safe, self.whole * np.where(safe, other.whole, 0), 0)
        result = Exact(product, np.where(safe, digits, 0), safe, (*self.faults, *other.faults))
        rest = np.nonzero(known & ~safe)[0]
        exact = [
            _decimal(self.whole[row], self.digits[row]) * _decimal(other.whole[row], other.digits[row]) for row in rest
        ]
        return result.put(rest, exact)

    def plus(self, other: Exact) -> Exact:
        """The sums, where both are known; where only this is, as it is."""
        both, digits = self.known & other.known, np.maximum(self.digits, other.digits)
        one, two = (number.whole.astype(float) * 10.0 ** (digits - number.digits) for number in (self, other))
        safe = both & (np.abs(one) + np.abs(two) < _FITS)
        shifts = [_TEN[np.where(safe, digits - number.digits, 0)] for number in (self, other)]
        whole = np.where(safe, self.whole * shifts[0] + np.where(safe, other.whole, 0) * shifts[1], self.whole)
        faults = (*self.faults, *other.faults)
        result = Exact(whole, np.where(safe, digits, self.digits), self.known & (safe | ~both), faults)
        rest = np.nonzero(both & ~safe)[0]
        exact = [
            _CONTEXT.add(_decimal(self.whole[row], self.digits[row]), _decimal(other.whole[row], other.digits[row]))
            for row in rest
        ]
        return result.put(rest, exact)

    def only(self, rows: Mask) -> Exact:
        """The same in these rows, and nothing in the others."""
        return replace(self, known=self.known & rows, faults=tuple((bad & rows, reason) for bad, reason in self.faults))

    def put(self, rows: Whole, numbers: list[Decimal]) -> Exact:
        """The same with these numbers in these rows; what has too many digits becomes a fault."""
        if not len(rows):
            return self
        whole, digits, known = self.whole.copy(), self.digits.copy(), self.known.copy()
        large, long = np.zeros(len(known), dtype=bool), np.zeros(len(known), dtype=bool)
        for row, number in zip(rows, numbers, strict=True):
            _, figures, exponent = number.normalize(_CONTEXT).as_tuple()
            assert isinstance(exponent, int)  # infinity and not-a-number were never numbers
            if len(figures) + max(exponent, 0) > _DIGITS or -exponent > _DIGITS:
                (large if len(figures) + exponent > _DIGITS else long)[row] = True
                continue
            digits[row] = max(-exponent, 0)
            whole[row] = int(number.scaleb(int(digits[row]), _CONTEXT))
            known[row] = True
        return Exact(whole, digits, known, (*self.faults, (large, TOO_LARGE), (long, TOO_LONG)))

    def negated(self) -> Exact:
        """The same with the sign turned around."""
        return replace(self, whole=-self.whole)

    def units(self, digits: Whole | int, *, rounded: bool) -> tuple[Whole, Mask, Mask]:
        """Whole units of 10 ** -`digits`; which are too fine for that; and which too large for 64 bits.

        `rounded`: what is too fine is rounded instead, halves away from zero.
        """
        shift = digits - self.digits
        factor = _TEN[np.clip(shift, 0, _DIGITS)]
        large = self.known & (np.abs(self.whole) > _TEN[_DIGITS] // factor)
        up = np.where(large, 0, self.whole) * factor
        part = _TEN[np.clip(-shift, 0, _DIGITS)]
        size, rest = np.divmod(np.abs(self.whole), part)
        if rounded:
            size = size + (2 * rest >= part)
        down = np.where(self.whole < 0, -size, size)
        too_fine = self.known & (shift < 0) & (rest != 0) & (not rounded)
        return np.where(shift < 0, down, up), too_fine, large

    def real(self) -> npt.NDArray[np.float64]:
        """The nearest real numbers; 0 where not known."""
        values: npt.NDArray[np.float64] = self.whole / _TEN[self.digits].astype(float)
        for row in np.nonzero(self.known & (np.abs(self.whole) > _EXACT))[0]:
            values[row] = float(_decimal(self.whole[row], self.digits[row]))
        return values


_CONTEXT = Context(prec=400, Emin=-9999, Emax=9999, traps=[InvalidOperation, Inexact])


def _decimal(whole: np.int64, digits: np.int64) -> Decimal:
    return Decimal(int(whole)).scaleb(-int(digits), _CONTEXT)


def whole_of(array: pa.Array) -> Exact:
    """The numbers of a column that holds whole numbers by type."""
    whole = array.cast(pa.int64()).fill_null(0).to_numpy()
    large = (whole >= _TEN[_DIGITS]) | (whole <= -_TEN[_DIGITS])
    known = mask_of(array.is_valid()) & ~large
    return Exact(np.where(large, 0, whole), np.zeros(len(array), dtype=np.int64), known, ((large, TOO_LARGE),))


def exact_of(text: pa.Array, odd: Mask, reason: str) -> Exact:
    """Numbers out of text with a decimal point (null where empty); `odd` cells are none, for this reason."""
    given = mask_of(text.is_valid())
    lengths = pc.fill_null(pc.binary_length(text), 0).to_numpy()
    quick = given & (lengths <= _FLOAT)
    if not _only_plain(text):
        quick &= ~mask_of(pc.match_substring_regex(text, "[eE+]"))
    reals = pc.if_else(pa.array(quick), text, "0").cast(pa.float64()).to_numpy()
    point = pc.fill_null(pc.find_substring(text, "."), -1).to_numpy()
    digits = np.where(quick & (point >= 0), lengths - point - 1, 0).astype(np.int64)
    whole = np.rint(reals * _TEN[digits]).astype(np.int64)
    rest = given & ~quick
    endless = rest & (lengths > _LONGEST)
    rows = np.nonzero(rest & ~endless)[0]
    exact = Exact(whole, digits, quick).put(rows, [Decimal(cell) for cell in text.take(pa.array(rows)).to_pylist()])
    return replace(exact, faults=((odd, reason), (endless, TOO_LONG), *exact.faults))


def _only_plain(text: pa.Array) -> bool:
    """Whether there are only digits, points and minus signs in all cells together."""
    _, offsets, content = text.buffers()
    if content is None or not len(text):
        return True
    places = np.frombuffer(offsets, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    return bool(_PLAIN[np.frombuffer(content, dtype=np.uint8)[places[0] : places[-1]]].all())
