"""Which metrics add up: their value over all days is the sum of those of the days."""

from __future__ import annotations

from stamm.facts import FACTS
from stamm.facts.kind import Reduction
from stamm.lang.formula import Expression, Name, Operation
from stamm.metrics.kind import Metric, Over
from stamm.metrics.operands import inner_of, operands_of


def adds_up(metric: Metric) -> bool:
    """Whether values of windows that follow each other may be added.

    Told by how it is made: sums and counts of rows that lie in the window by their clock, added or taken off. Not
    different customers (who is here on two days is counted once over both), nothing looked back at, nothing divided.
    A metric that counts what happens to whole customers says so itself.
    """
    if metric.adds:
        return True
    if not _is_sum(metric.formula()):
        return False
    reductions, overs = operands_of(metric)
    used = metric.operands()
    return all(
        _is_total(reductions[name]) if name in reductions else _same_window(metric, name, overs[name]) for name in used
    )


def _is_total(reduction: Reduction) -> bool:
    by_window = getattr(FACTS[reduction.fact], "per_window", False)
    return reduction.how in ("count", "sum") and not (reduction.scope.so_far or reduction.back_days or by_window)


def _same_window(metric: Metric, name: str, over: Over) -> bool:
    return name not in metric.parts() and adds_up(inner_of(metric, over))


def _is_sum(tree: Expression) -> bool:
    if isinstance(tree, Name):
        return True
    return isinstance(tree, Operation) and tree.sign in ("+", "-") and _is_sum(tree.left) and _is_sum(tree.right)
