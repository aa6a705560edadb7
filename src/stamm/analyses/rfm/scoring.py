"""Scoring: one row a customer, with what they did in a span and how many did worse."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from stamm.analyses.kind import Known
from stamm.analyses.reach import end_of
from stamm.facts.elapsed import days_between
from stamm.facts.orders import Orders
from stamm.lang.window import Window

_ = ibis._

REVENUE, GROSS = "revenue", "gross_revenue"


@dataclass(frozen=True)
class Scoring:
    """How customers are scored: by net or gross revenue."""

    money: str

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it is made of."""
        return ("orders", "sent_back") if self.money == REVENUE else ("orders",)

    def customers(self, question: Known, span: Window) -> ir.Table:
        """One row a customer with an order in the span.

        `days` since the last one at the span's end, the same in whole `seconds` and `microseconds` beside them,
        whose sums are the same in whatever order they are added, `orders`, `money` in minor units, the scores `r`,
        `f` and `m`, `worth` (f and m together), and `foreign`, which names a fact whose money cannot be added.
        """
        everybody = ibis.window()
        people = self._people(question, span)
        people = people.mutate(n=_.customer_id.count().over(everybody))
        # ranks count from 0, so that a rank is how many did strictly worse
        people = people.mutate(
            r=1 + (5 * ibis.rank().over(order_by="last_at") // _.n).cast("int64"),
            f=1 + (5 * ibis.rank().over(order_by="orders") // _.n).cast("int64"),
            m=1 + (5 * ibis.rank().over(order_by="money") // _.n).cast("int64"),
        )
        people = people.mutate(worth=((_.f + _.m + 1) // 2).cast("int64"))
        return question.grouped(people, "end")

    def _people(self, question: Known, span: Window) -> ir.Table:
        bought = _within(question["orders"].filter(Orders().stands(), _.customer_id.notnull()), "ordered_on", span)
        people = bought.group_by("customer_id").aggregate(
            last_at=_.ordered_at.max(),
            orders=_.count(),
            money=_.amount_minor.sum(),
            foreign=_.foreign.ifelse("orders", None).max(),
        )
        if self.money == REVENUE:
            back = self._back(question, span)
            people = people.left_join(back, people.customer_id == back.whose).mutate(
                money=_.money - _.back.coalesce(0), foreign=_.foreign.coalesce(_.foreign_back)
            )
        end = end_of(question, span)
        people = people.mutate(end=end).mutate(days=days_between(_.last_at, _.end))
        since = _.end.delta(_.last_at, unit="microsecond")
        seconds = (since // 1_000_000).cast("int64")
        people = people.mutate(seconds=seconds, microseconds=since - seconds * 1_000_000)
        return people.select(
            "customer_id", "last_at", "orders", "money", "foreign", "end", "days", "seconds", "microseconds"
        )

    def _back(self, question: Known, span: Window) -> ir.Table:
        """What was paid back to each customer in the span."""
        back = _within(question["sent_back"], "returned_on", span).filter(_.customer_id.notnull())
        return back.group_by(whose=_.customer_id).aggregate(
            back=_.amount_minor.sum(), foreign_back=_.foreign.ifelse("returns", None).max()
        )


def _within(rows: ir.Table, day: str, span: Window) -> ir.Table:
    return rows.filter(_[day] >= ibis.literal(span.start), _[day] < ibis.literal(span.end))
