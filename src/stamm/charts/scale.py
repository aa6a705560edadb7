"""Axes: where they begin and end, where their lines are, and what is written at them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

from stamm.lang.language import Language
from stamm.lang.money import exponent

#: the least and the greatest value a unit can have
BOUNDS = {"share": (0.0, 1.0), "points": (-100.0, 100.0)}
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """A value axis: its ends and the values of its lines, with their words."""

    low: float
    high: float
    ticks: tuple[float, ...]
    words: tuple[str, ...]

    @property
    def from_zero(self) -> bool:
        """Whether lengths on it can be compared with each other."""
        return self.low <= 0 <= self.high


def scale_of(low: float, high: float, unit: str, language: Language, currency: str = "", lines: int = 4) -> Scale:
    """An axis that holds the values from `low` to `high` with about that many lines.

    It begins at zero unless even the lowest value is more than half of the highest; a share ends at 0 and 1
    at most, a score at -100 and 100.
    """
    if low > 0 and low <= high / 2:
        low = 0.0
    if high < 0 and high >= low / 2:
        high = 0.0
    if high - low <= abs(high) * 1e-9:
        spread = abs(high) * 0.1 or 1.0
        low, high = low - spread, high + spread
        if low < 0 <= high - spread:
            low = 0.0
    step = _step((high - low) / lines, whole=unit == "count")
    least, most = BOUNDS.get(unit, (float("-inf"), float("inf")))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ends = max(round(first * step, 10), least), min(round(last * step, 10), most)
    ticks = tuple(
        tick for tick in (round(number * step, 10) for number in range(first, last + 1)) if ends[0] <= tick <= ends[1]
    )
    return Scale(*ends, ticks, tuple(_word(tick, step, unit, language, currency) for tick in ticks))


def _step(rough: float, *, whole: bool) -> float:
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in STEPS if factor * power >= rough * (1 - 1e-9))
    return max(1.0, float(ceil(step))) if whole else step


def _word(tick: float, step: float, unit: str, language: Language, currency: str) -> str:
    if unit == "share":
        return language.percent(tick, _digits(step * 100))
    if unit == "money" and currency:
        return language.money(tick, currency, whole=step >= 10 ** exponent(currency))
    return language.number(tick, _digits(step))


def _digits(step: float) -> int:
    digits = 0
    while digits < 6 and abs(round(step * 10**digits) - step * 10**digits) > 1e-6:
        digits += 1
    return digits
