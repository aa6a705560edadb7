"""Customers whom some metrics count alike: where only their number is asked, nobody is looked at one by one."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.answers.members import planned
from stamm.answers.people import Asked, Customers, NotCountedError, People, Weights
from stamm.answers.world import World
from stamm.facts.filter import Filter, filter_of
from stamm.facts.kind import Reduction, Scope
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window
from stamm.metrics import Metric
from stamm.metrics.operands import inner_of, operands_of

_ = ibis._

#: windows whose flags are the bits of one number
BITS = 62
#: customers of a class who are named, the first by their keys
NAMED = 5
#: a fact and scope, the filter of a metric, and the moment it is told of
Place = tuple[str, Scope, Filter, datetime | None]
#: an identity, and the window in which it is counted
Count = tuple[str, Asked]


@dataclass
class _Together:
    """Counts of one fact that are asked together: by identity, and over which windows."""

    reductions: dict[str, Reduction] = field(default_factory=dict)
    windows: dict[Window, None] = field(default_factory=dict)


class Alike(People):
    """The customers behind metrics over one window as classes: each holds those whom all of the metrics count alike.

    What `People` says of customers it says here of classes, by their names; `sizes` tells how many customers each has,
    `examples` the first of them. One query, whose answer has a row a class and example.
    """

    def __init__(self, world: World, where: Filter, metrics: Iterable[Metric], window: Window) -> None:
        super().__init__(world, where)
        self._window = window
        self.sizes: dict[str, int] = {}
        self.examples: dict[str, list[str]] = {}
        asked: dict[Place, _Together] = {}
        for metric in metrics:
            _collect(metric, (window,), self._as_of(metric), asked)
        known = [(place, each) for place, each in asked.items() if place[-1] is not None]
        columns = [(place, each, name) for place, each in known for name in _names(each)]
        if columns:
            self._learn([f"code_{number}" for number in range(len(columns))], known)
        for (_fact, _scope, within, as_of), each in asked.items():
            for identity in each.reductions:
                for one in each.windows:
                    self._known.setdefault((identity, (one, within, as_of)), frozenset())

    def _learn(self, codes: Sequence[str], known: Sequence[tuple[Place, _Together]]) -> None:
        """Ask who is counted by what, and put those together who are counted by the same."""
        unnamed, tables = list(codes), list[ir.Table]()
        meant: dict[str, list[tuple[int, Count]]] = {}
        for (fact, scope, within, as_of), each in known:
            own = {unnamed.pop(0): name for name in _names(each)}
            for code, (identity, chunk) in own.items():
                some = list(each.windows)[chunk * BITS : (chunk + 1) * BITS]
                meant[code] = [(bit, (identity, (one, within, as_of))) for bit, one in enumerate(some)]
            assert as_of is not None  # else nothing is known
            plan = planned(self.world, tuple(each.windows), None, as_of, filter_of((*self.where, *within)))
            people = _coded(plan.bound(fact, scope), each, {name: code for code, name in own.items()})
            rest = {code: ibis.literal(0, "int64") for code in codes if code not in own}
            tables.append(people.mutate(**rest).select("customer_id", *codes))
        people = functools.reduce(lambda one, other: one.union(other, distinct=False), tables)
        people = people.group_by("customer_id").aggregate(**{code: _[code].max() for code in codes})
        alike = {"group_by": list(codes)}
        ranked = people.mutate(
            size=_.count().over(ibis.window(**alike)),
            place=ibis.row_number().over(ibis.window(**alike, order_by="customer_id")),
        )
        found = self.world.engine.run(ranked.filter(_.place < NAMED)).to_pylist()
        members: dict[Count, set[str]] = {}
        for row in sorted(found, key=lambda row: row["place"]):
            name = " ".join(str(row[code]) for code in codes)
            self.examples.setdefault(name, []).append(row["customer_id"])
            self.sizes[name] = row["size"]
            if row["place"] == 0:
                for code, places in meant.items():
                    for bit, place in places:
                        if row[code] >> bit & 1:
                            members.setdefault(place, set()).add(name)
        self._known.update({place: frozenset(names) for place, names in members.items()})

    def weighed(self, metric: Metric) -> tuple[Weights, Weights] | None:
        """How much each customer of a class adds above and below the line; None where nobody can be named."""
        try:
            return self.weights(metric, [self._window])[self._window]
        except NotCountedError:
            return None

    def counted_as(self, metric: Metric) -> dict[Phrase, Customers]:
        """The classes of each count that a metric is made of, by what its customers were counted as."""
        return self.memberships(metric, self._window)

    def count(self, classes: Iterable[str]) -> int:
        """How many customers some classes have together."""
        return sum(self.sizes[each] for each in classes)

    def first(self, classes: Iterable[str]) -> tuple[str, ...]:
        """The first of their customers."""
        return tuple(sorted(one for each in classes for one in self.examples[each])[:NAMED])


def _collect(
    metric: Metric,
    windows: Sequence[Window],
    as_of: datetime | None,
    asked: dict[Place, _Together],
) -> None:
    """What has to be known of a metric over some windows, and of what it adds up over others."""
    reductions, overs = operands_of(metric)
    for each in reductions.values():
        if each.person:
            place = each.fact, each.scope if each.scope.clock else Scope(""), metric.where, as_of
            there = asked.setdefault(place, _Together())
            there.reductions[each.identity] = each
            there.windows.update(dict.fromkeys(windows))
    for over in overs.values():
        if over.how == "sum":
            picked = tuple(dict.fromkeys(one for window in windows for one in over.pick(window)))
            _collect(inner_of(metric, over), picked, as_of, asked)


def _names(asked: _Together) -> Iterator[tuple[str, int]]:
    """A number a count and so many windows."""
    chunks = range((len(asked.windows) + BITS - 1) // BITS)
    return ((identity, chunk) for identity in asked.reductions for chunk in chunks)


def _coded(rows: ir.Table, asked: _Together, codes: dict[tuple[str, int], str]) -> ir.Table:
    """One row a customer, in which the bits of a number say in which windows a count counts them."""
    counted = {
        f"part_{number}": (_.customer_id.notnull() if each.where is None else each.where).any()
        for number, each in enumerate(asked.reductions.values())
    }
    people = rows.filter(_.customer_id.notnull()).group_by("window_number", "customer_id").aggregate(**counted)
    numbers = range(len(asked.windows))
    bits = ibis.memtable(
        pa.table(
            {
                "number": pa.array(numbers, pa.int64()),
                "chunk": pa.array([number // BITS for number in numbers], pa.int64()),
                "bit": pa.array([1 << number % BITS for number in numbers], pa.int64()),
            }
        )
    )
    people = people.inner_join(bits, people.window_number == bits.number)
    parts = {identity: f"part_{number}" for number, identity in enumerate(asked.reductions)}
    sums = {
        code: (_[parts[identity]] & (_.chunk == chunk)).ifelse(_.bit, 0).sum().cast("int64")
        for (identity, chunk), code in codes.items()
    }
    return people.group_by("customer_id").aggregate(**sums)
