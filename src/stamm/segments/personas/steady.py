"""Whether groups would be found again: each on bootstrap samples of the customers, by the share that is the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

SEED, TIMES, STARTS, STARTS_AGAIN = 7, 25, 10, 3
#: a group is steady from there on (Hennig 2007), and is told well by its rule
ENOUGH = 0.75
#: no persona is a smaller part of all
SMALLEST = 0.05


@dataclass(frozen=True)
class Tried:
    """So many groups: how much of the least steady is found again, how well rules tell them, and the smallest share.

    The first two are Jaccard's index, from 0 to 1: those in both of two groups, of those in either.
    """

    groups: int
    steady: float
    told: float
    smallest: float

    @property
    def holds(self) -> bool:
        """Whether these groups can be personas."""
        return self.steady >= ENOUGH and self.told >= ENOUGH and self.smallest >= SMALLEST


def grouped(points: Reals, groups: int, starts: int = STARTS, seed: int = SEED) -> Labels:
    """The group of each point (customers x measures) by k-means, the same for equal points."""
    from sklearn.cluster import KMeans  # noqa: PLC0415 - only where something is learned

    found: Labels = KMeans(groups, n_init=starts, random_state=seed).fit_predict(points).astype(np.intp)
    return found


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
