"""What begins a customer's time in a cohort, what counts as coming back, and what each of it brings."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.analyses.kind import Question
from stamm.analyses.signs import CUSTOMERLESS, Sign, counted, standing, timed
from stamm.facts.contributions import CAUSED, TOLD_BY
from stamm.lang.reasons import CANCELLED_ORDERS, CUSTOMERLESS_MESSAGES, SHARED_COSTS, UNKNOWN_COSTS

_ = ibis._

#: by measure, the facts of which it adds something up
MEASURES: dict[str, tuple[str, ...]] = {
    "customers": (),
    "orders": ("orders",),
    "gross_revenue": ("orders",),
    "revenue": ("takings",),
    "contribution": ("contributions",),
}
#: the facts that these are made of, of which rows that name nobody are passed over
MADE_OF: dict[str, tuple[str, ...]] = {"revenue": ("orders",), "contribution": ("costs", "messages", "orders")}
OWNERLESS = {**CUSTOMERLESS, "costs": SHARED_COSTS, "messages": CUSTOMERLESS_MESSAGES}


@dataclass(frozen=True)
class Signs:
    """Signs of life of known customers, one row each, for one way to begin and one of coming back.

    Rows carry customer_id, `at` and `day` (the local one), whether they begin or count as coming back, how many
    `times`, and what they bring: `amount`, in orders or minor units. `whole_day` marks what is known by its day alone,
    `foreign` names the fact where money cannot be added.

    With `by_day` a row may be all events that somebody had on a day, where that makes no difference: where every event
    begins, so that the first one does, and all that follow lie after it.
    """

    begins: Sign
    returns: Sign
    least_minor: int
    of: str
    by_day: bool

    @property
    def facts(self) -> tuple[str, ...]:
        """All facts that are read."""
        return tuple(sorted({*self.begins.facts, *self.returns.facts, *MEASURES[self.of]}))

    @property
    def following(self) -> tuple[str, ...]:
        """The facts that tell what comes after the beginning."""
        return tuple(sorted({*self.returns.facts, *MEASURES[self.of]}))

    @property
    def once_a_unit(self) -> bool:
        """Whether, by `units`, everybody has one row a unit at most, since nothing but events is read."""
        return self._by_day and self.facts == ("identity",)

    def table(self, question: Question, units: ir.Table | None) -> ir.Table:
        """The rows, up to the question's as_of.

        With `units` (the `number` of each `calendar_day`) and where days will do, a row is all events that somebody
        had in a unit: for who begins with the first sign ever, all others of that unit lie after it.
        """
        return functools.reduce(ir.Table.union, (self._of(fact, question, units) for fact in self.facts))

    def _of(self, fact: str, question: Question, units: ir.Table | None) -> ir.Table:
        returns = self.returns.among(fact)
        if fact == "orders" and self.least_minor:
            returns = returns & (_.amount_minor >= self.least_minor)
        rows = standing(fact, question, by_day=self._by_day).filter(_.customer_id.notnull())
        if fact == "identity" and self._by_day and units is not None:
            rows = rows.left_join(units, rows.day == units.calendar_day).group_by("customer_id", "number")
            rows = rows.aggregate(at=_.at.min(), day=_.day.min(), times=_.times.sum())
        return rows.select(
            "customer_id",
            "at",
            "day",
            "times",
            begins=self.begins.among(fact),
            returns=returns,
            amount=self._amount(fact).cast("int64"),
            whole_day=_.kind.isin(CAUSED) if fact == "contributions" else ibis.literal(False),
            foreign=(_.foreign if self._is_money(fact) else ibis.literal(False)).ifelse(_told_by(fact), None),
        )

    @property
    def _by_day(self) -> bool:
        """Whether days tell as much as events do."""
        returns = self.returns.is_any_event or "identity" not in self.returns.facts
        return self.by_day and self.begins.is_any_event and returns

    def _amount(self, fact: str) -> Deferred:
        """What a row of a fact brings."""
        if fact not in MEASURES[self.of]:
            return ibis.literal(0)
        if self.of == "orders":
            return ibis.literal(1)
        return _.amount_minor

    def _is_money(self, fact: str) -> bool:
        """Whether money of the fact is added up or compared."""
        added = fact in MEASURES[self.of] and self.of != "orders"
        return added or (fact == "orders" and self.least_minor > 0)

    def left_out(self, question: Question) -> dict[str, int]:
        """Rows since the first cohort began that were passed over, by what they are."""
        since, told = question.windows[0].start, {*self.facts, *MADE_OF.get(self.of, ())}
        rows = {
            words: standing(fact, question, by_day=True).filter(_.customer_id.isnull())
            for fact, words in OWNERLESS.items()
            if fact in told
        }
        if "orders" in told:
            rows[CANCELLED_ORDERS] = timed("orders", question).filter(_.cancelled_at.notnull())
        if self.of == "contribution":
            rows[SHARED_COSTS] = rows[SHARED_COSTS].filter(_.kind.isin(CAUSED))
            rows[UNKNOWN_COSTS] = standing("orders", question).filter(_.cost_minor.isnull())
        return counted(question, {words: each.filter(_.day >= since) for words, each in rows.items()})


def _told_by(fact: str) -> str | Deferred:
    """The imported fact that tells of a row."""
    return _.kind.cases(*TOLD_BY.items()) if fact in ("takings", "contributions") else fact
