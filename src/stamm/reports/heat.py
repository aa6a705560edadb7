"""A cohort table as a heatmap that is a real table: texts, steps of the ramp, and what an empty cell means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.lang.money import exponent
from stamm.lang.reasons import BEGINS_BEFORE, GROWING, NOT_OVER, OUTSIDE, ZERO
from stamm.lang.window import Window

#: steps of the colour ramp
RAMP = 9
_STEPS = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0)


@dataclass(frozen=True)
class HeatCell:
    """What stands in a cell, its classes, and what is said of it to whoever does not see that it is empty."""

    text: str
    looks: str
    heard: str = ""


@dataclass(frozen=True)
class HeatRow:
    """One cohort: the anchor of its words, its customers, period 0 and the periods after it."""

    name: str
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
    """The cells of an answer by cohort and period, as far as anything is known."""

    answer: TableAnswer
    cohorts: tuple[Window, ...]
    periods: tuple[int, ...]
    cells: dict[tuple[Window | None, int], Any]

    @classmethod
    def of(cls, answer: TableAnswer) -> Grid | None:
        """None where no cohort was observed for a whole period."""
        cells = {(cell.cohort, cell.period): cell for cell in (*answer.rows, *answer.tables["pooled"])}
        known = [cell for cell in answer.rows if cell.period and cell.value is not None]
        if not known:
            return None
        last = max(cell.period for cell in known)
        cohorts = [cell.cohort for cell in answer.rows if cell.period == 0]
        outside = {cell.cohort for cell in answer.rows if cell.period == 0 and cell.size is None}
        first = next(place for place, cohort in enumerate(cohorts) if cohort not in outside)
        return cls(answer, tuple(cohorts[first:]), tuple(range(1, last + 1)), cells)

    @property
    def unit(self) -> str:
        """The unit of a value."""
        return next(column.unit for column in self.answer.analysis.columns() if column.name == "value")

    def row(self, cohort: Window | None) -> list[Any]:
        """The cells of one cohort, or of all together, from period 1 on."""
        return [self.cells[cohort, period] for period in self.periods]


def anchor_of(cohort: Window) -> str:
    """The anchor of a cohort's words."""
    return f"cohort-{cohort.start:%Y-%m}"


def heat_of(grid: Grid, say: Language) -> Heat:
    """The table of a grid."""
    shown = [grid.row(cohort) for cohort in (*grid.cohorts, None)]
    known = [cell.value for row in shown for cell in row if cell.value is not None]
    factor, unit = _unit(grid, max(map(abs, known)), say)
    values = [factor * value for value in known]
    first, step = ramp_of(min(values), max(values))
    digits = _digits(grid, max(values))
    used = 1 + max(step_of(value, first, step) for value in values)

    def text(cell: Any, digits: int = digits) -> str:
        return say.number(factor * cell.value, digits)

    def cell_of(cell: Any) -> HeatCell:
        if cell.value is None:
            return HeatCell("", "none", why(cell.reason, grid.answer, say))
        open_ = "" if cell.complete else " open"
        return HeatCell(text(cell), f"h{step_of(factor * cell.value, first, step)}{open_}")

    def row_of(cohort: Window | None) -> HeatRow:
        base = grid.cells[cohort, 0]
        return HeatRow(
            name=say.window(cohort, short=True) if cohort else say("All, pooled"),
            anchor=anchor_of(cohort) if cohort else "",
            size=say.number(base.size or 0),
            base=text(base, 0 if grid.unit == "share" else digits) if base.value is not None else "",
            cells=tuple(cell_of(cell) for cell in grid.row(cohort)),
        )

    found = [cell for row in shown for cell in row]
    whole = step >= 1 and float(step).is_integer() and float(first).is_integer()
    starts = [say.number(first + step * place, 0 if whole else 1) for place in range(used)]
    return Heat(
        unit=unit,
        steps=tuple((f"h{place}", start) for place, start in enumerate(starts)),
        periods=tuple(str(period) for period in grid.periods),
        rows=tuple(row_of(cohort) for cohort in grid.cohorts),
        pooled=row_of(None),
        counted=tuple("" if cell.n is None else say.number(cell.n) for cell in grid.row(None)),
        empty=_all_reasons([cell for cell in found if cell.value is None], grid.answer, say),
        open_=_all_reasons([cell for cell in found if cell.value is not None and cell.reason], grid.answer, say),
    )


def _unit(grid: Grid, most: float, say: Language) -> tuple[float, str]:
    """By what values are multiplied so that they fit into a cell, and the unit they are then in."""
    if grid.unit == "share":
        return 100.0, "%"
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
    return exponent(grid.answer.currency) if most < 100 else 0


def why(reason: str, answer: TableAnswer, say: Language) -> str:
    """Why a cell is empty or not final."""
    texts = {
        NOT_OVER: say("month not over for the whole cohort, so not known"),
        ZERO: say("nobody began in this month"),
        OUTSIDE: say("outside the time the data cover"),
        BEGINS_BEFORE: say("began before the data, so not in the pooled row"),
        GROWING: say("can still grow"),
    }
    own = answer.analysis.reasons.get(reason)
    return texts.get(reason) or (own.of(say.code) if own else say("not known"))


def _all_reasons(cells: Sequence[Any], answer: TableAnswer, say: Language) -> str:
    return "; ".join(dict.fromkeys(why(cell.reason, answer, say) for cell in cells))


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
