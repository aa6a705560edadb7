"""What an organisation's own metric is: a measure of one fact within a filter, or one metric divided by another.

It is a metric like every other. Its filter is the one that `--where` takes, so that it counts what the group of a
split would count; rows that the fact itself says do not stand, such as cancelled orders, count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, ClassVar

import ibis
from ibis.common.deferred import Deferred

from stamm.facts.kind import Fact, Reduction
from stamm.lang.formula import ratio, share
from stamm.lang.interval import Mean
from stamm.metrics.kind import Metric, Part, Unit

_ = ibis._

#: rows of a fact that count, beside those that its other predicates choose
STANDS = "stands"


@dataclass(frozen=True)
class OwnPart(Part):
    """A part whose fact is told, not named by a parameter."""

    of: str = ""

    @property
    def fact(self) -> str:
        return self.of


@dataclass(frozen=True)
class Rows:
    """Which rows of a fact are measured: by which clock, and for which of its predicates all hold."""

    fact: type[Fact]
    clock: str = ""
    so_far: bool = False
    only: tuple[str, ...] = ()

    def of(self, fact: Fact) -> Fact:
        """The fact as it is placed in windows."""
        placed = fact.by(self.clock) if self.clock else fact
        return placed.so_far() if self.so_far else placed

    def said(self) -> list[Deferred]:
        """The predicates that hold: the ones told, and that the row stands where it may not."""
        stands = (STANDS,) if STANDS in self.fact.verbs() else ()
        return [getattr(self.fact(), name)() for name in dict.fromkeys((*stands, *self.only))]

    def where(self, known: Deferred | None = None) -> Deferred | None:
        """All of them together, and that a cell is known."""
        said: list[Any] = self.said() + ([] if known is None else [known.notnull()])
        return reduce(and_, said) if said else None

    def part(self, measure: Callable[[Fact], Reduction], en: str, de: str, unit: Unit) -> OwnPart:
        """A part that measures them."""
        return OwnPart(lambda _metric, fact: measure(self.of(fact)), en, de, unit, self.fact.key)


class OwnMetric(Metric):
    """A metric that an organisation told in its settings."""

    abstract = True

    @classmethod
    def topic(cls) -> str:
        return "own"


class Measure(OwnMetric):
    """One number measured of a fact, such as a sum or a median."""

    abstract = True

    def value(self, measured: Any) -> Any:
        return measured


class Count(Measure):
    """How many there are of something."""

    abstract = True
    n = "measured"
    rows: ClassVar[Rows]


class Average(OwnMetric):
    """A sum over the number of rows it is of."""

    abstract = True
    interval = Mean("number", "total", "squares")

    def value(self, total: Any, number: Any) -> Any:
        return ratio(total, number)


class Quotient(OwnMetric):
    """One metric divided by another."""

    abstract = True
    named: ClassVar[tuple[str, str]]

    @classmethod
    def operands(cls) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cls.named))

    def value(self, **numbers: Any) -> Any:
        above, below = (numbers[name] for name in self.named)
        return ratio(above, below)


class Fraction(Quotient):
    """A part of a whole."""

    abstract = True

    def value(self, **numbers: Any) -> Any:
        above, below = (numbers[name] for name in self.named)
        return share(above, below)


def counted(rows: Rows, column: str, names: tuple[str, str]) -> dict[str, Any]:
    """How many rows, or with a column how many different values of it."""

    def measure(fact: Fact) -> Reduction:
        if not column:
            return fact.count(rows.where())
        if column == "customer_id":
            return fact.customers(rows.where())
        return fact.distinct(getattr(_, column), rows.where())

    return {"measured": rows.part(measure, *names, "count")}


def summed(rows: Rows, column: str, names: tuple[str, str], unit: Unit) -> dict[str, Any]:
    """The sum of a column, or of money in the reported currency."""

    def measure(fact: Fact) -> Reduction:
        return _added(fact, column, rows.where(), unit)

    return {"measured": rows.part(measure, *names, unit)}


def middle(rows: Rows, column: str, names: tuple[str, str], unit: Unit) -> dict[str, Any]:
    """The middle value of a column."""
    return {"measured": rows.part(lambda fact: fact.median(getattr(_, column), rows.where()), *names, unit)}


def averaged(rows: Rows, column: str, unit: Unit) -> dict[str, Any]:
    """The parts of a mean: sum, number, and sum of squares of the cells that are known."""
    cell = getattr(_, column)
    real = cell.cast("float64")
    return {
        "total": rows.part(
            lambda fact: _added(fact, column, rows.where(cell), unit), f"sum of {column}", f"Summe {column}", unit
        ),
        "number": rows.part(
            lambda fact: fact.count(rows.where(cell)), f"rows with {column}", f"Zeilen mit {column}", "count"
        ),
        "squares": rows.part(
            lambda fact: fact.sum(real * real, rows.where(cell)),
            f"squares of {column}",
            f"Quadrate von {column}",
            "number",
        ),
    }


def _added(fact: Fact, column: str, where: Deferred | None, unit: Unit) -> Reduction:
    cell = getattr(_, column)
    return fact.money(cell, where) if unit == "money" else fact.sum(cell, where)
