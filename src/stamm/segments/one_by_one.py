"""Metrics of one customer each: what a metric is when it is kept to that customer, for all customers at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from stamm.facts import FACTS
from stamm.facts.kind import Reduction, Scope
from stamm.lang.formula import Constant, Expression, Name, Operation
from stamm.lang.window import Window
from stamm.metrics import METRICS, Metric
from stamm.metrics.operands import inner_of, operands_of
from stamm.segments.then import OneByOne, Then

_ = ibis._

#: what a metric is made of, by the names that stand in its whole formula
Parts = dict[str, Reduction]
_ANY = Window.parse("2024-01-01")
#: facts of a window that tell of all customers together
_OF_ALL = ("survival", "buyers_by_contribution", "buyers_by_revenue")


def told_of_customers() -> dict[str, type[Metric]]:
    """The metrics that one customer has a number of, by their keys.

    What they count are rows of customers, in the window itself, and something else than customers; no scores, of which
    those on several scales would have to be refused.
    """
    return {metric.key: metric for metric in METRICS if _is_told(metric())}


def _is_told(metric: Metric) -> bool:
    parts = _parts(metric)
    if parts is None or all(part.person for part in parts.values()):
        return False
    return not any(part.scores for part in parts.values())


def _parts(metric: Metric, within: str = "") -> Parts | None:
    """What its formula is made of; None where it looks at other windows, or at rows that are nobody's."""
    reductions, overs = operands_of(metric)
    found = {within + name: reductions[name] for name in metric.operands() if name in reductions}
    if not all(_names_customers(part.fact) for part in found.values()):
        return None
    for name, over in overs.items():
        inner = _parts(inner_of(metric, over), f"{within}{name}.")
        if inner is None or over.how != "one" or over.pick(_ANY) != (_ANY,):
            return None
        found |= inner if name in metric.operands() else {}
    return found


def _names_customers(fact: str) -> bool:
    return fact not in _OF_ALL and (FACTS[fact].per_window or "customer_id" in FACTS[fact].columns())


def _formula(metric: Metric, within: str = "") -> Expression:
    """Its formula, with those of the metrics that it names in their places."""
    overs = operands_of(metric)[1]

    def whole(tree: Expression) -> Expression:
        if isinstance(tree, Operation):
            return Operation(tree.sign, whole(tree.left), whole(tree.right))
        if not isinstance(tree, Name):
            return tree
        if tree.name in overs:
            return _formula(inner_of(metric, overs[tree.name]), f"{within}{tree.name}.")
        return Name(within + tree.name)

    return whole(metric.formula())


class OfEach:
    """A metric of each customer, over the last `days` whole days before a day began."""

    def __init__(self, metric: Metric, days: int) -> None:
        parts = _parts(metric)
        assert parts is not None  # only such a metric can be named
        self.days, self._parts, self._formula = days, parts, _formula(metric)

    @property
    def facts(self) -> tuple[str, ...]:
        """Keys of the facts that tell of it."""
        return tuple(sorted({part.fact for part in self._parts.values()}))

    @property
    def money(self) -> bool:
        """Whether it adds up money."""
        return any(part.money for part in self._parts.values())

    @property
    def of_nobody(self) -> float | None:
        """What it is for a customer of whom there is no row."""
        return _number(self._formula, {name: part.empty for name, part in self._parts.items()})

    def rows(self, then: Then) -> ir.Table:
        """One row a customer of whom there is anything to count: `customer_id` and `value`."""
        names = {name: f"part_{number}" for number, name in enumerate(self._parts)}
        asked: dict[tuple[str, Scope | None], Parts] = {}
        for name, part in self._parts.items():
            scope = None if FACTS[part.fact].per_window else part.scope
            asked.setdefault((part.fact, scope), {})[names[name]] = part
        tables = [_reduced(then.one_by_one(self.days), parts) for parts in asked.values()]
        none = {name: ibis.null("float64") for name in names.values()}
        whole = [table.select("customer_id", **{**none, **{n: _[n] for n in table.columns[1:]}}) for table in tables]
        rows = reduce(lambda one, other: one.union(other, distinct=False), whole).group_by("customer_id")
        rows = rows.aggregate(**{name: _[name].max() for name in none})
        cells = {name: _or_empty(rows[names[name]], part) for name, part in self._parts.items()}
        return rows.select("customer_id", value=_column(self._formula, cells))


def _reduced(then: OneByOne, parts: Parts) -> ir.Table:
    """One row a customer with each part of one fact."""
    first = next(iter(parts.values()))
    rows = then.counted(first.fact, first.scope).filter(_.customer_id.notnull())
    measures = {name: _measure(part) for name, part in parts.items()}
    return rows.group_by("customer_id").aggregate(**measures).mutate(**{n: _[n].cast("float64") for n in measures})


def _measure(part: Reduction) -> Any:
    if part.column is None:
        return _.count(where=part.where)
    column = part.column
    measures = {"sum": column.sum, "distinct": column.nunique, "median": column.median, "most": column.max}
    return measures[part.how](where=part.where)


def _or_empty(cell: Any, part: Reduction) -> Any:
    return cell if part.empty is None else cell.coalesce(float(part.empty))


def _column(tree: Expression, cells: Mapping[str, Any]) -> Any:
    """The formula on columns: nothing where it divides by nothing."""
    if isinstance(tree, Constant):
        return ibis.literal(float(tree.number))
    if isinstance(tree, Name):
        return cells[tree.name]
    assert isinstance(tree, Operation)
    left, right = _column(tree.left, cells), _column(tree.right, cells)
    if tree.sign == "/":
        return left / right.nullif(0.0)
    return {"+": left + right, "-": left - right, "*": left * right}[tree.sign]


def _number(tree: Expression, cells: Mapping[str, float | None]) -> float | None:
    """The same on numbers."""
    if isinstance(tree, Constant):
        return float(tree.number)
    if isinstance(tree, Name):
        return cells[tree.name]
    assert isinstance(tree, Operation)
    left, right = _number(tree.left, cells), _number(tree.right, cells)
    if left is None or right is None or (tree.sign == "/" and not right):
        return None
    if tree.sign == "/":
        return left / right
    return {"+": left + right, "-": left - right, "*": left * right}[tree.sign]
