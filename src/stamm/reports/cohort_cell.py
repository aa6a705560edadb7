"""One cell of a cohort table, explained: its fraction with the real numbers, its interval, and all beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from stamm.answers.working import Working
from stamm.lang.formula import Name, ratio, wrap
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.reports.cohort_curves import EARLY, ENOUGH
from stamm.reports.cohort_words import ORDER, heads_of, is_plain, period_of
from stamm.reports.formula_markup import formula_markup
from stamm.reports.heat import Grid, Line, line_words, period_words, place_of, why
from stamm.reports.marked import filled

Pair = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Worked:
    """One cell in words. `place` names it; `sides` are how many count in it, and how many could have, in words.

    There are none where the cell is of no one group of customers, or where not customers are counted.
    """

    place: str
    title: str
    formula: Markup
    pairs: tuple[Pair, ...]
    cohort: Window | None
    period: int
    sides: tuple[tuple[int, str], ...]


def example_of(grid: Grid) -> str:
    """The place of the cell that explains the table best: of the newest line that is large enough, an early period."""
    early = grid.periods[:EARLY]
    every: list[tuple[Line, Any]] = [(line, cell) for line in grid.lines for cell in grid.row(line)]
    known = [(line, cell) for line, cell in every if cell.complete and cell.period in early]
    known = [(line, cell) for line, cell in known if cell.size >= ENOUGH] or known
    if not known:
        known = [(line, cell) for line, cell in every if cell.value is not None]
    if not known:
        known = [(None, cell) for cell in grid.row(None) if cell.value is not None]
    latest = max(cell.period for _, cell in known)
    line, cell = [each for each in known if each[1].period == latest][-1]
    return place_of(line, cell.period)


def worked_cell(grid: Grid, place: str, say: Language) -> Worked:
    """What is to be said of the cell of that name, which has a value."""
    key, _, _ = place.rpartition(".")
    return _Cell(grid, grid.by_key[key], grid.at(place), say).worked()


class _Cell:
    """A cell, and how it is told of."""

    def __init__(self, grid: Grid, line: Line, cell: Any, say: Language) -> None:
        self.grid, self.line, self.cell, self.say = grid, line, cell, say
        self.analysis, self.currency = grid.answer.analysis, grid.answer.currency
        self.told = grid.told(line, cell.period, say)

    def worked(self) -> Worked:
        """All of it."""
        counts = isinstance(self.line, Window) and self.analysis.settings["denominator"] != "before"
        counts = counts and self.cell.returned is not None and self.cell.size is not None
        return Worked(
            place=place_of(self.line, self.cell.period),
            title=self._title(),
            formula=formula_markup(self._working(), self.say),
            pairs=tuple(self._pairs()),
            cohort=self.line if isinstance(self.line, Window) else None,
            period=self.cell.period,
            sides=self._sides() if counts else (),
        )

    def _sides(self) -> tuple[tuple[int, str], ...]:
        say, back, size = self.say, self.cell.returned, self.cell.size
        return (
            (back, filled(say("{count} came back"), count=self.told("returned"))),
            (size - back, filled(say("{count} did not"), count=self.told.less("size", "returned"))),
        )

    def _title(self) -> str:
        name = self.say.period(self.line) if isinstance(self.line, Window) else line_words(self.line, self.say)
        unit = heads_of(self.analysis, self.say).unit
        return self.say("{cohort}, {unit} {number}", cohort=name, unit=unit, number=period_words(self.cell))

    # -- the fraction --------------------------------------------------------------------
    def _working(self) -> Working:
        fraction = self.analysis.fraction()
        assert fraction is not None  # a cohort table is made of fractions
        above, below = (self.told(name) or self.say("no value") for name in (fraction.above, fraction.below))
        top, bottom = self._plainly() or (
            fraction.above_words.of(self.say.code),
            fraction.below_words.of(self.say.code),
        )
        return Working(
            tree=wrap(ratio(Name("top"), Name("bottom"))),
            words={"top": top, "bottom": bottom},
            numbers={"top": above, "bottom": below},
            result=self.told("value"),
        )

    def _plainly(self) -> tuple[str, str] | None:
        """The two sides of the fraction where they are the simplest: who ordered in June of those since March."""
        if not isinstance(self.line, Window) or not is_plain(self.analysis):
            return None
        window = period_of(self.analysis, self.line, self.cell.period)
        if window is None:
            return None
        say = self.say
        begun, now = say.period(self.line), say.period(window)
        if self.analysis.settings["begins_with"] == ORDER:
            return say("ordered in {month}", month=now), say("first order in {month}", month=begun)
        return say("came in {month}", month=now), say("first visit in {month}", month=begun)

    # -- beside it -----------------------------------------------------------------------
    def _pairs(self) -> list[Pair]:
        say, cell = self.say, self.cell
        found: list[Pair] = [(say("95% interval"), (self._interval(),))]
        if cell.reason:
            reason = why(cell, self.grid.answer, say)
            found.append((say("Not final"), (reason,)))
        if self.analysis.settings["of"] != "customers":
            found.append((say("Customers"), (self.told("size"),)))
        pooled = self.grid.cells[None, cell.period]
        if self.line is not None and pooled.value is not None:
            together = say("All cohorts") if isinstance(self.line, Window) else say("All together")
            found.append((together, (self._pooled(pooled),)))
            found.append((say("Difference"), (self._against(pooled),)))
        return found

    def _interval(self) -> str:
        say, cell = self.say, self.cell
        if cell.low is not None:
            return filled("{interval}, {rule}", interval=self.told.interval(), rule=say("Wilson"))
        if not cell.complete:
            return say("none before it is final")
        return say("none: only a share of the cohort’s customers has one")

    def _pooled(self, pooled: Any) -> str:
        told = self.grid.told(None, pooled.period, self.say)
        return filled(
            self.say("{share} in {unit} {number}, pooled over {count} customers"),
            share=told("value"),
            unit=heads_of(self.analysis, self.say).unit,
            number=period_words(pooled),
            count=told("size"),
        )

    def _against(self, pooled: Any) -> str:
        say, cell = self.say, self.cell
        change = say.change(cell.value - pooled.value, self.grid.unit, self.currency)
        if cell.low is None:
            return change
        if cell.low <= pooled.value <= cell.high:
            return say("{change}, which chance alone may have made", change=change)
        return say("{change}, hardly chance alone", change=change)
