"""Who is behind a number: the customers that a part counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import ibis

from stamm.answers.ask import operands_of
from stamm.answers.plan import Plan, kinds_of
from stamm.answers.world import World
from stamm.facts.kind import Reduction, Scope
from stamm.lang.formula import Expression, quotient_of, weights_of
from stamm.lang.window import Window
from stamm.metrics import METRICS, Metric
from stamm.metrics.kind import Over

_ = ibis._

Weights = dict[str, float]


def customers_behind(world: World, reduction: Reduction, window: Window) -> frozenset[str]:
    """Customers a count of customers counted in one window."""
    as_of = world.known_until(kinds_of((reduction.fact,), world))
    if as_of is None or window.starts_at(world.organisation.zone) >= as_of:
        return frozenset()
    plan = Plan(world, (window,), None, as_of)
    rows = plan.bound(reduction.fact, reduction.scope if reduction.scope.clock else Scope(""))
    rows = rows.filter(_.customer_id.notnull())
    if reduction.where is not None:
        rows = rows.filter(reduction.where)
    return frozenset(world.engine.run(rows.select("customer_id").distinct())["customer_id"].to_pylist())


class NotCountedError(Exception):
    """A formula that is not made of counted customers, so that nobody can be named."""


def fraction_of(metric: Metric) -> tuple[Expression, Expression]:
    """Numerator and denominator of a metric's formula; raises NotCountedError where it is no single fraction."""
    try:
        _factor, top, bottom = quotient_of(metric.formula())
    except ValueError as error:
        raise NotCountedError(metric.key) from error
    return top, bottom


def weights_by_customer(world: World, metric: Metric, window: Window) -> tuple[Weights, Weights]:
    """How much each customer adds to the numerator and to the denominator.

    A sum over shorter windows adds once for each of them in the numerator; its denominators differ from
    window to window and are left out. Raises NotCountedError.
    """
    reductions, overs = operands_of(metric)
    top, bottom = fraction_of(metric)
    sides = []
    for side in (top, bottom):
        total: Counter[str] = Counter()
        for name, weight in _linear(side).items():
            if name in overs:
                for customer, times in _over(world, overs[name], window).items():
                    total[customer] += weight * times  # type: ignore[assignment]
            elif reductions[name].person:
                for customer in customers_behind(world, reductions[name], window):
                    total[customer] += weight  # type: ignore[assignment]
            else:
                raise NotCountedError(name)
        sides.append({customer: float(weight) for customer, weight in total.items()})
    return sides[0], sides[1]


def memberships(world: World, metric: Metric, window: Window) -> Mapping[str, frozenset[str]]:
    """Customers by operand, for operands that count customers."""
    reductions, overs = operands_of(metric)
    found = {
        n: customers_behind(world, r, window) for n, r in reductions.items() if r.person and n in metric.operands()
    }
    found.update({name: frozenset(_over(world, over, window)) for name, over in overs.items() if over.how == "sum"})
    return found


def _linear(side: Expression) -> dict[str, float]:
    try:
        return weights_of(side)
    except ValueError as error:
        raise NotCountedError("not linear") from error


def _over(world: World, over: Over, window: Window) -> Mapping[str, float]:
    if over.how != "sum":
        raise NotCountedError(over.metric)
    total: dict[str, float] = {}
    for piece in over.pick(window):
        for customer, weight in weights_by_customer(world, METRICS[over.metric](), piece)[0].items():
            total[customer] = total.get(customer, 0.0) + weight
    return total
