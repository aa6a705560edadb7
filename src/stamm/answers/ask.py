"""Asking: from a metric and windows to rows with value, parts, n and interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from stamm.analyses import ANALYSES, Analysis
from stamm.analyses.kind import Behind
from stamm.answers.answer import Answer, Cells, Number, Row
from stamm.answers.grid import Cell, Frame, Grid, column_of, combined
from stamm.answers.inquiry import Inquiry
from stamm.answers.known import LEFT_OUT, Known
from stamm.answers.members import Chosen, planned, settled_in
from stamm.answers.plan import Plan, check_dimensions, group_named, kinds_of, read_for, uses
from stamm.answers.reach import kinds_needed
from stamm.answers.reduce import left_out, reduce_parts, without_customer
from stamm.answers.table import TableAnswer
from stamm.answers.world import World
from stamm.engines.kind import asked_by
from stamm.facts.filter import SEGMENT, Asked, filter_of
from stamm.facts.kind import Reduction
from stamm.lang.errors import CurrencyError, ScaleError, UsageError
from stamm.lang.reasons import (
    CUSTOMERLESS_ORDERS,
    CUT_HISTORY,
    LOOKS_BACK,
    NO_FACTS,
    NOT_BEGUN,
    OUTSIDE,
    UNSOUND_ROWS,
    ZERO,
)
from stamm.lang.window import Window
from stamm.metrics import Metric
from stamm.metrics.kind import Over
from stamm.metrics.operands import counts_everybodys_orders, counts_of, inner_of, operands_of


class Answers:
    """Answers questions about one world; equal questions are computed once.

    `most_numbers` bounds what a metric may be asked at once, windows times groups; a larger question is refused.
    """

    def __init__(self, world: World, *, most_numbers: int | None = None) -> None:
        self.world, self._most_numbers = world, most_numbers
        self._frames: dict[tuple[object, ...], Frame] = {}
        self._known = Known(world.remembered)
        self._plans: dict[Grid, Plan] = {}
        self._passed_over: dict[Grid, dict[str, int]] = {}

    def prepare(
        self, metrics: Iterable[Metric], windows: Sequence[Window], *, by: str | None = None, where: Asked = ()
    ) -> None:
        """Compute the parts of many metrics over the same windows together: one query a fact, not a metric.

        Optional for several metrics: `ask` does it for the metrics that one metric is made of. What cannot be
        added, split or run (money, scores, a fact that lacks a dimension) is left to `ask`, which refuses it.
        """
        waiting = [(metric, self._grid(metric, windows, by, where)) for metric in metrics]
        wanted: dict[tuple[Grid, str], dict[str, Reduction]] = {}
        seen = set()
        while waiting:
            metric, asked = waiting.pop()
            if (mark := (type(metric), str(metric.settings), asked)) in seen:
                continue
            seen.add(mark)
            reductions, overs = operands_of(metric)
            asked = asked.within(metric.where)
            if asked.as_of is None:
                continue
            for reduction in reductions.values():
                wanted.setdefault((asked, reduction.fact), {})[reduction.identity] = reduction
            for over in overs.values():
                picked = tuple(dict.fromkeys(window for each in asked.windows for window in over.pick(each)))
                waiting.append((inner_of(metric, over), asked.over(picked)))
        for (asked, _fact), reductions in wanted.items():
            try:
                self._reduce(reductions, asked)
            except (CurrencyError, ScaleError, UsageError):
                continue

    def prepare_each(self, metric: Metric, windows: Sequence[Window], bys: Sequence[str], *, where: Asked = ()) -> None:
        """Compute the parts of a metric over the same windows split by each of several dimensions, in one query a fact.

        Optional before `ask`, which refuses what cannot be split or run.
        """
        grids = {by: self._grid(metric, windows, by, where).within(metric.where) for by in bys}
        reductions = {each.identity: each for each in operands_of(metric)[0].values()}
        waiting = [
            by for by, grid in grids.items() if any(self._known.of(each, grid) is None for each in reductions.values())
        ]
        grid = grids[waiting[0]] if len(waiting) > 1 else None
        if grid is None or grid.as_of is None:
            return
        try:
            with asked_by(metric.key):
                plan = planned(self.world, grid.windows, tuple(waiting), grid.as_of, grid.where)
                reduced = reduce_parts(plan, reductions)
        except (CurrencyError, ScaleError, UsageError):
            return
        for name, cells in reduced.items():
            found: dict[str, Cells] = {by: {} for by in waiting}
            for (number, group), value in cells.items():
                by, named = group_named(str(group))
                found[by][number, named] = value
            for by, own in found.items():
                self._known.learn(reductions[name], grids[by], own)

    def ask(
        self,
        metric: str | type[Metric] | Metric,
        windows: Sequence[Window],
        *,
        by: str | None = None,
        where: Asked = (),
        settings: Mapping[str, object] | None = None,
    ) -> Answer:
        """The metric over each window, split by a dimension if one is named, of facts within a filter.

        `where` holds conditions such as `country=DE`, or a mapping of dimensions to what they may be; it tells facts
        apart as `by` does, so that it gives the same numbers as that group. Raises UsageError for an unknown metric,
        parameter or dimension and for what the engine cannot run, CurrencyError or ScaleError where those mix.
        """
        asked = self._metric(metric, settings)
        grid = self._grid(asked, windows, by, where)
        self.prepare((asked,), grid.windows, by=by, where=grid.where)
        frame = self._frame(asked, grid)
        rows = tuple(self._row(asked, grid.windows, frame, cell) for cell in frame.cells(len(grid.windows)))
        kinds = tuple(sorted(frame.kinds))
        passed_over = self._left_out(grid.within(asked.where), kinds)
        if any(each.dimension == SEGMENT for each in grid.where):
            passed_over |= without_customer(self._plan(replace(grid, by=None)), counts_of(asked)) if grid.as_of else {}
        elif counts_everybodys_orders(asked):
            passed_over.pop(CUSTOMERLESS_ORDERS, None)
        return Answer(
            metric=asked,
            by=by,
            where=grid.where,
            rows=rows,
            currency=self.world.organisation.currency,
            zone=self.world.organisation.zone,
            as_of=grid.as_of,
            snapshot=self.world.snapshot,
            simulated=not self.world.simulated.isdisjoint(frame.read),
            left_out=passed_over,
            kinds=kinds,
        )

    def analyse(
        self,
        analysis: str | type[Analysis] | Analysis,
        span: Window,
        *,
        by: str | None = None,
        where: Asked = (),
        settings: Mapping[str, object] | None = None,
    ) -> TableAnswer:
        """The tables of an analysis over a span of days, split by a dimension of customers if one is named.

        Within a filter, `where`, as in `ask`. Raises UsageError for an unknown analysis, parameter or dimension and
        for what the engine cannot run, CurrencyError where currencies mix.
        """
        asked = self._analysis(analysis, settings)
        inquiry = Inquiry(self, asked, span, by, settled_in(filter_of(where), self.world))
        found = inquiry.found(self.world.remembered)
        read = read_for((*asked.facts(), *asked.beside()), by, inquiry.where, self.world)
        return TableAnswer(
            analysis=asked,
            span=span,
            by=by,
            where=inquiry.where,
            tables={name: tuple(rows) for name, rows in found.tables.items()},
            currency=self.world.organisation.currency,
            zone=self.world.organisation.zone,
            as_of=inquiry.as_of,
            snapshot=self.world.snapshot,
            simulated=not self.world.simulated.isdisjoint(read),
            left_out={**found.left_out, **self._unsound(inquiry.kinds)},
            notes=found.notes,
            kinds=inquiry.kinds,
        )

    def customers(self, answer: TableAnswer, row: Any) -> Behind:
        """The customers behind one row of an analysis; raises UsageError where nobody can be named."""
        with asked_by(answer.analysis.key):
            inquiry = Inquiry(self, answer.analysis, answer.span, answer.by, answer.where)
            behind = answer.analysis.customers(inquiry, row)
        inquiry.check_filtered()
        return behind

    def _analysis(self, analysis: str | type[Analysis] | Analysis, settings: Mapping[str, object] | None) -> Analysis:
        if isinstance(analysis, Analysis):
            asked = analysis.having(settings or {})
        else:
            asked = (ANALYSES[analysis] if isinstance(analysis, str) else analysis)(**dict(settings or {}))
        return asked.knowing(self.world.metrics, self.world.coverage)

    def _metric(self, metric: str | type[Metric] | Metric, settings: Mapping[str, object] | None) -> Metric:
        if isinstance(metric, Metric):
            return metric.having(settings or {})
        kind = self.world.metrics[metric] if isinstance(metric, str) else metric
        return kind(**dict(settings or {}))

    # -- computing -------------------------------------------------------------------
    def _grid(self, metric: Metric, windows: Sequence[Window], by: str | None, where: Asked) -> Grid:
        """What is asked of a metric, as of the end of what is covered by all that it and what it is built on use."""
        known = self.world.known_until(kinds_needed(metric, self.world))
        return Grid(tuple(windows), known, by, settled_in(filter_of(where), self.world))

    def _frame(self, metric: Metric, grid: Grid, groups: frozenset[str | None] = frozenset()) -> Frame:
        """Values over the grid; `groups` are those that have to stand in it beside the ones that are found."""
        key = (type(metric), tuple(sorted(metric.settings.items(), key=str)), grid, groups)
        if key not in self._frames:
            self._frames[key] = self._compute(metric, grid, groups)
        return self._frames[key]

    def _compute(self, metric: Metric, grid: Grid, groups: frozenset[str | None]) -> Frame:
        grid = grid.within(metric.where)
        reductions, overs = operands_of(metric)
        facts = {reduction.fact for reduction in reductions.values()}
        for fact in sorted(facts):
            check_dimensions(fact, grid.by, grid.where)
        kinds, chosen = kinds_of(facts, self.world), Chosen.of(self.world, grid.where)
        frame = Frame(
            kinds=set(kinds),
            read={*read_for(facts, grid.by, grid.where, self.world), *(chosen.read() if facts else ())},
            groups={None} if grid.by is None else set(groups),
        )
        back_days = max((reduction.back_days for reduction in reductions.values()), default=0)
        self._mark_windows(frame, grid, facts, kinds, timedelta(days=back_days))
        if kinds:
            frame.reasons = {**chosen.unknown(grid.windows), **frame.reasons}
        if reductions and grid.as_of is not None:
            with asked_by(metric.key):
                reduced = self._reduce(reductions, grid)
            for name, cells in reduced.items():
                frame.parts[name] = dict(cells)
                frame.groups |= {group for _, group in cells} if grid.by is not None else set()
        frame.groups = frame.groups.union(
            *(self._inner(inner_of(metric, over), over, grid)[1].groups for over in overs.values())
        )
        self._check_size(len(grid.windows) * len(frame.groups))
        for name, over in overs.items():
            self._add_over(frame, name, inner_of(metric, over), over, grid)
        self._fill(frame, reductions, grid.windows)
        self._evaluate(metric, frame, grid.windows)
        return frame

    def _check_size(self, numbers: int) -> None:
        if self._most_numbers is not None and numbers > self._most_numbers:
            raise UsageError(
                f"That would be {numbers:,} numbers; at once there are at most {self._most_numbers:,}.",
                remedy="Ask for fewer windows, or keep to some groups with --where.",
            )

    def _inner(
        self, inner: Metric, over: Over, grid: Grid, groups: frozenset[str | None] = frozenset()
    ) -> tuple[tuple[Window, ...], Frame]:
        """The windows that another metric is asked over, and what it is there."""
        flat = tuple(dict.fromkeys(window for each in grid.windows for window in over.pick(each)))
        return flat, self._frame(inner, grid.over(flat), groups)

    def _reduce(self, reductions: Mapping[str, Reduction], grid: Grid) -> dict[str, Cells]:
        """Cells of each reduction: what is known already, and the other windows of what is not."""
        missing = {name: each for name, each in reductions.items() if self._known.of(each, grid) is None}
        if missing:
            asked = grid.over(self._known.absent(missing.values(), grid))
            for name, cells in reduce_parts(self._plan(asked), missing).items():
                self._known.learn(missing[name], asked, cells)
        found = {name: self._known.of(each, grid) for name, each in reductions.items()}
        return {name: cells for name, cells in found.items() if cells is not None}

    def _plan(self, grid: Grid) -> Plan:
        assert grid.as_of is not None  # nothing is asked of facts that were never imported
        if grid not in self._plans:
            self._plans[grid] = planned(self.world, grid.windows, grid.by, grid.as_of, grid.where)
        return self._plans[grid]

    def _left_out(self, grid: Grid, kinds: tuple[str, ...]) -> dict[str, int]:
        """What was passed over: in these windows, asked once for all metrics over the same facts, and of any time."""
        if "orders" not in kinds or grid.as_of is None or not grid.windows:
            return self._unsound(kinds)
        whole = replace(grid, by=None)
        if whole not in self._passed_over:
            known = self._known.remembered(whole, LEFT_OUT)
            if known is None:
                known = {(0, what): number for what, number in left_out(self._plan(whole)).items()}
                self._known.remember(whole, LEFT_OUT, known)
            self._passed_over[whole] = {str(what): int(number or 0) for (_, what), number in known.items()}
        return {**self._passed_over[whole], **self._unsound(kinds)}

    def _unsound(self, kinds: tuple[str, ...]) -> dict[str, int]:
        """Facts that were passed over because they are not sound; those without a moment are in no window."""
        unsound = sum(self.world.unsound.get(kind, 0) for kind in kinds)
        return {UNSOUND_ROWS: unsound} if unsound else {}

    def _mark_windows(
        self,
        frame: Frame,
        grid: Grid,
        facts: Iterable[str],
        kinds: tuple[str, ...],
        looks_back: timedelta,
    ) -> None:
        """Which windows can have a value, which are over, and why the others have none."""
        world, organisation, as_of = self.world, self.world.organisation, grid.as_of
        numbers = range(len(grid.windows))
        if not kinds:
            frame.over, frame.begun = dict.fromkeys(numbers, True), dict.fromkeys(numbers, True)
            return
        first = world.known_from(kinds)
        if as_of is None or first is None:
            frame.reasons = dict.fromkeys(numbers, NO_FACTS)
            frame.over, frame.begun = dict.fromkeys(numbers, False), dict.fromkeys(numbers, False)
            return
        lapse = organisation.spell_rule != "subscriptions" and organisation.history == "cut"
        guard = lapse and uses(facts, "spells", world)
        cut = organisation.history == "cut"
        opens = world.day_start(first)
        for number, window in enumerate(grid.windows):
            start, end = window.starts_at(organisation.zone), window.ends_at(organisation.zone)
            known = all(window.end <= world.coverage[kind][1] + timedelta(days=1) for kind in kinds)
            frame.over[number] = end <= as_of and known
            frame.begun[number] = window.start >= first or organisation.history == "complete"
            covered = all(
                window.end > world.coverage[kind][0] and window.start <= world.coverage[kind][1] for kind in kinds
            )
            if start >= as_of:
                frame.reasons[number] = NOT_BEGUN
            elif not covered:
                frame.reasons[number] = OUTSIDE
            elif guard and (start - opens).total_seconds() < organisation.lapse_days * 86_400:
                frame.reasons[number] = CUT_HISTORY
            elif cut and looks_back and min(end, as_of) - looks_back < opens:
                frame.reasons[number] = LOOKS_BACK

    def _add_over(self, frame: Frame, name: str, other: Metric, over: Over, grid: Grid) -> None:
        """Values of another metric over the windows that `over` picks for each window, for every group there is."""
        windows = grid.windows
        picked = [over.pick(window) for window in windows]
        flat, inner = self._inner(other, over, grid, frozenset() if grid.by is None else frozenset(frame.groups))
        place = {window: number for number, window in enumerate(flat)}
        frame.kinds |= inner.kinds
        frame.read |= inner.read
        cells: dict[Cell, Number | None] = {}
        for number, group_windows in enumerate(picked):
            places = [place[window] for window in group_windows]
            own = group_windows == (windows[number],)
            if not all(inner.over[p] for p in places):
                frame.over[number] = False
            cut = any(inner.reasons.get(p) == CUT_HISTORY for p in places)
            if over.skips or own:
                frame.begun[number] = frame.begun.get(number, True) and all(inner.begun[p] for p in places)
            for group in inner.groups:
                found = [inner.values.get((p, group)) if own or over.skips or inner.begun[p] else None for p in places]
                cells[number, group] = None if cut else combined(found, over.how)
            if own and places[0] in inner.reasons:
                frame.reasons.setdefault(number, inner.reasons[places[0]])
        frame.parts[name] = cells

    def _fill(self, frame: Frame, reductions: Mapping[str, Reduction], windows: tuple[Window, ...]) -> None:
        """The full grid: covered cells without rows get 0 (or nothing), the others nothing."""
        for name in frame.parts:
            empty = reductions[name].empty if name in reductions else None
            cells = frame.parts[name]
            for cell in frame.cells(len(windows)):
                blocked = cell[0] in frame.reasons
                frame.parts[name][cell] = None if blocked else cells.get(cell, empty)

    def _evaluate(self, metric: Metric, frame: Frame, windows: tuple[Window, ...]) -> None:
        grid = frame.cells(len(windows))
        columns = {
            name: column_of([frame.parts.get(name, {}).get(cell) for cell in grid]) for name in metric.operands()
        }
        result = type(metric).value(metric, **columns)
        found = [None if pd.isna(value) else value.item() if hasattr(value, "item") else value for value in result]
        frame.values = dict(zip(grid, found, strict=True))

    # -- rows ------------------------------------------------------------------------
    def _row(self, metric: Metric, windows: tuple[Window, ...], frame: Frame, cell: Cell) -> Row:
        number, group = cell
        parts = {name: cells.get(cell) for name, cells in frame.parts.items()}
        value = frame.values[cell]
        complete = frame.over.get(number, False) and frame.begun.get(number, False)
        counted = parts.get(metric.counted_by())
        low = high = None
        if metric.interval is not None and value is not None and complete:
            known = {name: parts[name] for name in metric.interval.names}
            numbers = {name: part for name, part in known.items() if part is not None}
            if len(numbers) == len(known):
                low, high = metric.interval.bounds(numbers)
        reason = frame.reasons.get(number, "") or (ZERO if value is None else "")
        n = int(counted) if counted is not None else None
        return Row(windows[number], group, value, parts, n, low, high, complete, reason)
