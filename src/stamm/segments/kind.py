"""What an operator is: something that is so of a customer at the start of a day, or is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.definition import Definition
from stamm.lang.example import Row, TableExample
from stamm.lang.phrase import Phrase
from stamm.segments.then import Then

_ = ibis._


class Operator(Definition):
    """Something that is so of a customer, or is not.

    A subclass declares `de`, `sentence_de`, the facts it needs, and how it is said: `says` goes on from "customers",
    `denies` says the opposite; a setting has its place there as {setting}. It is no more than a yes: whoever nothing
    is known of is none of whom it is so.
    """

    abstract = True
    says: ClassVar[Phrase]
    denies: ClassVar[Phrase]
    #: keys of the facts that tell of it, and that say how far back and forth it is known
    facts: ClassVar[tuple[str, ...]] = ()
    #: keys of facts without which nothing is known of anybody, but which do not say so
    beside: ClassVar[tuple[str, ...]] = ()
    #: whether it adds up money, which has to be in one currency
    adds_money: ClassVar[bool] = False
    examples: ClassVar[tuple[TableExample, ...]] = ()

    @property
    def back_days(self) -> int | None:
        """How many days before it looks at; None for all."""
        days: int | None = self.settings.get("days")
        return days or None

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        """What it is told by: a name, rows of customers, a measure of a customer's rows, and whether it is so by it.

        Operators that give the same name give the same rows, and share one pass over them. The last is a yes or no of
        `_`, the measure, which is nothing where a customer has no rows.
        """
        raise NotImplementedError


class Listed(Operator):
    """An operator that lists the customers of whom it is so."""

    abstract = True

    def members(self, then: Then) -> ir.Table:
        """Rows with `customer_id`; any row of a customer makes them one."""
        raise NotImplementedError

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        return f"{self.key} {sorted(self.settings.items())}", self.members(then), _.count(), _.coalesce(0) > 0


def example(facts: dict[str, tuple[Row, ...]], on: str, gives: str, **settings: object) -> TableExample:
    """A worked example: tables in, whom it is so of at the start of a day."""
    found: Sequence[Row] = [{"customer_id": who} for who in gives.split()]
    return TableExample(facts=facts, gives=tuple(found), context={"as_of": on, "settings": settings})
