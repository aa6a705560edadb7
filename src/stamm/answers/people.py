"""Who is behind a number: the customers that a part counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import ibis

from stamm.answers.members import planned, settled_in
from stamm.answers.reach import kinds_needed
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
#: a window, the filter of a metric, and the moment it is told of
Asked = tuple[Window, Filter, datetime | None]


class NotCountedError(Exception):
    """A formula that is not made of counted customers, so that nobody can be named."""


class People:
    """Names the customers behind parts of metrics within a filter, as of the moment that a metric is told of.

    Each part is asked once for all windows, those of a fact together.
    """

    def __init__(self, world: World, where: Filter = ()) -> None:
        self.world, self.where = world, settled_in(where, world)
        self._known: dict[tuple[str, Asked], Customers] = {}

    def know(self, metrics: Iterable[Metric], windows: Sequence[Window]) -> None:
        """Asks for the customers behind all that metrics count: one query a fact. Optional before the others."""
        counts: dict[tuple[Filter, datetime | None], list[Reduction]] = {}
        for metric in metrics:
            counts.setdefault((metric.where, self._as_of(metric)), []).extend(operands_of(metric)[0].values())
        for (within, as_of), reductions in counts.items():
            self._know(reductions, windows, within, as_of)

    def weights(self, metric: Metric, windows: Sequence[Window]) -> dict[Window, tuple[Weights, Weights]]:
        """How much each customer adds to the numerator and to the denominator, by window.

        A sum over shorter windows adds once for each of them in the numerator; its denominators differ from
        window to window and are left out. Raises NotCountedError.
        """
        return self._weights(metric, windows, self._as_of(metric))

    def memberships(self, metric: Metric, window: Window) -> dict[Phrase, Customers]:
        """Customers by what they were counted as, for operands that count customers."""
        overs, words = operands_of(metric)[1], words_of(metric)
        found: dict[Phrase, Customers] = {}
        for name, customers in self.counted(metric, window).items():
            if name in overs:
                inner = inner_of(metric, overs[name])
                counted = [words_of(inner)[each] for each in names_in(fraction_of(inner)[0])]
                found[_in_a_part(counted)] = customers
            else:
                found[words[name]] = customers
        return found

    def counted(self, metric: Metric, window: Window) -> dict[str, Customers]:
        """Customers by the operand that counted them, for operands that count customers."""
        reductions, overs = operands_of(metric)
        as_of = self._as_of(metric)
        found: dict[str, Customers] = {}
        for name in metric.operands():
            if name in reductions and reductions[name].person:
                found[name] = self._behind(reductions[name], [window], metric.where, as_of)[window]
            elif name in overs and overs[name].how == "sum":
                found[name] = frozenset(self._summed(metric, overs[name], [window], as_of)[window])
        return found

    def _as_of(self, metric: Metric) -> datetime | None:
        return self.world.known_until(kinds_needed(metric, self.world))

    # -- who was counted -------------------------------------------------------------
    def _behind(
        self, reduction: Reduction, windows: Sequence[Window], within: Filter, as_of: datetime | None
    ) -> dict[Window, Customers]:
        """The customers that a count of customers, of a metric with that filter, counted in each window."""
        self._know([reduction], windows, within, as_of)
        return {window: self._known[reduction.identity, (window, within, as_of)] for window in windows}

    def _know(
        self, reductions: Iterable[Reduction], windows: Sequence[Window], within: Filter, as_of: datetime | None
    ) -> None:
        queries: dict[tuple[str, Scope, tuple[Window, ...]], dict[str, Reduction]] = {}
        for reduction in reductions:
            asked = {window: (reduction.identity, (window, within, as_of)) for window in windows}
            missing = tuple(window for window, key in asked.items() if key not in self._known)
            if missing and reduction.person:
                scope = reduction.scope if reduction.scope.clock else Scope("")
                queries.setdefault((reduction.fact, scope, missing), {})[reduction.identity] = reduction
        for (fact, scope, missing), wanted in queries.items():
            found = self._ask(fact, scope, missing, wanted, filter_of((*self.where, *within)), as_of)
            self._known.update({(name, (window, within, as_of)): who for (name, window), who in found.items()})

    def _ask(
        self,
        fact: str,
        scope: Scope,
        windows: tuple[Window, ...],
        wanted: Mapping[str, Reduction],
        where: Filter,
        as_of: datetime | None,
    ) -> dict[tuple[str, Window], Customers]:
        people: dict[tuple[str, Window], set[str]] = {(identity, w): set() for identity in wanted for w in windows}
        if as_of is not None:
            rows = planned(self.world, windows, None, as_of, where).bound(fact, scope)
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

    # -- how much they weigh ---------------------------------------------------------
    def _weights(
        self, metric: Metric, windows: Sequence[Window], as_of: datetime | None
    ) -> dict[Window, tuple[Weights, Weights]]:
        top, bottom = fraction_of(metric)
        above, below = (self._side(metric, side, windows, as_of) for side in (top, bottom))
        return {window: (above[window], below[window]) for window in windows}

    def _side(
        self, metric: Metric, side: Expression, windows: Sequence[Window], as_of: datetime | None
    ) -> dict[Window, Weights]:
        reductions, overs = operands_of(metric)
        self._know((reductions[name] for name in _linear(side) if name in reductions), windows, metric.where, as_of)
        total: dict[Window, Weights] = {window: {} for window in windows}
        for name, weight in _linear(side).items():
            if name in overs:
                added = self._summed(metric, overs[name], windows, as_of)
            elif reductions[name].person:
                counted = self._behind(reductions[name], windows, metric.where, as_of)
                added = {window: dict.fromkeys(customers, 1.0) for window, customers in counted.items()}
            else:
                raise NotCountedError(name)
            for window in windows:
                _add(total[window], added[window], weight)
        return total

    def _summed(
        self, metric: Metric, over: Over, windows: Sequence[Window], as_of: datetime | None
    ) -> dict[Window, Weights]:
        if over.how != "sum":
            raise NotCountedError(over.metric)
        pieces = {window: over.pick(window) for window in windows}
        flat = tuple(dict.fromkeys(piece for each in pieces.values() for piece in each))
        inner = self._weights(inner_of(metric, over), flat, as_of)
        total: dict[Window, Weights] = {window: {} for window in windows}
        for window, each in pieces.items():
            for piece in each:
                _add(total[window], inner[piece][0], 1.0)
        return total


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
