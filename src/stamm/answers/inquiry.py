"""A question as it reaches an analysis: the world behind a small window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.analyses.kind import Analysis, Found
from stamm.answers.alike import Alike
from stamm.answers.answer import Answer
from stamm.answers.plan import Plan, kinds_of
from stamm.answers.reduce import other_currencies
from stamm.answers.remembered import Remembered
from stamm.answers.tables_told import read, told
from stamm.answers.world import World
from stamm.engines.kind import asked_by
from stamm.facts import FACTS
from stamm.facts.filter import Asked, Filter, all_hold
from stamm.lang.errors import CurrencyError, UsageError
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from stamm.metrics import METRICS, Metric


class Door(Protocol):
    """What an inquiry needs of `Answers`."""

    world: World

    def prepare(
        self, metrics: Iterable[Metric], windows: Sequence[Window], *, by: str | None = None, where: Asked = ()
    ) -> None:
        """Computes many metrics together."""

    def ask(self, metric: Metric, windows: Sequence[Window], *, by: str | None = None, where: Asked = ()) -> Answer:
        """A metric over windows."""


class Inquiry:
    """What one analysis may know (`analyses.kind.Question`), over one span, split by one dimension, within a filter.

    A filter on attributes of customers holds where customers are grouped, as `by` does; one on any other dimension
    keeps the rows of facts, each of which must have it.
    """

    def __init__(self, answers: Door, analysis: Analysis, span: Window, by: str | None, where: Filter = ()) -> None:
        world = answers.world
        of_customers = FACTS["customers"].dimensions()
        dimensions = of_customers if analysis.splits else ()
        if by is not None and by not in dimensions:
            remedy = f"Split it by one of {', '.join(dimensions)}." if dimensions else "Ask without --by."
            raise UsageError(f"{analysis.title()} cannot be split by {by!r}.", remedy=remedy)
        self.world, self.by, self.where = world, by, where
        self._analysis, self._answers = analysis, answers
        self._who = tuple(each for each in where if each.dimension in of_customers)
        self._which = tuple(each for each in where if each.dimension not in of_customers)
        self._kept: set[str] = set()
        self._asked_metrics = False
        self._span, self.windows = span, analysis.windows(span)
        self.kinds = kinds_of(analysis.facts(), world)
        self.as_of: datetime | None = world.known_until(self.kinds)
        self._plan = Plan(world, self.windows, by, self.as_of, self._who) if self.as_of else None

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
        return self._within(fact, self.plan[fact])

    def whole(self, fact: str) -> ir.Table:
        """All rows of a fact that says more of those whose rows of another are within the filter."""
        return self.plan[fact]

    def visits_since(self, fact: str, day: date) -> ir.Table:
        """The same of visits, as far as they begin on a local day or later."""
        return self._within(fact, self.plan.visits_since(fact, day))

    def _within(self, fact: str, table: ir.Table) -> ir.Table:
        """The rows that are kept by a filter on what is no attribute of customers."""
        kept = {each.dimension for each in self._which}
        own = FACTS[fact].dimensions()
        for name in sorted(kept.difference(own)):
            possible = dict.fromkeys((*own, *FACTS["customers"].dimensions()))
            raise UsageError(
                f"{FACTS[fact].en} cannot be filtered by {name!r}: the fact has no such column.",
                remedy=f"Filter by one of {', '.join(possible)}.",
            )
        self._kept |= kept
        rows = all_hold(self._which, lambda name: ibis._[name])
        return table if rows is None else table.filter(rows)

    def keeps(self, fact: str) -> bool:
        """Whether a derived fact need not be made for this question, and tells apart all that it is filtered by."""
        return self.plan.keeps(fact) and {each.dimension for each in self._which} <= set(FACTS[fact].dimensions())

    def grouped(self, table: ir.Table, at: str) -> ir.Table:
        """The rows within the filter, with `group_value`: the customer's attribute at the moment in column `at`."""
        return self.plan.grouped(table, at)

    def check_filtered(self) -> None:
        """Raises UsageError where the analysis never came to what the filter is about; it must not seem to hold."""
        kept = self._kept | (self._plan.cut_by if self._plan else set())
        for each in self.where:
            if self._plan and each.dimension not in kept:
                raise UsageError(
                    f"{self._analysis.title()} cannot be filtered by {each.dimension!r}.", remedy="Ask without --where."
                )

    def found(self, memory: Remembered | None) -> Found:
        """What the analysis finds, or found before; kept, unless it asked metrics whose formulas are the shop's own."""
        tables, name = self._analysis.tables, ""
        own = sorted(metric.key for metric in self.world.metrics if metric.key not in METRICS)
        if memory is not None and self.as_of is not None:
            what = f"{self._analysis.key} {sorted(self._analysis.settings.items())} {own}"
            name = memory.question(what, (self._span,), self.by, self.where, self.as_of)
            if (known := memory.read(name, lambda text: read(text, tables))) is not None:
                return known
        with asked_by(self._analysis.key):
            found = self._analysis.answer(self)
        self.check_filtered()
        settled = name and not (own and self._asked_metrics)
        if memory is not None and settled and (text := told(found, tables)) is not None:
            memory.write(name, text)
        return found

    def run(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The rows of an expression."""
        found: list[dict[str, Any]] = self.world.engine.run(expression).to_pylist()
        return found

    def table(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression as columns."""
        return self.world.engine.run(expression)

    def foreign_money(self, fact: str) -> CurrencyError:
        """The refusal to add up money, naming what the fact holds in other currencies."""
        return other_currencies(self.plan, fact, self.plan[fact])

    # -- of metrics ------------------------------------------------------------------
    def ask(self, metrics: Sequence[Metric]) -> list[Answer]:
        """Metrics over the windows, asked together."""
        self._kept |= {each.dimension for each in self.where}
        self._asked_metrics = True
        self._answers.prepare(metrics, self.windows, by=self.by, where=self.where)
        return [self._answers.ask(metric, self.windows, by=self.by, where=self.where) for metric in metrics]

    def alike(self, metrics: Sequence[Metric], window: Window) -> Alike:
        """The customers behind some metrics, those together whom all of them count alike."""
        return Alike(self.world, self.where, metrics, window)
