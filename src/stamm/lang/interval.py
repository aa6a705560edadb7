"""95 % intervals: how far chance alone could have moved a number.

Wilson (1927) for shares of counted things; the adjusted Wald interval of Bonett and Price (2012) in the
form used for the Net Promoter Score (three observations added, a share of 3/4 each to promoters and
detractors); Student's t for means. A total has no interval.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, sqrt
from typing import ClassVar, NamedTuple

from scipy.special import ndtri, stdtrit  # all of scipy.stats would take a second to load

LEVEL = 0.95
Z = float(ndtri(0.5 + LEVEL / 2))
Number = int | float


class Bounds(NamedTuple):
    """Lower and upper end, in the unit of the value; (None, None) where there is none."""

    low: float | None
    high: float | None


NOTHING = Bounds(None, None)


@lru_cache(maxsize=10_000)
def _t(degrees: int) -> float:
    return float(stdtrit(degrees, 0.5 + LEVEL / 2))


def z_for(comparisons: int) -> float:
    """The quantile for intervals that all hold together at 95 %, so many of them (Bonferroni)."""
    return float(ndtri(1 - (1 - LEVEL) / (2 * comparisons)))


def wilson(successes: Number, n: Number, z: float = Z) -> Bounds:
    """Wilson score interval of `successes` out of `n`; none unless 0 <= successes <= n and n > 0."""
    if not 0 <= successes <= n or n <= 0:
        return NOTHING
    p = successes / n
    spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    centre = p + z * z / (2 * n)
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == n else (centre + spread) / scale
    return Bounds(low, high)


def newcombe(successes: Number, n: Number, others: Number, of_others: Number, z: float = Z) -> Bounds:
    """Interval of the difference of two shares, from the Wilson interval of each (Newcombe 1998, method 10).

    None where one of the shares has none.
    """
    one, other = wilson(successes, n, z), wilson(others, of_others, z)
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return NOTHING
    p, q = successes / n, others / of_others
    below, above = sqrt((p - one.low) ** 2 + (other.high - q) ** 2), sqrt((one.high - p) ** 2 + (q - other.low) ** 2)
    return Bounds(p - q - below, p - q + above)


def adjusted_wald(promoters: Number, detractors: Number, n: Number) -> Bounds:
    """Interval of 100 x (promoters - detractors) / n with 3/4 added to each and 3 to n, cut to -100..100.

    With a handful of answers the adjusted interval can miss the score itself; then it is widened to hold it.
    """
    if n <= 0:
        return NOTHING
    size = n + 3
    up, down = (promoters + 0.75) / size, (detractors + 0.75) / size
    centre = up - down
    half = Z * sqrt(max(up + down - centre * centre, 0.0) / size)
    score = 100 * (promoters - detractors) / n
    return Bounds(
        max(-100.0, min(100 * (centre - half), score)),
        min(100.0, max(100 * (centre + half), score)),
    )


def t_mean(n: Number, total: Number, squares: Number) -> Bounds:
    """Student's t interval of the mean of `n` numbers from their sum and sum of squares; none for n < 2."""
    if n < 2:
        return NOTHING
    mean = total / n
    variance = max(squares - total * mean, 0.0) / (n - 1)
    half = _t(int(n) - 1) * sqrt(variance / n)
    return Bounds(mean - half, mean + half)


def log_log(survival: float, variance: float) -> Bounds:
    """Interval of a Kaplan-Meier estimate: Greenwood's variance, on the scale of log(-log S), so within 0..1.

    S^exp(z sqrt(v) / ln S) and S^exp(-z sqrt(v) / ln S), where `variance` is v, the sum of d / (n (n - d)) over
    the steps so far (Kalbfleisch and Prentice 1980). None where all are here or nobody is: neither ln S is of use.
    """
    if not 0 < survival < 1:
        return NOTHING
    spread = Z * sqrt(variance) / -log(survival)
    return Bounds(survival ** exp(spread), survival ** exp(-spread))


class Rule(ABC):
    """Which interval a metric gets, naming the parts it is made from."""

    title: ClassVar[str]

    @property
    @abstractmethod
    def n(self) -> str:
        """Name of the part that counts the observations."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The parts the interval is made from."""

    @abstractmethod
    def bounds(self, parts: Mapping[str, Number]) -> Bounds:
        """The interval for these parts."""


@dataclass(frozen=True)
class Wilson(Rule):
    """A share: `successes`, without those `less` counts where it is named, of `of`."""

    successes: str
    of: str
    less: str = ""
    title: ClassVar[str] = "Wilson"

    @property
    def n(self) -> str:
        return self.of

    @property
    def names(self) -> tuple[str, ...]:
        return (self.successes, self.of, *filter(None, [self.less]))

    def bounds(self, parts: Mapping[str, Number]) -> Bounds:
        successes = parts[self.successes] - (parts[self.less] if self.less else 0)
        return wilson(successes, parts[self.of])


@dataclass(frozen=True)
class AdjustedWald(Rule):
    """A difference of two shares, times 100."""

    up: str
    down: str
    of: str
    title: ClassVar[str] = "adjusted Wald"

    @property
    def n(self) -> str:
        return self.of

    @property
    def names(self) -> tuple[str, ...]:
        return (self.up, self.down, self.of)

    def bounds(self, parts: Mapping[str, Number]) -> Bounds:
        return adjusted_wald(parts[self.up], parts[self.down], parts[self.of])


@dataclass(frozen=True)
class Mean(Rule):
    """A mean of `count` numbers with their sum and sum of squares."""

    count: str
    total: str
    squares: str
    title: ClassVar[str] = "Student's t"

    @property
    def n(self) -> str:
        return self.count

    @property
    def names(self) -> tuple[str, ...]:
        return (self.count, self.total, self.squares)

    def bounds(self, parts: Mapping[str, Number]) -> Bounds:
        return t_mean(parts[self.count], parts[self.total], parts[self.squares])
