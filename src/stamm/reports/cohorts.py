"""Do customers stay: those who began in a month, and how many of them come back in the months after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from stamm.answers.ask import Answers
from stamm.answers.table import TableAnswer
from stamm.lang.errors import CurrencyError, UsageError
from stamm.lang.window import Window
from stamm.reports.cohort_cell import Worked, example_of, worked_cell
from stamm.reports.cohort_curves import EARLY, CohortCurves, curves_of
from stamm.reports.cohort_words import Heads, about_of, heads_of, meaning_of
from stamm.reports.commands import command_of
from stamm.reports.figures import Figures, Months
from stamm.reports.heat import Grid, Heat, anchor_of, heat_of, why
from stamm.reports.wording import Words

TABLE = "retention_table"
#: periods the sentence speaks of
MILESTONES = (1, 3, 6, 12)
Sign = Literal["order", "visit"]


@dataclass(frozen=True)
class CellWords:
    """One cell in words: its month, how many came back, the share and its interval; or why not."""

    period: str
    month: str
    returned: str
    value: str
    interval: str
    reason: str


@dataclass(frozen=True)
class CohortWords:
    """One cohort in words, under the anchor that its row leads to."""

    anchor: str
    name: str
    size: str
    cells: tuple[CellWords, ...]


@dataclass(frozen=True)
class Cohorts:
    """Everything about cohorts, ready to be written; `problem` says why there are none."""

    problem: str
    sentence: str = ""
    about: str = ""
    heads: Heads | None = None
    money_about: str = ""
    notes: tuple[str, ...] = ()
    heat: Heat | None = None
    money: Heat | None = None
    words: tuple[CohortWords, ...] = ()
    worked: Worked | None = None
    curves: CohortCurves | None = None
    meaning: str = ""
    commands: tuple[tuple[str, ...], ...] = ()


def cohorts_of(figures: Figures, months: Months, words: Words, *, money: bool) -> Cohorts:
    """The cohorts of the months shown that are over; with `money` also what they brought."""
    return _Cohorts(figures, months, words).all(money=money)


class _Cohorts:
    """Makes the chapter on cohorts of one report."""

    def __init__(self, figures: Figures, months: Months, words: Words) -> None:
        self.figures, self.months, self.words, self.say = figures, months, words, words.language
        covered = figures.world.coverage
        self.sign: Sign | None = "order" if "orders" in covered else "visit" if "events" in covered else None
        self.span = Window(months.windows[0].start, months.now.end)
        self.as_of = self._as_of()

    def all(self, *, money: bool) -> Cohorts:
        """Everything, or why there is nothing."""
        if self.sign is None:
            return Cohorts(self.say("Cohorts are made of orders or visits, and neither was imported."))
        try:
            grid = Grid.of(self._ask())
        except UsageError:
            return Cohorts(self.say("Orders and visits cannot be told apart by what this report is kept to."))
        if grid is None:
            return Cohorts(
                self.say("No month after a first order is over yet.")
                if self.sign == "order"
                else self.say("No month after a first visit is over yet.")
            )
        return Cohorts(
            problem="",
            sentence=self._sentence(grid),
            about=about_of(grid.answer.analysis, self.say),
            heads=heads_of(grid.answer.analysis, self.say),
            money_about=self._money_about(),
            notes=self._notes(grid),
            heat=heat_of(grid, self.say),
            money=self._money() if money else None,
            words=tuple(self._words(grid, cohort) for cohort in grid.cohorts),
            worked=self._worked(grid),
            meaning=meaning_of(grid.answer, self.say),
            commands=self._commands(money=money),
            curves=curves_of(grid, self.say),
        )

    # -- asking --------------------------------------------------------------------------
    def _as_of(self) -> date | None:
        """Where the report ends before the data do, cohorts are those known then."""
        end, known = self.months.now.end, self.figures.as_of
        cut = self.figures.until is not None and known is not None and self.figures.world.day_start(end) < known
        return end if cut else None

    def _ask(self, **settings: object) -> TableAnswer:
        answers, world = self.figures.answers, self.figures.world
        if self.as_of is not None:
            answers = Answers(replace(world, as_of=world.day_start(self.as_of)))
        return answers.analyse(TABLE, self.span, where=self.figures.where, settings={**self._begins(), **settings})

    def _begins(self) -> dict[str, object]:
        return {} if self.sign == "order" else {"begins_with": self.sign}

    def _brought(self) -> dict[str, object]:
        """What is asked for the table of money: net of returns where they are known."""
        of = "revenue" if "returns" in self.figures.world.coverage else "gross_revenue"
        return {"of": of, "denominator": "customers"}

    def _money(self) -> Heat | None:
        if self.sign != "order":
            return None
        try:
            grid = Grid.of(self._ask(**self._brought()))
        except CurrencyError:
            return None
        return heat_of(grid, self.say) if grid else None

    def _commands(self, *, money: bool) -> tuple[tuple[str, ...], ...]:
        asked = [self._begins()] + ([{**self._begins(), **self._brought()}] if money else [])
        where = self.figures.where
        return tuple(command_of("analyse", TABLE, self.span, params, self.as_of, where) for params in asked)

    # -- in words ------------------------------------------------------------------------
    def _sentence(self, grid: Grid) -> str:
        say = self.say
        seen = [cell for cell in grid.row(None) if cell.value is not None]
        known = [cell for cell in seen if cell.period in MILESTONES] or seen[:1]
        again = (
            say("{share} ordered again in month {number}")
            if self.sign == "order"
            else say("{share} came again in month {number}")
        )
        texts = [again, *[say("{share} in month {number}")] * (len(known) - 1)]
        shares = [
            text.format(share=say.percent(c.value), number=c.period) for text, c in zip(texts, known, strict=True)
        ]
        listed = say.listed(shares, say("and"))
        if self.sign == "order":
            return say("Of all who ordered for the first time, {shares}.", shares=listed)
        return say("Of all who came for the first time, {shares}.", shares=listed)

    def _money_about(self) -> str:
        if "returns" in self.figures.world.coverage:
            return self.say("What the cohort brought in each month, less returns, for each of its customers.")
        return self.say("What the cohort brought in each month, before returns, for each of its customers.")

    def _notes(self, grid: Grid) -> tuple[str, ...]:
        say, organisation = self.say, self.figures.world.organisation
        if organisation.history != "cut":
            return ()
        return (
            say(
                "The data begin on {day}, in mid-life: whoever was a customer before looks new at first, above all in "
                "the cohort of {month}.",
                day=say.day(self.months.first),
                month=say.month(grid.cohorts[0].start),
            ),
        )

    def _words(self, grid: Grid, cohort: Window) -> CohortWords:
        say = self.say
        cells = []
        for cell in grid.row(cohort):
            month = say.month(_month_after(cohort, cell.period).start, short=True)
            if cell.value is None:
                cells.append(CellWords(str(cell.period), month, "", "", "", why(cell, grid.answer, say)))
                continue
            interval = "" if cell.low is None else f"{say.percent(cell.low)} {say('to')} {say.percent(cell.high)}"
            reason = why(cell, grid.answer, say) if cell.reason else ""
            returned = say.number(cell.returned)
            cells.append(CellWords(str(cell.period), month, returned, say.percent(cell.value), interval, reason))
        size = say.number(grid.cells[cohort, 0].size or 0)
        return CohortWords(anchor_of(cohort), say.month(cohort.start), size, tuple(cells))

    def _worked(self, grid: Grid) -> Worked | None:
        """One cell of them all."""
        early = (cell for cohort in grid.cohorts for cell in grid.row(cohort) if cell.period <= EARLY)
        return worked_cell(grid, example_of(grid), self.say) if any(cell.complete for cell in early) else None


def _month_after(cohort: Window, count: int) -> Window:
    """The calendar month that many months after a cohort's."""
    place = cohort.start.year * 12 + cohort.start.month - 1 + count
    return Window.parse(f"{place // 12}-{place % 12 + 1:02}")
