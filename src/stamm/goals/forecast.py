"""Where a number will end, as an interval that is to hold the truth in 80 of 100 cases.

The Theta method (Assimakopoulos and Nikolopoulos 2000) in the form of Hyndman and Billah (2003): simple exponential
smoothing, and half of the straight trend. It works on n whole weeks, or other windows, that follow each other: the next
window is like the level of the last ones and half a trend further, and the level moves by a share alpha of each
surprise. With b the slope of the straight line through them, window h ahead is

    level + b/2 (h - 1 + c),   c = (1 - (1 - alpha)^n) / alpha,   c = n where alpha is 0

alpha and the level at the beginning have the least squares of one-step errors; s² is their sum over n - 2. The sum of
the next h windows has the variance (Hyndman, Koehler, Ord and Snyder 2008, chapter 6, for the first term)

    s² (1 + (1 + alpha)² + ... + (1 + (h - 1) alpha)²)               what is still to come
    + h² s² (1 - alpha)^2n / sum of (1 - alpha)^2t, t = 0..n-1       the level at the beginning
    + r²/4 s² / sum of (t - mean)²                                   the slope; r is the sum of h - 1 + c

and window h ahead s² (1 + (h - 1) alpha²) with the same terms for one window. The quantile is Student's with n - 2.
It knows no season of the year and no plan, and looks no further ahead than it looks back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, sqrt

import numpy as np
from scipy.special import stdtrit

#: of 100 intervals so many are to hold the truth
COVERED = 0.80
#: windows it needs, and looks back at
LEAST, MOST = 8, 16
_ALPHAS = np.linspace(0.0, 1.0, 51)


@dataclass(frozen=True)
class Interval:
    """Lower end, middle and upper end, in the unit of the values."""

    low: float
    middle: float
    high: float

    def plus(self, amount: float) -> Interval:
        """The same further on."""
        return Interval(self.low + amount, self.middle + amount, self.high + amount)

    def within(self, low: float, high: float) -> Interval:
        """The same where nothing lies outside these ends."""
        return Interval(*(min(max(end, low), high) for end in (self.low, self.middle, self.high)))


@dataclass(frozen=True)
class Theta:
    """What windows tell of those to come: the level after the last one, how fast it moves, the trend (a window), and by
    how much a window is off (`spread`)."""

    level: float
    alpha: float
    slope: float
    spread: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Theta:
        """Fitted to windows that follow each other, at least LEAST of them."""
        known = np.asarray(values, dtype=float)
        squares, level, alpha = min(_smoothed(known, float(alpha)) for alpha in _ALPHAS)
        slope = float(_times(len(known)) @ known / _squares(len(known)))
        return cls(level, alpha, slope, sqrt(squares / (len(known) - 2)), len(known))

    def sum_of(self, windows: float) -> Interval:
        """All that the next windows bring together, the last of them perhaps not whole."""
        whole = floor(windows)
        part = windows - whole
        coming = sum((1 + step * self.alpha) ** 2 for step in range(whole)) + part * (1 + whole * self.alpha) ** 2
        reach = sum(step + self._begins for step in range(whole)) + part * (whole + self._begins)
        return self._around(windows * self.level, coming, windows, reach)

    def value_of(self, ahead: int) -> Interval:
        """The window so many ahead."""
        return self._around(self.level, 1 + (ahead - 1) * self.alpha**2, 1, ahead - 1 + self._begins)

    @property
    def _begins(self) -> float:
        """By how many windows the level lags behind the line."""
        return self.count if self.alpha == 0 else (1 - (1 - self.alpha) ** self.count) / self.alpha

    def _around(self, level: float, coming: float, windows: float, reach: float) -> Interval:
        keeps = (1 - self.alpha) ** 2
        beginning = windows**2 * keeps**self.count / sum(keeps**step for step in range(self.count))
        leaning = reach**2 / 4 / _squares(self.count)
        middle = level + self.slope / 2 * reach
        quantile = float(stdtrit(self.count - 2, 0.5 + COVERED / 2))
        half = quantile * self.spread * sqrt(coming + beginning + leaning)
        return Interval(middle - half, middle, middle + half)


def _smoothed(values: np.ndarray, alpha: float) -> tuple[float, float, float]:
    """Sum of squared one-step errors, level at the end, and alpha; the level at the beginning is the best one."""
    own, weight = np.empty(len(values)), np.empty(len(values))
    level, weighs = 0.0, 1.0  # the level so far without the one at the beginning, and how much that one counts
    for place, value in enumerate(values):
        own[place], weight[place] = value - level, weighs
        level, weighs = level + alpha * (value - level), (1 - alpha) * weighs
    begin = float(own @ weight / (weight @ weight))
    errors = own - weight * begin
    return float(errors @ errors), level + weighs * begin, alpha


def _times(count: int) -> np.ndarray:
    return np.arange(count) - (count - 1) / 2


def _squares(count: int) -> float:
    return count * (count**2 - 1) / 12


def part_of_week(days: Sequence[float], weekdays: Sequence[int], rest: Sequence[int]) -> float:
    """How much of a week's sum falls on these days of the week, by the days of the history (0 is Monday)."""
    total = sum(days)
    if total <= 0:
        return len(rest) / 7
    share = [0.0] * 7
    for value, weekday in zip(days, weekdays, strict=True):
        share[weekday] += value / total
    return min(max(sum(share[weekday] for weekday in rest), 0.0), 1.0)
