"""Who is behind a number: the customers that a part counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis

from stamm.answers.plan import Plan, kinds_of
from stamm.answers.world import World
from stamm.facts.filter import Filter, filter_of
from stamm.facts.kind import Reduction, Scope
from stamm.lang.formula import Expression, names_in, quotient_of, weights_of
from stamm.lang.language import CODES
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window
from stamm.metrics import Metric
from stamm.metrics.kind import Over
from stamm.metrics.operands import inner_of, operands_of, words_of

_ = ibis._

Weights = dict[str, float]
Customers = frozenset[str]


class NotCountedError(Exception):
    """A formula that is not made of counted customers, so that nobody can be named."""


class People:
    """Names the customers behind parts within a filter; each part is asked once for all windows, those of a fact
    together.
    """

    def __init__(self, world: World, where: Filter = ()) -> None:
        self.world, self.where = world, where
        self._known: dict[tuple[str, Filter, Window], Customers] = {}

    def behind(self, reduction: Reduction, windows: Sequence[Window], within: Filter = ()) -> dict[Window, Customers]:
        """The customers that a count of customers, of a metric with that filter, counted in each window."""
        self.know([reduction], windows, within)
        return {window: self._known[reduction.identity, within, window] for window in windows}

    def know(self, reductions: Iterable[Reduction], windows: Sequence[Window], within: Filter = ()) -> None:
        """Asks for the customers behind several counts of customers: one query a fact. Optional before `behind`."""
        queries: dict[tuple[str, Scope, tuple[Window, ...]], dict[str, Reduction]] = {}
        for reduction in reductions:
            missing = tuple(dict.fromkeys(w for w in windows if (reduction.identity, within, w) not in self._known))
            if missing and reduction.person:
                scope = reduction.scope if reduction.scope.clock else Scope("")
                queries.setdefault((reduction.fact, scope, missing), {})[reduction.identity] = reduction
        for (fact, scope, missing), wanted in queries.items():
            found = self._ask(fact, scope, missing, wanted, filter_of((*self.where, *within)))
            self._known.update({(identity, within, window): who for (identity, window), who in found.items()})

    def _ask(
        self,
        fact: str,
        scope: Scope,
        windows: tuple[Window, ...],
        wanted: Mapping[str, Reduction],
        where: Filter,
    ) -> dict[tuple[str, Window], Customers]:
        people: dict[tuple[str, Window], set[str]] = {(identity, w): set() for identity in wanted for w in windows}
        as_of = self.world.known_until(kinds_of((fact,), self.world))
        if as_of is not None:
            rows = Plan(self.world, windows, None, as_of, where).bound(fact, scope)
            counted = {
                f"part_{number}": (_.customer_id.notnull() if each.where is None else each.where).any()
                for number, each in enumerate(wanted.values())
            }
            rows = rows.filter(_.customer_id.notnull()).group_by("window_number", "customer_id").aggregate(**counted)
            for row in self.world.engine.run(rows).to_pylist():
                for number, identity in enumerate(wanted):
                    if row[f"part_{number}"]:
                        people[identity, windows[row["window_number"]]].add(row["customer_id"])
        return {place: frozenset(customers) for place, customers in people.items()}

    def weights(self, metric: Metric, windows: Sequence[Window]) -> dict[Window, tuple[Weights, Weights]]:
        """How much each customer adds to the numerator and to the denominator, by window.

        A sum over shorter windows adds once for each of them in the numerator; its denominators differ from
        window to window and are left out. Raises NotCountedError.
        """
        top, bottom = fraction_of(metric)
        above, below = self._side(metric, top, windows), self._side(metric, bottom, windows)
        return {window: (above[window], below[window]) for window in windows}

    def _side(self, metric: Metric, side: Expression, windows: Sequence[Window]) -> dict[Window, Weights]:
        reductions, overs = operands_of(metric)
        self.know((reductions[name] for name in _linear(side) if name in reductions), windows, metric.where)
        total: dict[Window, Weights] = {window: {} for window in windows}
        for name, weight in _linear(side).items():
            if name in overs:
                added = self._summed(metric, overs[name], windows)
            elif reductions[name].person:
                counted = self.behind(reductions[name], windows, metric.where)
                added = {window: dict.fromkeys(customers, 1.0) for window, customers in counted.items()}
            else:
                raise NotCountedError(name)
            for window in windows:
                _add(total[window], added[window], weight)
        return total

    def _summed(self, metric: Metric, over: Over, windows: Sequence[Window]) -> dict[Window, Weights]:
        if over.how != "sum":
            raise NotCountedError(over.metric)
        pieces = {window: over.pick(window) for window in windows}
        flat = tuple(dict.fromkeys(piece for each in pieces.values() for piece in each))
        inner = self.weights(inner_of(metric, over), flat)
        total: dict[Window, Weights] = {window: {} for window in windows}
        for window, each in pieces.items():
            for piece in each:
                _add(total[window], inner[piece][0], 1.0)
        return total

    def memberships(self, metric: Metric, window: Window) -> dict[Phrase, Customers]:
        """Customers by what they were counted as, for operands that count customers."""
        reductions, overs = operands_of(metric)
        words = words_of(metric)
        found: dict[Phrase, Customers] = {}
        for name in metric.operands():
            if name in reductions and reductions[name].person:
                found[words[name]] = self.behind(reductions[name], [window], metric.where)[window]
            elif name in overs and overs[name].how == "sum":
                inner = inner_of(metric, overs[name])
                counted = [words_of(inner)[each] for each in names_in(fraction_of(inner)[0])]
                found[_in_a_part(counted)] = frozenset(self._summed(metric, overs[name], [window])[window])
        return found


def fraction_of(metric: Metric) -> tuple[Expression, Expression]:
    """Numerator and denominator of a metric's formula; raises NotCountedError where it is no single fraction."""
    try:
        _factor, top, bottom = quotient_of(metric.formula())
    except ValueError as error:
        raise NotCountedError(metric.key) from error
    return top, bottom


def _linear(side: Expression) -> dict[str, float]:
    try:
        return weights_of(side)
    except ValueError as error:
        raise NotCountedError("not linear") from error


def _add(total: Weights, more: Weights, weight: float) -> None:
    for customer, value in more.items():
        total[customer] = total.get(customer, 0.0) + weight * value


def _in_a_part(counted: Sequence[Phrase]) -> Phrase:
    """What was counted in shorter windows."""
    english, german = (", ".join(phrase.of(code) for phrase in counted) for code in CODES)
    return Phrase(f"{english} (in a part of the window)", f"{german} (in einem Teil des Zeitraums)")
