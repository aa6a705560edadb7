"""Whether a number changed, and whether for the better.

A change is clear when the 95 % interval of the difference leaves out 0. The interval comes from the
intervals of the two numbers:

- shares: Newcombe's hybrid score interval, from the two Wilson intervals (Newcombe, Statistics in Medicine 17
  (1998), 873-890, method 10); scores that are differences of shares: the same construction from their two
  intervals (Zou and Donner, Statistics in Medicine 27 (2008), 1693-1702, equation 2, MOVER);
- means: Welch's t interval, standard errors and degrees of freedom from the two t intervals and their n.

Both months are taken as independent draws. The same customers are often in both, and then the interval is
too wide rather than too narrow: a change called clear is clear. A number without an interval (a total, a
product, a ratio of different things) is what it is; chance is not judged there.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from scipy.special import stdtrit

from stamm.answers.answer import Row
from stamm.lang.interval import LEVEL, Bounds, Mean
from stamm.metrics import Metric

Judgement = Literal["better", "worse", "clear", "unclear", "same", "unjudged"]


@dataclass(frozen=True)
class Change:
    """From one window to another: the difference, its 95 % interval where there is one, and what it means.

    `relative` is the difference as a share of the earlier value, None where that is 0. `clear` where chance
    was judged and neither direction is better, `unjudged` where it was not.
    """

    difference: float
    relative: float | None
    bounds: Bounds
    judgement: Judgement


def change_between(metric: Metric, now: Row, before: Row) -> Change | None:
    """What changed from `before` to `now`; None where either has no value or is not over."""
    if now.value is None or before.value is None or not (now.complete and before.complete):
        return None
    difference = now.value - before.value
    bounds = difference_bounds(metric, now, before)
    relative = difference / abs(before.value) if before.value else None
    return Change(difference, relative, bounds, _judged(metric, difference, bounds))


def _judged(metric: Metric, difference: float, bounds: Bounds) -> Judgement:
    if difference == 0:
        return "same"
    known = bounds.low is not None and bounds.high is not None
    if bounds.low is not None and bounds.high is not None and bounds.low <= 0 <= bounds.high:
        return "unclear"
    if metric.better == "neither":
        return "clear" if known else "unjudged"
    return "better" if (difference > 0) is (metric.better == "higher") else "worse"


def difference_bounds(metric: Metric, now: Row, before: Row) -> Bounds:
    """The 95 % interval of the difference of two rows; (None, None) where either has no interval."""
    nothing = Bounds(None, None)
    if None in (now.value, now.low, now.high, before.value, before.low, before.high):
        return nothing
    if isinstance(metric.interval, Mean):
        return _welch(now, before) if now.n and before.n and now.n > 1 and before.n > 1 else nothing
    return _hybrid(now, before)


def _hybrid(now: Row, before: Row) -> Bounds:
    """Each end from the distances of the two numbers to the ends of their own intervals."""
    a, b = float(now.value or 0), float(before.value or 0)
    a_low, a_high = float(now.low or 0), float(now.high or 0)
    b_low, b_high = float(before.low or 0), float(before.high or 0)
    down = sqrt((a - a_low) ** 2 + (b_high - b) ** 2)
    up = sqrt((a_high - a) ** 2 + (b - b_low) ** 2)
    return Bounds(a - b - down, a - b + up)


def _welch(now: Row, before: Row) -> Bounds:
    difference = float(now.value or 0) - float(before.value or 0)
    errors = []
    for row in (now, before):
        degrees = (row.n or 2) - 1
        half = (float(row.high or 0) - float(row.low or 0)) / 2
        errors.append((half / float(stdtrit(degrees, 0.5 + LEVEL / 2)), degrees))
    total = sum(error**2 for error, _ in errors)
    if total == 0:
        return Bounds(difference, difference)
    freedom = total**2 / sum(error**4 / degrees for error, degrees in errors)
    half = float(stdtrit(freedom, 0.5 + LEVEL / 2)) * sqrt(total)
    return Bounds(difference - half, difference + half)
