"""Whether groups would be found again: each on bootstrap samples of the customers, by the share that is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stamm.lang.heeding import heed

Reals = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

SEED, TIMES, SHUFFLES, STARTS, STARTS_AGAIN = 7, 20, 10, 10, 3
#: a group is steady from there on (Hennig 2007), and is told well by its rule
ENOUGH = 0.75
#: groups are tighter than chance makes them by so many standard errors
ERRORS = 3
#: no persona is a smaller part of all
SMALLEST = 0.05
#: the label of whoever is in no group
NOWHERE = -1


@dataclass(frozen=True)
class Tried:
    """So many groups: how much of the least steady is found again, how well rules tell them, and the smallest share.

    The first two are Jaccard's index, from 0 to 1: those in both of two groups, of those in either. `gap` says how
    much tighter the groups are than those of customers whose measures have nothing to do with each other, and `error`
    how much of that is chance (a standard error).
    """

    groups: int
    steady: float
    told: float
    smallest: float
    gap: float
    error: float

    @property
    def holds(self) -> bool:
        """Whether these groups can be personas."""
        found = self.steady >= ENOUGH and self.told >= ENOUGH and self.smallest >= SMALLEST
        return found and self.gap > ERRORS * self.error


def grouped(points: Reals, groups: int, starts: int = STARTS) -> Labels:
    """The group of each point (customers x measures) by k-means, the same for equal points."""
    found: Labels = _fitted(points, groups, starts).labels_.astype(np.intp)
    return found


def _fitted(points: Reals, groups: int, starts: int) -> Any:
    heed()
    from sklearn.cluster import KMeans  # noqa: PLC0415 - only where something is learned

    return KMeans(groups, n_init=starts, random_state=SEED).fit(points)


def gap(points: Reals, groups: int) -> tuple[float, float]:
    """The gap and its standard error, in logarithms of the squared distances within groups.

    Source: Tibshirani, Walther and Hastie, Journal of the Royal Statistical Society B 63 (2001), 411-423, equations 3
    and 5; the reference has each measure shuffled for itself, so that it is spread as it is.
    """
    chance = np.random.default_rng(SEED)
    apart = [_within(chance.permuted(points, axis=0), groups) for _ in range(SHUFFLES)]
    return float(np.mean(apart)) - _within(points, groups), float(np.std(apart) * (1 + 1 / SHUFFLES) ** 0.5)


def _within(points: Reals, groups: int) -> float:
    return float(np.log(max(_fitted(points, groups, STARTS_AGAIN).inertia_, np.finfo(np.float64).tiny)))


def found_again(points: Reals, labels: Labels, groups: int) -> float:
    """The least over the groups of how much of one, on average, is found again in a bootstrap sample.

    Source: Hennig, Computational Statistics & Data Analysis 52 (2007), 258-271.
    """
    chance = np.random.default_rng(SEED)
    same = np.zeros(groups)
    for _ in range(TIMES):
        drawn = np.sort(chance.integers(0, len(points), len(points)))
        again = grouped(points[drawn], groups, STARTS_AGAIN)
        once, first = np.unique(drawn, return_index=True)
        same += [jaccards(labels[once] == group, again[first], groups).max() for group in range(groups)]
    return float(same.min() / TIMES)


def jaccards(inside: npt.NDArray[np.bool_], labels: Labels, groups: int) -> Reals:
    """Of some customers and each group: those in both, of those in either."""
    both = np.bincount(labels[inside], minlength=groups)
    either = inside.sum() + np.bincount(labels, minlength=groups) - both
    found: Reals = both / np.maximum(either, 1)
    return found


def alike(one: Labels, other: Labels) -> float:
    """The adjusted Rand index of two groupings of the same customers: 1 are the same groups, 0 is chance.

    Source: Hubert and Arabie, Journal of Classification 2 (1985), 193-218, equation 5.
    """
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - only where something is learned

    return float(adjusted_rand_score(one, other))
