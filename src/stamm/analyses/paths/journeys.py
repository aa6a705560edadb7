"""Journeys: one query from the events of visits to the most frequent ways, and one to where visits begin and end."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.common.deferred import Deferred

from stamm.analyses.kind import Behind, Question
from stamm.analyses.reach import moment
from stamm.analyses.signs import ANY, VISIT, Sign
from stamm.facts.events import Events

_ = ibis._

FROM, TO = "from", "to"
PAGES, EVENTS = "pages", "events"
#: what has neither a page nor a name
UNNAMED = "?"
VISITED = ("visitor_id", "started_at")
#: places of one depth that are told apart, however they branch
MOST_BRANCHES = 400
#: what is asked of each visit as a whole, and by which column
WHOLE = {"landing": "entry_page", "exit": "exit_page", "referrers": "referrer", "channels": "channel"}


@dataclass(frozen=True)
class Journeys:
    """Which ways are looked at: from a step or to it, how long, of which places, with repeats or without.

    Paths that begin like one of `together`, such as `/product/*`, are that one place.
    """

    step: Sign
    direction: str
    length: int
    places: str
    together: Sequence[str]
    collapse: bool
    top: int
    branches: int = 0

    def counted(self, question: Question, until: datetime, *, from_step: bool = False) -> ir.Table:
        """How often each way of each group was taken, counted now: what is asked of it need not be counted again.

        `place_0` ... in order of time, or `from_step` in the order of how far they are from the step; visits, visitors.
        """
        ways = self._ways(question, until, from_step=from_step).group_by("group_value", *self._names())
        return ibis.memtable(question.table(ways.aggregate(visits=_.count(), visitors=_.visitor_id.nunique())))

    def frequent(self, question: Question, counts: ir.Table) -> list[dict[str, Any]]:
        """The most frequent journeys of each group: `place_0` ..., visits, visitors, rank, and of all: total, ways."""
        names = self._names()
        order = ibis.window(group_by="group_value", order_by=[ibis.desc("visits"), *names])
        group = ibis.window(group_by="group_value")
        ranked = counts.mutate(
            rank=ibis.row_number().over(order) + 1, total=_.visits.sum().over(group), ways=_.visits.count().over(group)
        )
        return sorted(question.run(ranked.filter(_.rank <= self.top)), key=lambda row: row["rank"])

    def branching(self, question: Question, ways: ir.Table) -> list[dict[str, Any]]:
        """Ways counted from the step as they branch: of each group and place reached so, the most frequent places next.

        Each with `depth` (the step is 1), `place_0` ... counted from the step in any direction, visits, those of them
        that `ended` there (all, at the greatest length), and at depth 1 the `total` of the group.
        """
        names = self._names()
        depths = ibis.memtable(pa.table({"depth": pa.array(range(1, self.length + 1), pa.int64())}))
        here = ibis.cases(*((_.depth == number + 1, _[name]) for number, name in enumerate(names)))
        # whether a way goes on is not known at its greatest length
        on = ibis.cases(*((_.depth == number, _[name]) for number, name in enumerate([*names, names[-1]]) if number))
        rows = ways.cross_join(depths).mutate(here=here, on=on).filter(_.here != "")
        rows = rows.mutate(**{name: (_.depth > number).ifelse(_[name], "") for number, name in enumerate(names)})
        found = rows.group_by("group_value", "depth", "here", *names).aggregate(
            visits=_.visits.sum(), ended=(_.on == "").ifelse(_.visits, 0).sum()
        )
        parents = {f"from_{n}": (_.depth > n + 1).ifelse(_[name], "") for n, name in enumerate(names)}
        found = found.mutate(**parents)
        beside = ibis.window(group_by=["group_value", "depth", *parents], order_by=[ibis.desc("visits"), "here"])
        widest = ibis.window(group_by=["group_value", "depth"], order_by=[ibis.desc("visits"), *names])
        ranked = found.mutate(
            rank=ibis.row_number().over(beside),
            place=ibis.row_number().over(widest),
            total=_.visits.sum().over(ibis.window(group_by=["group_value", "depth"])),
        )
        kept = ranked.filter(_.rank < self.branches, _.place < MOST_BRANCHES)
        return question.run(kept.drop("here", "place", *parents))

    def customers(self, question: Question, until: datetime, group: str | None, rank: int) -> Behind:
        """The customers of a group who took a journey, and those who came to the step and took others alone."""
        (journey,) = (
            row
            for row in self.frequent(question, self.counted(question, until))
            if row["group_value"] == group and row["rank"] == rank
        )
        same_group = _.group_value.isnull() if group is None else _.group_value == group
        ways = self._ways(question, until).filter(same_group, _.customer_id.notnull())
        same = functools.reduce(operator.and_, (_[name] == journey[name] for name in self._names()))
        rows = question.run(ways.mutate(taken=same).group_by("customer_id").aggregate(taken=_.taken.any()))
        took, others = (sorted(row["customer_id"] for row in rows if row["taken"] is which) for which in (True, False))
        return Behind(tuple(took), tuple(others))

    def whole(self, question: Question, until: datetime) -> list[dict[str, Any]]:
        """Of each table (`about`) and group the most frequent values: `what`, visits, and total of all."""
        kinds = ibis.memtable(pa.table({"about": pa.array(list(WHOLE), pa.string())}))
        visits = self._in_span(question, until, "sessions").cross_join(kinds)
        visits = visits.filter(~_.about.isin(["landing", "exit"]) | (_.page_views >= 1))
        told = {t: self._place_of(_[name]) if name.endswith("_page") else _[name] for t, name in WHOLE.items()}
        visits = visits.mutate(what=ibis.cases(*((_.about == table, what) for table, what in told.items())))
        visits = question.grouped(visits.select("customer_id", "started_at", "about", "what"), "started_at")
        counts = visits.group_by("about", "group_value", "what").aggregate(visits=_.count())
        # what is not known comes last of those equally frequent
        counts = counts.mutate(unknown=_.what.isnull().cast("int64"), named=_.what.coalesce(""))
        order = ibis.window(group_by=["about", "group_value"], order_by=[ibis.desc("visits"), "unknown", "named"])
        total = _.visits.sum().over(ibis.window(group_by=["about", "group_value"]))
        ranked = counts.mutate(rank=ibis.row_number().over(order) + 1, total=total)
        found = question.run(ranked.filter(_.rank <= self.top).drop("unknown", "named"))
        return sorted(found, key=lambda row: row["rank"])

    # -- how -------------------------------------------------------------------------
    def _names(self) -> list[str]:
        return [f"place_{number}" for number in range(self.length)]

    def _in_span(self, question: Question, until: datetime, fact: str) -> ir.Table:
        """The rows of visits that start in the span."""
        (span,), zone = question.windows, question.organisation.zone
        end = min(span.ends_at(zone), until)
        visits = question.visits_since(fact, span.start)
        return visits.filter(_.started_at >= moment(span.starts_at(zone)), _.started_at < moment(end))

    def _ways(self, question: Question, until: datetime, *, from_step: bool = False) -> ir.Table:
        """One row a visit that comes to the step: its places in order of time, nothing where there are fewer.

        `from_step`: in the order of how far they are from the step, which is the first in any direction.
        """
        rows = self._places(question, until)
        order = ibis.window(group_by=VISITED, order_by=["happened_at", "event_id"])
        visit = ibis.window(group_by=VISITED)
        rows = rows.mutate(place=ibis.row_number().over(order))
        if self.step.kind != VISIT:
            step_at = _.is_step.ifelse(_.place, None).min().over(visit)
        else:  # places are numbered from 0
            step_at = ibis.literal(0, "int64") if self.direction == FROM else _.place.max().over(visit)
        rows = rows.mutate(step_at=step_at)
        first = _.step_at if self.direction == FROM else ibis.greatest(_.step_at - (self.length - 1), 0)
        last = _.step_at + (self.length - 1) if self.direction == FROM else _.step_at
        rows = rows.mutate(first=first, last=last).filter(_.place >= _.first, _.place <= _.last)
        number = _.last - _.place if from_step and self.direction == TO else _.place - _.first
        ways = (
            rows.mutate(number=number)
            .group_by(*VISITED)
            .aggregate(
                customer_id=_.customer_id.max(),
                **{
                    name: _.label.max(where=_.number == number).coalesce("")
                    for number, name in enumerate(self._names())
                },
            )
        )
        return question.grouped(ways, "started_at")

    def _places(self, question: Question, until: datetime) -> ir.Table:
        """One row a place of a visit: what it is called, and whether it is the step."""
        rows = self._in_span(question, until, "session_starts").filter(~Events().stays())
        rows = rows.mutate(is_step=self.step.among("identity"), seen=Events().views())
        page, name = self._place_of(_.page.nullif("")), _.name.nullif("")
        by_page = page.coalesce(name).coalesce(UNNAMED)
        by_name = name.coalesce(page).coalesce(UNNAMED)
        rows = rows.mutate(label=_.seen.ifelse(by_page, by_name) if self.places == PAGES else by_name)
        if self.places == PAGES:
            rows = rows.filter(_.seen | _.is_step)
        if self.collapse:
            order = ibis.window(group_by=VISITED, order_by=["happened_at", "event_id"])
            rows = rows.mutate(label_before=_.label.lag().over(order), step_before=_.is_step.lag().over(order))
            again = (_.label == _.label_before) & (_.is_step == _.step_before)
            rows = rows.filter(~again.coalesce(False))
        return rows.select(*VISITED, "customer_id", "happened_at", "event_id", "label", "is_step")

    def _place_of(self, page: Deferred) -> Deferred:
        """A page, or what it is taken together with."""
        if not self.together:
            return page
        alike = ((page.startswith(text.removesuffix(ANY)).coalesce(False), text) for text in self.together)
        return ibis.cases(*alike, else_=page)
