"""Counting: one query from signs of life to the counts of every cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.analyses.calendar import DAY, STEP, Periods, numbered_days
from stamm.analyses.kind import Behind, Question
from stamm.analyses.retention_table.signs import Signs
from stamm.lang.window import day_of, windows

_ = ibis._

#: a cohort's number and a group
Key = tuple[int, str | None]
MEMBER = ["customer_id", "cohort", "group_value"]


@dataclass(frozen=True)
class Tally:
    """What is counted of one cohort (and group): its customers, and by place who counts there and what they bring.

    A place is a period or a bracket of periods. `last_entry_at` is when the last customer entered.
    """

    size: int
    last_entry_at: datetime
    returned: Mapping[int, int]
    amount: Mapping[int, int]


@dataclass(frozen=True)
class Counting:
    """How signs of life become counts: who enters when, in which place a sign lies, and who counts there.

    `places` are the first and last period of each place, in order and apart; the first holds period 0. With
    `later_too` a place takes in all that comes after it. `strict` adds up what somebody brings only where
    they count themselves.
    """

    signs: Signs
    entry: str
    periods: Periods
    places: Sequence[tuple[int, int]]
    later_too: bool
    minimum: int
    strict: bool

    def tallies(self, question: Question) -> dict[Key, Tally]:
        """The counts of every cohort (and group) that has a customer."""
        rows = question.run(self._counts(self._members(question)))
        for row in rows:
            if row["foreign"]:
                raise question.foreign_money(row["foreign"])
        found: dict[Key, list[dict[str, Any]]] = {}
        for row in rows:
            found.setdefault((row["cohort"], row["group_value"]), []).append(row)
        return {key: self._tally(counts) for key, counts in found.items()}

    def customers(self, question: Question, key: Key, place: int) -> Behind:
        """The customers of one cohort (and group): who counts at a place, and who does not."""
        cohort, group = key
        same_group = _.group_value.isnull() if group is None else _.group_value == group
        there = (_.reach >= place).coalesce(False) if self.later_too else (_.place == place) & _.counts
        members = self._members(question).filter(_.cohort == cohort, same_group)
        people = question.run(members.group_by("customer_id").aggregate(there=there.any()))
        counted, others = (sorted(p["customer_id"] for p in people if p["there"] is which) for which in (True, False))
        return Behind(tuple(counted), tuple(others))

    # -- who enters when -------------------------------------------------------------
    def _entries(self, question: Question, signs: ir.Table) -> ir.Table:
        """One row a customer and cohort: when and on which day they entered, and their group."""
        days = numbered_days(question.windows).rename(entry_day="calendar_day", cohort="number")
        begun = signs.filter(_.begins)
        if self.entry != "first_ever":
            begun = begun.inner_join(days, begun.day == days.entry_day)
        whose = ["customer_id", "cohort"] if self.entry == "recurring" else ["customer_id"]
        first = begun.group_by(whose).aggregate(entered_at=_.at.min(), entered_on=_.day.min())
        if self.entry != "recurring":
            first = first.inner_join(days, first.entered_on == days.entry_day)
        return question.grouped(first.select("customer_id", "cohort", "entered_at", "entered_on"), "entered_at")

    # -- what they did since ---------------------------------------------------------
    def _members(self, question: Question) -> ir.Table:
        """One row a customer, cohort and place with anything: occurrences, amount, and whether they count there.

        The entry is one occurrence, and not another one where it is a return by itself.
        """
        by_unit = self.entry == "first_ever" and self.periods.unit != STEP
        signs = self.signs.table(question, self._units(question) if by_unit else None)
        since = self._placed(question, self._entries(question, signs), signs)
        if by_unit and self.signs.once_a_unit and self._one_period_a_place:
            members = since.select(
                *MEMBER,
                "place",
                "amount",
                "entered_at",
                "foreign",
                returns=_.returns.ifelse(_.times, 0),
                entries=(_.returns & _.is_entry).cast("int64"),
            )
        else:
            members = since.group_by(*MEMBER, "place").aggregate(
                returns=_.times.sum(where=_.returns).coalesce(0),
                entries=_.count(where=_.returns & _.is_entry).coalesce(0),
                amount=_.amount.sum().coalesce(0),
                entered_at=_.entered_at.max(),
                foreign=_.foreign.max(),
            )
        members = members.mutate(occurrences=_.returns + ((_.place == 0) & (_.entries == 0)).cast("int64"))
        if not self.later_too:
            return members.mutate(counts=_.occurrences >= self.minimum)
        onwards = ibis.window(group_by=MEMBER, order_by=ibis.desc("place"), following=0)
        members = members.mutate(onwards=_.occurrences.sum().over(onwards))
        reached = (_.onwards >= self.minimum).ifelse(_.place, None).max()
        members = members.mutate(reach=reached.over(ibis.window(group_by=MEMBER)))
        return members.mutate(counts=(_.place == _.reach).coalesce(False))

    @property
    def _one_period_a_place(self) -> bool:
        return not self.later_too and all(first == last for first, last in self.places)

    def _placed(self, question: Question, entries: ir.Table, signs: ir.Table) -> ir.Table:
        """What customers did since they entered, each beside the place it lies in."""
        signs = signs.rename(who="customer_id")
        if self.periods.unit != STEP:
            units = self._units(question)
            its_own = units.rename(entered_day="calendar_day", entered_unit="number")
            entries = entries.inner_join(its_own, entries.entered_on == its_own.entered_day)
            signs = signs.inner_join(units, signs.day == units.calendar_day)
        same_day = signs.whole_day & (signs.day == entries.entered_on)
        since = entries.inner_join(
            signs, [entries.customer_id == signs.who, (signs.at >= entries.entered_at) | same_day]
        )
        since = since.mutate(is_entry=_.begins & (_.at == _.entered_at))
        since = since.filter(_.returns | _.is_entry | (_.amount != 0))
        since = since.mutate(period=self._period())
        if self.later_too:
            return since.mutate(place=ibis.least(_.period, len(self.places) - 1))
        places = self._places()
        return since.inner_join(places, since.period == places.of_period)

    def _period(self) -> Any:
        if self.periods.unit != STEP:
            return _.number - _.entered_unit
        length = self.periods.step // timedelta(microseconds=1)
        steps = (_.at.delta(_.entered_at, unit="microsecond") // length).cast("int64")
        return ibis.greatest(steps, 0)  # what is known by its day alone may have happened after an entry on that day

    def _units(self, question: Question) -> ir.Table:
        """The days of the calendar from the first cohort on as far as anything is known."""
        assert question.as_of is not None  # nothing is asked of facts that were never imported
        first, last = question.windows[0].start, day_of(question.as_of, self.periods.zone)
        return numbered_days(windows(first, max(first, last) + DAY, self.periods.unit))

    def _places(self) -> ir.Table:
        """One row a period: the place it belongs to."""
        pairs = [(p, place) for place, (first, last) in enumerate(self.places) for p in range(first, last + 1)]
        return ibis.memtable(
            pa.table(
                {
                    "of_period": pa.array([period for period, _ in pairs], pa.int64()),
                    "place": pa.array([place for _, place in pairs], pa.int64()),
                }
            )
        )

    # -- counts ----------------------------------------------------------------------
    def _counts(self, members: ir.Table) -> ir.Table:
        """One row a cohort, group and place."""
        members = members.mutate(enters=_.place == 0)
        amount = _.amount.sum(where=_.counts) if self.strict else _.amount.sum()
        if self.strict and self.later_too:
            # They count at every place up to their reach, with all they bring from there on.
            amount = _.amount.sum(where=_.reach.notnull())
            members = members.mutate(place=ibis.least(_.place, _.reach.coalesce(_.place)))
        return members.group_by("cohort", "group_value", "place").aggregate(
            customers=_.count(where=_.enters).coalesce(0),
            returned=_.count(where=_.counts).coalesce(0),
            amount=amount.coalesce(0),
            last_entry_at=_.entered_at.max(),
            foreign=_.foreign.max(),
        )

    def _tally(self, counts: Sequence[Mapping[str, Any]]) -> Tally:
        places = range(len(self.places))
        returned, amount = ({c["place"]: int(c[name]) for c in counts} for name in ("returned", "amount"))
        if self.later_too:
            returned, amount = (
                {place: sum(n for other, n in found.items() if other >= place) for place in places}
                for found in (returned, amount)
            )
        return Tally(
            size=sum(c["customers"] for c in counts),
            last_entry_at=max(c["last_entry_at"] for c in counts),
            returned={place: returned.get(place, 0) for place in places},
            amount={place: amount.get(place, 0) for place in places},
        )
