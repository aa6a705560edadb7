"""What a window was expected to bring, by those before it alone, and how far off such an expectation usually is.

The expectation is a classical decomposition with medians (Shiskin, Young and Musgrave 1967 in its one-sided use): where
there is a season (weekdays of a day, months of a year), each value is held against the moving mean of a whole season
around it, and the median of these ratios (differences of shares and scores) is what is usual for that place in the
season. Without its season, a straight line is laid through the last values by the median of their slopes (Theil 1950,
Sen 1968) and led one window further.

The band is conformal (Vovk, Gammerman and Shafer 2005): how far off the expectations of earlier windows were, each of
them made of what was before it, says how far off this one may be. Of n earlier misses the one of rank
ceil((n + 1) (1 - 1 / one_in)) is its half width. Whatever their distribution, as long as it stays as it was, one window
in `one_in` at most lies outside, and no less than that less one in n + 1. Misses of numbers that cannot be
negative are measured between square roots, whose spread does not grow with the number (Bartlett 1936).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

#: by grain: windows in a season, windows that the season is told from, and those that the line is laid through
SEASON = {"day": 7, "week": 1, "month": 12}
_LOOKS_BACK = {"day": 56, "week": 0, "month": 60}
_LINE = {"day": 28, "week": 13, "month": 12}
#: windows before the first expectation; with months of the year three years of them
_LEAST = {"day": 35, "week": 13, "month": 12}
_THREE_YEARS = 36
#: misses that are looked at: so many times as many as one false alarm is to be in, and at most so many
_TIMES, _MOST = 4, 400
#: units whose values are differences from a middle, and have no root
_SIGNED = frozenset({"share", "points"})


@dataclass(frozen=True)
class Band:
    """What was expected of a window and the ends within which it was; `misses` are the earlier ones it is told from."""

    expected: float
    low: float
    high: float
    misses: int


def windows_needed(grain: str, one_in: int) -> int:
    """Windows of history without which there is no band at that rate."""
    return _LEAST[grain] + one_in - 1


def windows_asked(grain: str, one_in: int) -> int:
    """Windows of history that a band looks back at, at most."""
    season = _THREE_YEARS if grain == "month" else _LEAST[grain]
    return season + _misses(one_in)


def bands(values: Sequence[float | None], grain: str, one_in: int, unit: str, side: str = "both") -> list[Band | None]:
    """For each window the band that was known before it; None where too little was.

    One window in `one_in` may lie outside although nothing has changed, or, of a `side`, above (below) it: then each
    end has a width of its own. None among the values is a window without one.
    """
    known = np.array([np.nan if value is None else value for value in values], dtype=float)
    rooted = unit not in _SIGNED and not (known < 0).any()
    yearly = grain == "month" and len(known) > _THREE_YEARS + one_in - 1
    ways = [1, SEASON["month"]] if yearly else [SEASON[grain] if grain != "month" else 1]
    found: list[Band | None] = [None] * len(known)
    for season in ways:  # the later one, where it knows enough, says it better
        expected = np.array([_expected(known[:place], grain, season, rooted) for place in range(len(known))])
        off = _scaled(known, rooted) - _scaled(expected, rooted)
        for place in range(len(known)):
            before = off[:place]
            told = before[~np.isnan(before)][-_misses(one_in) :]
            if len(told) + 1 >= one_in and not np.isnan(expected[place]):
                found[place] = _band(float(expected[place]), told, one_in, rooted, both=side == "both")
    return [_within(band, unit) for band in found]


def _misses(one_in: int) -> int:
    return max(one_in - 1, min(_TIMES * one_in, _MOST))


def _band(expected: float, off: Values, one_in: int, rooted: bool, *, both: bool) -> Band:
    middle = float(_scaled(np.array([expected]), rooted)[0])
    down, up = (_ranked(np.abs(off), one_in),) * 2 if both else (_ranked(-off, one_in), _ranked(off, one_in))
    # by what a number is off that is reckoned in another order, so that a week that repeats itself is as expected
    slack = 1e-9 * max(1.0, abs(middle))
    low, high = middle - down - slack, middle + up + slack
    if rooted:
        high = max(high, 0.0)
    return Band(expected, max(low, 0.0) ** 2 if rooted else low, high**2 if rooted else high, len(off))


def _ranked(off: Values, one_in: int) -> float:
    """The miss that all but one in `one_in` stay within."""
    # the last sign keeps 100 * 99 / 100, which may come out a little more than 99, at 99
    rank = ceil((len(off) + 1) * (one_in - 1) / one_in - 1e-9)
    return float(np.sort(off)[rank - 1])


def _within(band: Band | None, unit: str) -> Band | None:
    """The same where nothing lies beyond what a value can be."""
    if band is None:
        return None
    least, most = {"share": (0.0, 1.0), "points": (-100.0, 100.0)}.get(unit, (-inf, inf))
    low, middle, high = (min(max(end, least), most) for end in (band.low, band.expected, band.high))
    return Band(middle, low, high, band.misses)


def _expected(before: Values, grain: str, season: int, rooted: bool) -> float:
    """What the next window is expected to bring; nan where too little is known."""
    least = _THREE_YEARS if grain == "month" and season > 1 else _LEAST[grain]
    if np.count_nonzero(~np.isnan(before)) < least:
        return float("nan")
    usual = _season(before[-_LOOKS_BACK[grain] :], season, rooted) if season > 1 else None
    line = before[-_LINE[grain] :]
    if usual is None:
        return _led_on(line, rooted)
    # places in the season, counted back from the window that is asked for, which has place 0
    places = -np.arange(len(line), 0, -1) % season
    level = _led_on(_divided(line, usual[places]) if rooted else line - usual[places], rooted)
    return float(level * usual[0] if rooted else level + usual[0])


def _season(before: Values, season: int, rooted: bool) -> Values | None:
    """What is usual for each place of the season; the window after these has place 0. None where a place is unknown."""
    weights = np.ones(season) if season % 2 else np.concatenate(([0.5], np.ones(season - 1), [0.5]))
    half = len(weights) // 2
    if len(before) < 2 * season + half:
        return None
    around = np.convolve(before, weights / weights.sum(), mode="valid")
    inner = before[half : half + len(around)]
    apart = _divided(inner, around) if rooted else inner - around
    places = (np.arange(half, half + len(around)) - len(before)) % season
    found = np.array([_median(apart[places == place]) for place in range(season)])
    if np.isnan(found).any() or (rooted and found.sum() == 0):
        return None
    middle = float(found.mean())
    usual: Values = found / middle if rooted else found - middle
    return usual


def _led_on(line: Values, rooted: bool) -> float:
    """The line through these values, one window further."""
    at = np.arange(len(line), dtype=float)
    known = ~np.isnan(line)
    at, line = at[known], line[known]
    if len(line) < 3:
        return float("nan")
    one, other = np.triu_indices(len(line), 1)
    slope = float(np.median((line[other] - line[one]) / (at[other] - at[one])))
    level = float(np.median(line - slope * at)) + slope * (float(at[-1]) + 1)
    return max(level, 0.0) if rooted else level


def _scaled(values: Values, rooted: bool) -> Values:
    scaled: Values = np.sqrt(values) if rooted else values
    return scaled


def _divided(values: Values, by: Values) -> Values:
    """Nothing known where it would be divided by nothing."""
    apart: Values = np.divide(values, by, out=np.full(len(values), np.nan), where=by > 0)
    return apart


def _median(values: Values) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")
