"""What begins a customer's time in a cohort, what counts as coming back, and what each of it brings."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.analyses.kind import Question
from stamm.analyses.signs import CUSTOMERLESS, Sign, counted, standing, timed
from stamm.lang.reasons import CANCELLED_ORDERS, CUSTOMERLESS_MESSAGES, SHARED_COSTS, UNKNOWN_COSTS

_ = ibis._

#: what each measure adds up, by the facts it is made of
MEASURES: dict[str, tuple[str, ...]] = {
    "customers": (),
    "orders": ("orders",),
    "gross_revenue": ("orders",),
    "revenue": ("orders", "returned_lines"),
    "contribution": ("costs", "messages", "orders", "returned_lines"),
}
#: costs that a customer causes once they are won
CAUSED = ("service", "retention", "reward")
OWNERLESS = {**CUSTOMERLESS, "costs": SHARED_COSTS, "messages": CUSTOMERLESS_MESSAGES}


@dataclass(frozen=True)
class Signs:
    """Signs of life of known customers, one row each, for one way to begin and one of coming back.

    Rows carry customer_id, `at` and `day` (the local one), whether they begin or count as coming back, and
    what they bring: `amount`, in orders or minor units. `whole_day` marks what is known by its day alone,
    `foreign` names the fact where money cannot be added.
    """

    begins: Sign
    returns: Sign
    least_minor: int
    of: str

    @property
    def facts(self) -> tuple[str, ...]:
        """All facts that are read."""
        return tuple(sorted({*self.begins.facts, *self.returns.facts, *MEASURES[self.of]}))

    @property
    def following(self) -> tuple[str, ...]:
        """The facts that tell what comes after the beginning."""
        return tuple(sorted({*self.returns.facts, *MEASURES[self.of]}))

    def table(self, question: Question) -> ir.Table:
        """The rows, up to the question's as_of."""
        return functools.reduce(ir.Table.union, (self._of(fact, question) for fact in self.facts))

    def _of(self, fact: str, question: Question) -> ir.Table:
        returns = self.returns.among(fact)
        if fact == "orders" and self.least_minor:
            returns = returns & (_.amount_minor >= self.least_minor)
        return (
            _standing(fact, question)
            .filter(_.customer_id.notnull())
            .select(
                "customer_id",
                "at",
                "day",
                begins=self.begins.among(fact),
                returns=returns,
                amount=self._amount(fact).cast("int64"),
                whole_day=ibis.literal(fact == "costs"),
                foreign=(_.foreign if self._is_money(fact) else ibis.literal(False)).ifelse(fact, None),
            )
        )

    def _amount(self, fact: str) -> Deferred:
        """What a row of a fact brings."""
        if fact not in MEASURES[self.of]:
            return ibis.literal(0)
        if self.of == "orders":
            return ibis.literal(1)
        if fact == "orders":
            return _.amount_minor - _.cost_minor.coalesce(0) if self.of == "contribution" else _.amount_minor
        return -(_.cost_minor if fact == "messages" else _.amount_minor).coalesce(0)

    def _is_money(self, fact: str) -> bool:
        """Whether money of the fact is added up or compared."""
        added = fact in MEASURES[self.of] and self.of != "orders"
        return added or (fact == "orders" and self.least_minor > 0)

    def left_out(self, question: Question) -> dict[str, int]:
        """Rows since the first cohort began that were passed over, by what they are."""
        since = question.windows[0].start
        rows = {
            words: _standing(fact, question).filter(_.customer_id.isnull(), _.day >= since)
            for fact, words in OWNERLESS.items()
            if fact in self.facts
        }
        if "orders" in self.facts:
            rows[CANCELLED_ORDERS] = timed("orders", question).filter(_.cancelled_at.notnull(), _.day >= since)
        if self.of == "contribution":
            rows[UNKNOWN_COSTS] = _standing("orders", question).filter(_.cost_minor.isnull(), _.day >= since)
        return counted(question, rows)


def _standing(fact: str, question: Question) -> ir.Table:
    """The rows of a fact that count; whose a return is, if it does not say, says its order."""
    rows = standing(fact, question)
    if fact == "costs":
        return rows.filter(_.kind.isin(CAUSED))
    if fact == "returned_lines":
        owners = question["orders"].select("order_id", owner=_.customer_id)
        return rows.left_join(owners, "order_id").mutate(customer_id=_.customer_id.coalesce(_.owner))
    return rows
