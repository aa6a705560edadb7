"""A rule for each group: a small decision tree, its bounds made round, said in the words of segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np
import numpy.typing as npt

from stamm.lang.money import to_major, to_minor
from stamm.metrics import METRICS
from stamm.segments.blanks import AT_LEAST, LESS
from stamm.segments.operators.metric_of_customer import MetricOfCustomer
from stamm.segments.personas.steady import SEED, SMALLEST, Labels, Reals
from stamm.segments.rule import Is, Rule, joined

DEPTH, DIGITS = 3, 2
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Bound:
    """One condition: a metric is at least so much, or less; the bound in the units of a rule, and as it is computed."""

    metric: str
    how: str
    said: float
    computed: float

    def holds(self, values: Reals) -> Flags:
        """Of which customers."""
        found: Flags = values >= self.computed if self.how == AT_LEAST else values < self.computed
        return found


#: conditions that all hold; of several such, any
Leaves = tuple[tuple[Bound, ...], ...]


def learned(values: Mapping[str, Reals], labels: Labels, groups: int, currency: str) -> list[Leaves]:
    """For each group the leaves that mean it; a group that no leaf means has none."""
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 - only where something is learned

    metrics = list(values)
    points = np.column_stack([values[metric] for metric in metrics])
    least = max(2, ceil(SMALLEST * len(points)))
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=SEED).fit(points, labels).tree_

    def below(node: int, path: tuple[Bound, ...]) -> list[tuple[int, tuple[Bound, ...]]]:
        if tree.children_left[node] == tree.children_right[node]:
            return [(int(np.argmax(tree.value[node][0])), path)]
        metric = metrics[tree.feature[node]]
        said, computed = rounded(metric, float(tree.threshold[node]), currency)
        sides = ((LESS, tree.children_left[node]), (AT_LEAST, tree.children_right[node]))
        leaves = [
            leaf
            for how, child in sides
            for leaf in below(int(child), _tightened(path, Bound(metric, how, said, computed)))
        ]
        # what means the same on both sides needs no bound between
        return [(leaves[0][0], path)] if len({group for group, _ in leaves}) == 1 else leaves

    found = below(0, ())
    return [tuple(path for group, path in found if group == each) for each in range(groups)]


def _tightened(path: tuple[Bound, ...], more: Bound) -> tuple[Bound, ...]:
    """The path with one more condition, in the place of a weaker one of the same kind."""
    kept = tuple(each for each in path if (each.metric, each.how) != (more.metric, more.how))
    return (*kept, more)


def rounded(metric: str, threshold: float, currency: str) -> tuple[float, float]:
    """A bound that people would say, near a threshold: whole counts, else two digits; as said, and as computed."""
    unit = METRICS[metric].unit
    if unit == "count":
        return float(floor(threshold) + 1), float(floor(threshold) + 1)
    told = float(to_major(round(threshold), currency)) if unit == "money" else threshold
    digits = DIGITS - 1 - floor(log10(abs(told))) if told else 0
    said = round(told, min(digits, 2))
    return said, float(to_minor(said, currency)) if unit == "money" else said


def who(leaves: Leaves, values: Mapping[str, Reals]) -> Flags:
    """The customers of whom any of the leaves holds."""
    everybody = len(next(iter(values.values())))
    found: Flags = np.zeros(everybody, dtype=bool)
    for leaf in leaves:
        inside: Flags = np.ones(everybody, dtype=bool)
        for bound in leaf:
            inside &= bound.holds(values[bound.metric])
        found |= inside
    return found


def rule_of(leaves: Leaves, everybody: str, days: int) -> Rule:
    """The leaves as a rule over so many days before; `everybody` is the metric of which all have at least one."""

    def said(bound: Bound) -> Rule:
        return Is(MetricOfCustomer(metric=bound.metric, days=days, compare=bound.how, value=bound.said))

    def of_leaf(leaf: Sequence[Bound]) -> Rule:
        lowest = any(bound.metric == everybody and bound.how == AT_LEAST for bound in leaf)
        whole = leaf if lowest else (Bound(everybody, AT_LEAST, 1.0, 1.0), *leaf)
        return joined("all", tuple(said(bound) for bound in whole))

    return joined("any", tuple(of_leaf(leaf) for leaf in leaves))
