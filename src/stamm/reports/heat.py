"""A cohort table as a heatmap that is a real table: texts, steps of the ramp, and what an empty cell means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, log10
from typing import Any

from stamm.analyses.kind import ROWS
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.lang.money import exponent
from stamm.lang.reasons import BEGINS_BEFORE, GROWING, NOT_OVER, OUTSIDE, ZERO
from stamm.lang.window import Window
from stamm.reports.exact import Told

#: steps of the colour ramp
RAMP = 9
#: the table in which all cohorts are together
POOLED = "pooled"
_STEPS = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0)


@dataclass(frozen=True)
class Group:
    """Customers who share an attribute, all cohorts of them together; None is the unknown."""

    value: str | None


#: what a line of the table is about; None: all together
Line = Window | Group | None


@dataclass(frozen=True)
class HeatCell:
    """What stands in a cell, its classes, and what is said of it to whoever does not see that it is empty.

    `place` names it in an address: its line and its period.
    """

    text: str
    looks: str
    heard: str = ""
    place: str = ""


@dataclass(frozen=True)
class HeatRow:
    """One cohort or group: the anchor of its words, its customers, period 0 and the periods after it.

    `key` names it in an address.
    """

    name: str
    key: str
    anchor: str
    size: str
    base: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class Heat:
    """The table. `steps` are classes of the ramp and where they begin, `counted` is n of the pooled row.

    `empty` and `open_` say what empty and dashed cells mean, where there are any.
    """

    unit: str
    steps: tuple[tuple[str, str], ...]
    periods: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    pooled: HeatRow
    counted: tuple[str, ...]
    empty: str
    open_: str


@dataclass(frozen=True)
class Grid:
    """The cells of an answer by cohort, or by group, and by period, as far as anything is known."""

    answer: TableAnswer
    cohorts: tuple[Window, ...]
    periods: tuple[int, ...]
    cells: dict[tuple[Line, int], Any]
    groups: tuple[Group, ...] = ()
    #: where there are groups: the same of all together
    whole: TableAnswer | None = None

    @classmethod
    def of(cls, answer: TableAnswer) -> Grid | None:
        """By cohort; None where no cohort was observed for a whole period."""
        cells = {(cell.cohort, cell.period): cell for cell in (*answer.rows, *answer.tables[POOLED])}
        periods = _known_periods(answer.rows)
        if not periods:
            return None
        cohorts = [cell.cohort for cell in answer.rows if cell.period == 0]
        outside = {cell.cohort for cell in answer.rows if cell.period == 0 and cell.size is None}
        first = next(place for place, cohort in enumerate(cohorts) if cohort not in outside)
        return cls(answer, tuple(cohorts[first:]), periods, cells)

    @classmethod
    def split(cls, answer: TableAnswer, whole: TableAnswer) -> Grid | None:
        """By group, the largest first, all their cohorts pooled; `whole` is the same unsplit."""
        pooled = answer.tables[POOLED]
        cells: dict[tuple[Line, int], Any] = {(Group(cell.group), cell.period): cell for cell in pooled}
        cells |= {(None, cell.period): cell for cell in whole.tables[POOLED]}
        periods = _known_periods(whole.tables[POOLED])
        if not periods:
            return None
        groups = [Group(cell.group) for cell in pooled if cell.period == 0]
        in_order = sorted(groups, key=lambda group: -(cells[group, 0].size or 0))
        return cls(answer, (), periods, cells, tuple(in_order), whole)

    @property
    def lines(self) -> tuple[Window | Group, ...]:
        """Groups where there are any, else cohorts."""
        return self.groups or self.cohorts

    @property
    def unit(self) -> str:
        """The unit of a value."""
        return next(column.unit for column in self.answer.analysis.columns() if column.name == "value")

    def told(self, line: Line, period: int, say: Language) -> Told:
        """The numbers of a cell."""
        answer = self.whole if line is None and self.whole is not None else self.answer
        return Told(answer, self.cells[line, period], say, ROWS if isinstance(line, Window) else POOLED)

    def row(self, line: Line) -> list[Any]:
        """The cells of one line, or of all together, after period 0."""
        return [self.cells[line, period] for period in self.periods]

    @cached_property
    def by_key(self) -> dict[str, Line]:
        """Lines by their names in an address."""
        return {key_of(line): line for line in (*self.lines, None)}

    def at(self, place: str) -> Any:
        """The cell of that name, None where there is none with a value."""
        key, _, period = place.rpartition(".")
        if key not in self.by_key or not period.isdecimal() or int(period) not in self.periods:
            return None
        cell = self.cells[self.by_key[key], int(period)]
        return cell if cell.value is not None else None


def _known_periods(cells: Sequence[Any]) -> tuple[int, ...]:
    """Periods after the first, in order, up to the last of which anything is known."""
    known = [cell.period for cell in cells if cell.period and cell.value is not None]
    return tuple(sorted({cell.period for cell in cells if 0 < cell.period <= max(known, default=0)}))


def key_of(line: Line) -> str:
    """How an address names a line; all together is a star."""
    if line is None:
        return "*"
    return (line.value or "") if isinstance(line, Group) else line.name


def place_of(line: Line, period: int) -> str:
    """How an address names a cell."""
    return f"{key_of(line)}.{period}"


def line_words(line: Line, say: Language) -> str:
    """What a line is called in the table."""
    if line is None:
        return say("All, pooled")
    if isinstance(line, Group):
        return line.value or say("unknown")
    return say.window(line, short=True)


def period_words(cell: Any) -> str:
    """3, or of a bracket 1–3."""
    return str(cell.period) if cell.last_period == cell.period else f"{cell.period}–{cell.last_period}"


def anchor_of(cohort: Window) -> str:
    """The anchor of a cohort's words."""
    return f"cohort-{cohort.start:%Y-%m}"


def heat_of(grid: Grid, say: Language) -> Heat:
    """The table of a grid."""
    shown = [grid.row(line) for line in (*grid.lines, None)]
    known = [cell.value for row in shown for cell in row if cell.value is not None]
    factor, unit = _unit(grid, max(map(abs, known)), say)
    values = [factor * value for value in known]
    first, step = ramp_of(min(values), max(values))
    digits = _digits(grid, max(values))
    used = 1 + max(step_of(value, first, step) for value in values)

    def text(line: Line, cell: Any, digits: int = digits) -> str:
        return grid.told(line, cell.period, say)("value", say.number(factor * cell.value, digits))

    def cell_of(line: Line, cell: Any) -> HeatCell:
        if cell.value is None:
            return HeatCell("", "none", why(cell, grid.answer, say))
        open_ = "" if cell.complete else " open"
        looks = f"h{step_of(factor * cell.value, first, step)}{open_}"
        return HeatCell(text(line, cell), looks, place=place_of(line, cell.period))

    def row_of(line: Line) -> HeatRow:
        base = grid.cells[line, 0]
        return HeatRow(
            name=line_words(line, say),
            key=key_of(line),
            anchor=anchor_of(line) if isinstance(line, Window) else "",
            size=grid.told(line, 0, say)("size") or say.number(0),
            base=text(line, base, 0 if grid.unit == "share" else digits) if base.value is not None else "",
            cells=tuple(cell_of(line, cell) for cell in grid.row(line)),
        )

    found = [cell for row in shown for cell in row]
    whole = step >= 1 and float(step).is_integer() and float(first).is_integer()
    starts = [say.number(first + step * place, 0 if whole else 1) for place in range(used)]
    return Heat(
        unit=unit,
        steps=tuple((f"h{place}", start) for place, start in enumerate(starts)),
        periods=tuple(period_words(cell) for cell in grid.row(None)),
        rows=tuple(row_of(line) for line in grid.lines),
        pooled=row_of(None),
        counted=tuple(grid.told(None, period, say)("n") for period in grid.periods),
        empty=_all_reasons([cell for cell in found if cell.value is None], grid.answer, say),
        open_=_all_reasons([cell for cell in found if cell.value is not None and cell.reason], grid.answer, say),
    )


def _unit(grid: Grid, most: float, say: Language) -> tuple[float, str]:
    """By what values are multiplied so that they fit into a cell, and the unit they are then in."""
    if grid.unit == "share":
        return 100.0, "%"
    if grid.unit != "money":
        return 1.0, ""
    currency, factor = grid.answer.currency, 10.0 ** -exponent(grid.answer.currency)
    if factor * most >= 1e8:
        return factor / 1e6, say("million {currency}", currency=currency)
    if factor * most >= 1e5:
        return factor / 1e3, say("thousand {currency}", currency=currency)
    return factor, currency


def _digits(grid: Grid, most: float) -> int:
    """Digits after the point that a cell shows: of money the minor unit, where the amounts are small."""
    if grid.unit == "share":
        return 1
    if grid.unit != "money":
        return 2
    return exponent(grid.answer.currency) if most < 100 else 0


def why(cell: Any, answer: TableAnswer, say: Language) -> str:
    """Why a cell is empty or not final."""
    settings = answer.analysis.settings
    texts = {
        NOT_OVER: say("month not over for the whole cohort, so not known") if settings["period"] == "month" else "",
        ZERO: say("nothing to divide by") if cell.size else say("nobody began in this month"),
        OUTSIDE: say("outside the time the data cover"),
        BEGINS_BEFORE: say("began before the data, so not in the pooled row"),
        GROWING: say("can still grow"),
    }
    if settings["cohort"] != "month" and not cell.size:
        texts[ZERO] = say("nobody began then")
    own = answer.analysis.reasons.get(cell.reason)
    return texts.get(cell.reason) or (own.of(say.code) if own else say("not known"))


def _all_reasons(cells: Sequence[Any], answer: TableAnswer, say: Language) -> str:
    return "; ".join(dict.fromkeys(why(cell, answer, say) for cell in cells))


def ramp_of(low: float, high: float) -> tuple[float, float]:
    """Where the ramp begins and how wide a step is, both round, so that its steps hold all values."""
    rough = max((high - low) / RAMP, high / 1000, 0.1)
    power = 10.0 ** floor(log10(rough))
    for step in (factor * tens for tens in (power, 10 * power) for factor in _STEPS):
        first = step * floor(low / step + 1e-9)
        if first + RAMP * step > high:
            return round(first, 9), step
    raise AssertionError("ten times the step holds everything")


def step_of(value: float, first: float, step: float) -> int:
    """The step of the ramp in which a value lies."""
    return min(RAMP - 1, max(0, floor((value - first) / step + 1e-9)))
