"""Turns: one query from signs of life to who is new, stays, comes back or goes quiet in each period."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.analyses.calendar import DAY, numbered_days
from stamm.analyses.kind import Behind, Known, Question
from stamm.analyses.reach import moment
from stamm.analyses.signs import Sign, personal
from stamm.lang.phrase import Phrase
from stamm.lang.window import windows

_ = ibis._

NEW, RETURNING, RESURRECTED, DORMANT = "new", "returning", "resurrected", "dormant"
#: what somebody is in a period, in words
WORDS = {
    NEW: Phrase("new", "neu"),
    RETURNING: Phrase("stayed", "geblieben"),
    RESURRECTED: Phrase("came back", "wieder da"),
    DORMANT: Phrase("went quiet", "verstummt"),
}
#: the number of the period before the first, and what stands for all before it
BEFORE, LONG_BEFORE = -1, -2


@dataclass(frozen=True)
class Turns:
    """What each person's periods of activity make of them: the sign, the unit of a period, and who is counted."""

    sign: Sign
    period: str
    people: str

    def counts(self, question: Question, until: datetime) -> Mapping[tuple[int, str | None, str], int]:
        """How many people, by number of the period, group and turn."""
        turns = self.table(question, until).group_by("number", "group_value", "turn").aggregate(people=_.count())
        return {(row["number"], row["group_value"], row["turn"]): row["people"] for row in question.run(turns)}

    def customers(self, question: Question, until: datetime, number: int, group: str | None) -> Behind:
        """The customers of a group who are active in a period, and who went quiet in it; by turn, too."""
        same_group = _.group_value.isnull() if group is None else _.group_value == group
        there = self.table(question, until).filter(_.number == number, same_group, _.customer_id.notnull())
        rows = question.run(there.select("customer_id", "turn"))
        turns = {turn: tuple(sorted(row["customer_id"] for row in rows if row["turn"] == turn)) for turn in WORDS}
        active = sorted(who for turn, people in turns.items() if turn != DORMANT for who in people)
        return Behind(tuple(active), turns[DORMANT], tuple((WORDS[turn], who) for turn, who in turns.items()))

    def table(self, question: Known, until: datetime) -> ir.Table:
        """One row a person and period in which they are active, or no longer: `number`, `turn`, `group_value`."""
        both = ibis.memtable(pa.table({"quiet": pa.array([False, True])}))
        rows = self._active(question, until).cross_join(both)
        rows = rows.filter(_.quiet.ifelse((_.after != _.number + 1).coalesce(True), _.number >= 0))
        turn = ibis.cases(
            (_.quiet, DORMANT), (_.before.isnull(), NEW), (_.before == _.number - 1, RETURNING), else_=RESURRECTED
        )
        rows = rows.mutate(turn=turn, number=_.number + _.quiet.cast("int64"))
        begun = self._begun(question)
        rows = rows.inner_join(begun, rows.number == begun.begun_number)
        rows = rows.mutate(at=_.quiet.ifelse(_.begun_at, _.first_at))
        return question.grouped(rows.select("person", "customer_id", "number", "turn", "at"), "at")

    def _active(self, question: Known, until: datetime) -> ir.Table:
        """One row a person and period with a sign: when the first was, and the numbers of the periods around it."""
        asked = question.windows
        (previous,) = windows(asked[0].start - DAY, asked[0].start, self.period)
        days = numbered_days((previous, *asked))
        rows = functools.reduce(ir.Table.union, (self._of(fact, question) for fact in self.sign.facts))
        rows = rows.filter(_.at < moment(until), _.day < asked[-1].end)
        rows = rows.left_join(days, rows.day == days.calendar_day)
        rows = rows.mutate(number=(_.number + BEFORE).coalesce(LONG_BEFORE))
        active = rows.group_by("person", "number").aggregate(customer_id=_.customer_id.max(), first_at=_.at.min())
        order = ibis.window(group_by="person", order_by="number")
        return active.mutate(before=_.number.lag().over(order), after=_.number.lead().over(order))

    def _of(self, fact: str, question: Known) -> ir.Table:
        rows = personal(fact, question, self.people, by_day=self.sign.is_any_event).filter(self.sign.among(fact))
        return rows.select("person", "customer_id", "at", "day")

    def _begun(self, question: Known) -> ir.Table:
        """The periods asked for, and when each begins."""
        zone = question.organisation.zone
        starts = [window.starts_at(zone).astimezone(UTC) for window in question.windows]
        return ibis.memtable(
            pa.table(
                {
                    "begun_number": pa.array(range(len(starts)), pa.int64()),
                    "begun_at": pa.array(starts, pa.timestamp("us", tz="UTC")),
                }
            )
        )
