"""What was known just before a span began: facts cut there, so that nothing can leak in from later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.analyses.kind import Known
from stamm.analyses.reach import moment
from stamm.facts import FACTS
from stamm.facts.columns import ARROW, moment_column
from stamm.facts.kind import Derived, Imported, Kept
from stamm.lang.window import Window

_ = ibis._


@dataclass(frozen=True)
class RulesThen:
    """How spells and sessions are cut, where nothing is known from `as_of` on."""

    spell_rule: str
    lapse_days: int
    session_minutes: int
    as_of: Any


class Before:
    """Facts as they were known at the start of a span, imported ones and those made from them.

    No row that happened later; of the others no moment that came later, such as a cancellation. `days` are the whole
    local days looked back over. `kept` are facts kept by the day, of which no day was told otherwise later.
    """

    def __init__(self, question: Known, span: Window, look_back_days: int, kept: Collection[str] = ()) -> None:
        organisation = question.organisation
        self.days = Window(span.start - timedelta(days=look_back_days), span.start)
        self._since, self._start = self.days.starts_at(organisation.zone), self.days.ends_at(organisation.zone)
        self.since, self.start = moment(self._since), moment(self._start)
        self.rules = RulesThen(
            organisation.spell_rule, organisation.lapse_days, organisation.session_minutes, self.start
        )
        self._question, self._kept, self._on = question, frozenset(kept), span.start
        self._tables: dict[str, ir.Table] = {}

    # -- for behaviours --------------------------------------------------------------
    def lately(self, key: str, clock: str = "") -> ir.Table:
        """Rows of a fact, of known customers, in the days looked back over, by its own or another of its clocks."""
        rows = self.so_far(key, clock)
        return rows.filter(_[clock or moment_column(FACTS[key].clock)] >= self.since)

    def so_far(self, key: str, clock: str = "") -> ir.Table:
        """All rows of a fact, of known customers, before the start."""
        return self[key].filter(_.customer_id.notnull(), _[clock or moment_column(FACTS[key].clock)] < self.start)

    # -- for facts made from others --------------------------------------------------
    def keeps(self, key: str) -> bool:
        """Only what is kept by the day and knows of nothing that came later."""
        return key in self._kept

    def __getitem__(self, key: str) -> ir.Table:
        if key not in self._tables:
            fact = FACTS[key]
            if issubclass(fact, Kept) and self.keeps(key):
                self._tables[key] = self._question[key].filter(_[fact.cut_by] < ibis.date(self._on))
            elif issubclass(fact, Derived):
                self._tables[key] = fact.derive(self, self)
            elif issubclass(fact, Imported):
                self._tables[key] = self._cut(fact, self._question[key])
        return self._tables[key]

    @property
    def windows(self) -> ir.Table:
        """The days looked back over as the one window."""
        cells = {"window_start": self._since, "window_end": self._start}
        return ibis.memtable(
            pa.table(
                {
                    "window_number": pa.array([0], pa.int64()),
                    **{name: pa.array([at], ARROW["moment"]) for name, at in cells.items()},
                }
            )
        )

    def grouped(self, table: ir.Table, at: str) -> ir.Table:
        """The table with `group_value`, as the question has it."""
        return self._question.grouped(table, at)

    def _cut(self, fact: type[Imported], table: ir.Table) -> ir.Table:
        if not fact.planned:
            table = table.filter(_[moment_column(fact.clock)] < self.start)
        later = {name: name for name, column in fact.carried().items() if column.type == "moment"}
        later |= {name: moment_column(clock) for name, clock in fact.computed().items()}
        known = {
            name: (_[clock] < self.start).ifelse(_[name], None)
            for name, clock in later.items()
            if clock != moment_column(fact.clock)
        }
        return table.mutate(**known) if known else table
