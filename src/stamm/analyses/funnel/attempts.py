"""Attempts: one query from signs of life to the furthest attempt of everybody.

No row meets another: what an attempt reaches is told by running minima, from the last step back to the first,
since a later beginning can never get anywhere earlier. So its cost grows as sorting does.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.common.deferred import Deferred

from stamm.analyses.kind import Behind, Question
from stamm.analyses.reach import moment
from stamm.analyses.signs import Sign, facts_of, personal
from stamm.facts.events import Events

_ = ibis._

ORDERED, STRICT, ANY = "ordered", "strict", "any"
MICROSECOND = timedelta(microseconds=1)
#: at one moment a visit comes before what is done in it, and that before the order it may lead to
PLACES = {"sessions": 0, "identity": 1, "orders": 2}
#: what tells rows at one moment apart; of one person no two visits begin together
IDS = {"sessions": ibis.literal(""), "identity": _.event_id, "orders": _.order_id}
ORDER = ("at", "place", "id")
FORWARD = ibis.window(group_by="person", order_by=ORDER)
LATER = ibis.window(group_by="person", order_by=[ibis.desc(name) for name in ORDER], preceding=(None, 1))
FROM_HERE = ibis.window(group_by="person", order_by=[ibis.desc(name) for name in ORDER], following=0)
PERSON = ibis.window(group_by="person")


@dataclass(frozen=True)
class Reached:
    """Of one group: who reached a number of steps, how many of them are customers, and what is not decided yet.

    `waited` is the median of the microseconds since the step before; `going_on` counts who has got no further
    and still can.
    """

    people: int
    customers: int
    waited: float | None
    going_on: int


@dataclass(frozen=True)
class Attempts:
    """How signs of life become attempts: the steps, in which order, within which time, and who is counted."""

    steps: Sequence[Sign]
    mode: str
    within: timedelta
    people: str

    def reached(self, question: Question, until: datetime) -> dict[tuple[str | None, int], Reached]:
        """By group and number of steps reached, the first one 1."""
        passed = self._passed(self._furthest(question, until))
        counts = passed.group_by("group_value", "number").aggregate(
            people=_.count(),
            customers=_.customer_id.count(),
            waited=_.waited.median(),
            going_on=_.count(where=_.open & (_.level == _.number)),
        )
        return {
            (row["group_value"], row["number"]): Reached(
                row["people"], row["customers"], row["waited"], row["going_on"]
            )
            for row in question.run(counts)
        }

    def customers(self, question: Question, until: datetime, group: str | None, number: int) -> Behind:
        """The customers of a group who reached that many steps, and who reached one less and no more."""
        furthest = self._furthest(question, until).filter(_.customer_id.notnull(), _.level >= max(number - 1, 1))
        same_group = _.group_value.isnull() if group is None else _.group_value == group
        rows = question.run(furthest.filter(same_group).select("customer_id", "level"))
        reached, dropped = (
            sorted(row["customer_id"] for row in rows if (row["level"] >= number) is which) for which in (True, False)
        )
        return Behind(tuple(reached), tuple(dropped))

    # -- signs -----------------------------------------------------------------------
    def _signs(self, question: Question, until: datetime) -> ir.Table:
        """What people did from the first moment of the span to the last at which it can matter, a row each.

        `step_1` ... tell which steps a row is. What is no step is left out, but where nothing may lie between.
        """
        (span,) = question.windows
        zone = question.organisation.zone
        last = moment(span.ends_at(zone) + self.within)
        rows = functools.reduce(ir.Table.union, (self._of(fact, question) for fact in facts_of(self.steps)))
        rows = rows.filter(_.at >= moment(span.starts_at(zone)), _.at < last, _.at < moment(until))
        return rows if self.mode == STRICT else rows.filter(_any(_[step] for step in self._names("step")))

    def _of(self, fact: str, question: Question) -> ir.Table:
        rows = personal(fact, question, self.people, since=question.windows[0].start)
        # that a page was looked at for so long is no step, and lies between none
        rows = rows.filter(~Events().stays()) if fact == "identity" else rows
        return rows.select(
            "person",
            "customer_id",
            "at",
            place=ibis.literal(PLACES[fact]),
            id=IDS[fact],
            **{name: step.among(fact) for name, step in zip(self._names("step"), self.steps, strict=True)},
        )

    def _names(self, word: str) -> list[str]:
        return [f"{word}_{number}" for number in range(1, len(self.steps) + 1)]

    # -- attempts --------------------------------------------------------------------
    def _furthest(self, question: Question, until: datetime) -> ir.Table:
        """One row a person who began: the furthest attempt, the earliest of equal ones.

        `at` is when it began, `level` how many steps it reached, `at_1` ... when it reached each one; `open` says
        whether the person can still get further; `group_value` is that of the beginning.
        """
        (span,) = question.windows
        signs = self._signs(question, until)
        begins = _any(_[step] for step in self._names("step")) if self.mode == ANY else _.step_1
        followed = self._in_any_order(signs) if self.mode == ANY else self._in_order(signs)
        began = followed.filter(begins, _.at < moment(span.ends_at(question.organisation.zone)))
        names = self._names("at")
        began = began.mutate(**{name: self._in_time(_[name]).ifelse(_[name], None) for name in names})
        began = began.mutate(
            level=functools.reduce(operator.add, (_[name].notnull().cast("int64") for name in names)),
            open=(_.unbroken & self._in_time(moment(until))).cast("int64"),
        )
        furthest = self._first_of_best(began) if self.mode == ANY else self._soonest_of_best(began)
        return question.grouped(furthest, "at")

    def _first_of_best(self, began: ir.Table) -> ir.Table:
        """Of everybody's attempts the first in order of those that got furthest."""
        best = ibis.window(group_by="person", order_by=[ibis.desc("level"), *ORDER])
        began = began.mutate(rank=ibis.row_number().over(best), open=_.open.max().over(PERSON) == 1)
        return began.filter(_.rank == 0).select("person", "customer_id", "at", "level", "open", *self._names("at"))

    def _soonest_of_best(self, began: ir.Table) -> ir.Table:
        """The same where steps have an order, without putting all attempts into one.

        Of two attempts that reach the same steps the earlier one reaches each of them no later: so it has the least
        of every moment.
        """
        soonest = {name: _[name].min() for name in ("at", *self._names("at"))}
        levels = began.group_by("person", "customer_id", "level").aggregate(open=_.open.max(), **soonest)
        levels = levels.mutate(best=_.level.max().over(PERSON), open=_.open.max().over(PERSON) == 1)
        return levels.filter(_.level == _.best).drop("best")

    def _in_time(self, at: Any) -> Deferred:
        """Whether a moment lies within the time counted from the beginning; the end of it does."""
        return (_.at.delta(at, unit="microsecond") >= -(self.within // MICROSECOND)).coalesce(False)

    def _in_order(self, signs: ir.Table) -> ir.Table:
        """Beside each first step `at_1` ... : when each step is reached soonest from there on, however late.

        From the last step back to the first, a row that is a step learns from what follows when the steps after it
        are reached: where others may lie between, the soonest that any later row knows of; in strict order what the
        very next one knows. `unbroken` says whether it could go on if more followed.
        """
        names, strict = self._names("at"), self.mode == STRICT
        last = _[f"step_{len(names)}"].ifelse(_.at, None)
        rows = signs.mutate(unbroken=ibis.literal(not strict), **{names[-1]: last})
        for number in range(len(names) - 1, 0, -1):
            later, here = names[number:], _[f"step_{number}"]
            rows = rows.mutate(**{name: self._following(name) for name in later})
            rows = rows.mutate(
                **{names[number - 1]: here.ifelse(_.at, None)},
                **{name: here.ifelse(_[name], None) for name in later},
            )
            if strict:
                goes_on = _.unbroken.lead().over(FORWARD).coalesce(True)
                rows = rows.mutate(unbroken=goes_on).mutate(unbroken=here & _.unbroken)
        return rows

    def _following(self, name: str) -> Deferred:
        """What the rows after this one know of a step."""
        return _[name].lead().over(FORWARD) if self.mode == STRICT else _[name].min().over(LATER)

    def _in_any_order(self, signs: ir.Table) -> ir.Table:
        """Beside each row `at_1` ... : when each step is done soonest from this row on, itself included."""
        pairs = zip(self._names("at"), self._names("step"), strict=True)
        soonest = {at: _[step].ifelse(_.at, None).min().over(FROM_HERE) for at, step in pairs}
        return signs.mutate(unbroken=ibis.literal(True), **soonest)

    def _passed(self, furthest: ir.Table) -> ir.Table:
        """One row a person and step reached: its `number` in order of time, and `waited` since the one before."""
        steps = ibis.memtable(pa.table({"step": pa.array(range(1, len(self.steps) + 1), pa.int64())}))
        cases = [(_.step == number, _[f"at_{number}"]) for number in range(1, len(self.steps) + 1)]
        passed = furthest.cross_join(steps).mutate(reached_at=ibis.cases(*cases)).filter(_.reached_at.notnull())
        in_time = ibis.window(group_by="person", order_by=["reached_at", "step"])
        return passed.mutate(
            number=ibis.row_number().over(in_time) + 1,
            waited=_.reached_at.delta(_.reached_at.lag().over(in_time), unit="microsecond"),
        )


def _any(flags: Iterator[Deferred]) -> Deferred:
    return functools.reduce(lambda one, other: one | other, flags)
