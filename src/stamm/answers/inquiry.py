"""A question as it reaches an analysis: the world behind a small window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import ibis.expr.types as ir

from stamm.analyses.kind import Analysis
from stamm.answers.plan import Plan, kinds_of
from stamm.answers.reduce import other_currencies
from stamm.answers.world import World
from stamm.facts import FACTS
from stamm.lang.errors import CurrencyError, UsageError
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window


class Inquiry:
    """What one analysis may know (`analyses.kind.Question`), over one span and split by one dimension."""

    def __init__(self, world: World, analysis: Analysis, span: Window, by: str | None) -> None:
        dimensions = FACTS["customers"].dimensions()
        if by is not None and by not in dimensions:
            raise UsageError(
                f"{analysis.title()} cannot be split by {by!r}.", remedy=f"Split it by one of {', '.join(dimensions)}."
            )
        self.world, self.by = world, by
        self.windows = analysis.windows(span)
        self.kinds = kinds_of(analysis.facts(), world)
        self.as_of: datetime | None = world.known_until(self.kinds)
        self._plan = Plan(world, self.windows, by, self.as_of) if self.as_of else None

    @property
    def organisation(self) -> Organisation:
        """The settings that numbers depend on."""
        return self.world.organisation

    def covered(self, facts: Sequence[str]) -> tuple[date, date] | None:
        """First and last local day that all of these facts cover; None where one was never imported."""
        days = [self.world.coverage.get(kind) for kind in kinds_of(facts, self.world)]
        known = [each for each in days if each is not None]
        if not known or len(known) < len(days):
            return None
        return max(first for first, _ in known), min(last for _, last in known)

    @property
    def plan(self) -> Plan:
        """Facts bound to the windows."""
        assert self._plan is not None  # nothing is asked of facts that were never imported
        return self._plan

    def __getitem__(self, fact: str) -> ir.Table:
        return self.plan[fact]

    def grouped(self, table: ir.Table, at: str) -> ir.Table:
        """The table with `group_value`: the customer's attribute at the moment in column `at`, or null."""
        return self.plan.grouped(table, at)

    def run(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The rows of an expression."""
        found: list[dict[str, Any]] = self.world.engine.run(expression).to_pylist()
        return found

    def foreign_money(self, fact: str) -> CurrencyError:
        """The refusal to add up money, naming what the fact holds in other currencies."""
        return other_currencies(self.plan, fact, self.plan[fact])
