"""Cells: from the counts of each cohort to rows with value, interval, and why a cell is empty or not final."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from stamm.analyses.calendar import DAY, Periods
from stamm.analyses.kind import column, row
from stamm.analyses.retention_table.counting import Key, Tally
from stamm.lang.formula import ratio
from stamm.lang.interval import NOTHING, wilson
from stamm.lang.reasons import BEGINS_BEFORE, GROWING, NO_FACTS, NOT_BEGUN, NOT_OVER, OUTSIDE, ZERO
from stamm.lang.window import Window

#: the first place has none before it to be compared with
FIRST = "nothing_before"
CUSTOMERS, CONTRIBUTION = "customers", "contribution"
START, BEFORE = "start", "before"


@row
class Cell:
    """One cohort (and group) in one period or bracket of periods; without a cohort: all of them, pooled.

    Money is in minor units, shares are 0..1. `amount` is None where customers are counted. `low` and `high`
    are None but for final shares of the cohort's customers.
    """

    cohort: Window | None = column("cohort", "Kohorte", "window", key=True)
    group: str | None = column("group", "Gruppe", "text", key=True)
    period: int = column("period", "Periode", "count", key=True)
    last_period: int = column("last period", "letzte Periode", "count")
    value: float | None = column("value", "Wert", "share")
    returned: int | None = column("came back", "wieder da", "count")
    amount: int | None = column("what they brought", "was sie brachten", "number")
    denominator: int | None = column("divided by", "geteilt durch", "number")
    size: int | None = column("customers", "Kunden", "count")
    n: int | None = column("n", "n", "count")
    low: float | None = column("95% interval from", "95-%-Intervall von", "share")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "share")
    complete: bool = column("final", "endgültig", "flag")
    reason: str = column("why not", "warum nicht", "text")


@dataclass(frozen=True)
class Known:
    """How far the facts reach: up to `until`, and from which day for what begins and for what follows.

    Days before `begins_from` do not matter where the history is complete: nothing came before the data.
    """

    as_of: datetime
    until: datetime
    entries_from: date
    returns_from: date
    complete_history: bool


@dataclass(frozen=True)
class Arranging:
    """Places counts into the full grid: every cohort of the range, every group, every place."""

    cohorts: Sequence[Window]
    places: Sequence[tuple[int, int]]
    periods: Periods
    of: str
    denominator: str
    later_too: bool

    def cells(self, tallies: Mapping[Key, Tally], known: Known | None) -> tuple[Cell, ...]:
        """All cells, by cohort, group and place."""
        told = {group for number, group in tallies if not self._unknown(self.cohorts[number], known)}
        groups = sorted(told or {None}, key=lambda group: (group is None, group or ""))
        return tuple(
            self._cell(number, group, place, tallies.get((number, group)), known)
            for number in range(len(self.cohorts))
            for group in groups
            for place in range(len(self.places))
        )

    # -- one cell --------------------------------------------------------------------
    def _cell(self, number: int, group: str | None, place: int, tally: Tally | None, known: Known | None) -> Cell:
        cohort, size = self.cohorts[number], tally.size if tally else 0
        if unknown := self._unknown(cohort, known):
            return self._empty(cohort, group, place, None, unknown)
        reason = self._unobserved(cohort, place, tally, known)
        if reason or tally is None:
            return self._empty(cohort, group, place, size, reason)
        assert known is not None  # there would be a reason
        top, bottom = self._top(tally, place), self._bottom(tally, place)
        begun = known.complete_history or (
            cohort.start >= known.entries_from and self._first_day(cohort, place) >= known.returns_from
        )
        final = not self.later_too or (self.of == CUSTOMERS and self.denominator != BEFORE and top == size)
        return self._valued(
            cohort,
            group,
            place,
            returned=tally.returned[place],
            amount=None if self.of == CUSTOMERS else top,
            denominator=bottom,
            size=size,
            reason="" if begun and final else GROWING if begun else BEGINS_BEFORE,
        )

    def _unknown(self, cohort: Window, known: Known | None) -> str:
        """Why nothing is known of who began in a cohort, or nothing."""
        if known is None:
            return NO_FACTS
        if cohort.starts_at(self.periods.zone) >= known.as_of:
            return NOT_BEGUN
        outside = cohort.end <= known.entries_from or cohort.starts_at(self.periods.zone) >= known.until
        return OUTSIDE if outside else ""

    def _unobserved(self, cohort: Window, place: int, tally: Tally | None, known: Known | None) -> str:
        """Why a cell of a cohort cannot be observed, or nothing."""
        assert known is not None  # who began is known
        last = self.places[place][1]
        if cohort.ends_at(self.periods.zone) > known.until:
            return NOT_OVER
        if tally is None:
            return ZERO
        if self.periods.over_at(tally.last_entry_at, last) > known.until:
            return NOT_OVER
        ends_on = self.periods.first_day(cohort.end - DAY, last + 1)
        return OUTSIDE if ends_on <= known.returns_from else ""

    def _first_day(self, cohort: Window, place: int) -> date:
        """The earliest day on which anything counts at a place; what lies before an entry does not."""
        return max(cohort.start, self.periods.first_day(cohort.start, self.places[place][0]))

    def _top(self, tally: Tally, place: int) -> int:
        if self.of == CUSTOMERS:
            return tally.returned[place]
        if self.of == CONTRIBUTION:
            return sum(tally.amount[each] for each in range(place + 1))
        return tally.amount[place]

    def _bottom(self, tally: Tally, place: int) -> int | None:
        if self.denominator == BEFORE:
            return self._top(tally, place - 1) if place else None
        return self._top(tally, 0) if self.denominator == START and self.of != CUSTOMERS else tally.size

    # -- rows ------------------------------------------------------------------------
    def _valued(
        self,
        cohort: Window | None,
        group: str | None,
        place: int,
        *,
        returned: int,
        amount: int | None,
        denominator: int | None,
        size: int,
        reason: str,
    ) -> Cell:
        """A cell from its numbers; nothing is divided by what is missing or not above zero."""
        first, last = self.places[place]
        top = returned if amount is None else amount
        positive = denominator if denominator is not None and denominator > 0 else None
        value = ratio(top, positive)
        share = amount is None and self.denominator != BEFORE
        complete = value is not None and not reason
        low, high = wilson(returned, size) if share and complete else NOTHING
        return Cell(
            cohort=cohort,
            group=group,
            period=first,
            last_period=last,
            value=value,
            returned=returned,
            amount=amount,
            denominator=denominator,
            size=size,
            n=denominator if amount is None else size,
            low=low,
            high=high,
            complete=complete,
            reason=reason if value is not None else FIRST if denominator is None else ZERO,
        )

    def _empty(self, cohort: Window | None, group: str | None, place: int, size: int | None, reason: str) -> Cell:
        first, last = self.places[place]
        return Cell(
            cohort=cohort,
            group=group,
            period=first,
            last_period=last,
            value=None,
            returned=None,
            amount=None,
            denominator=None,
            size=size,
            n=None,
            low=None,
            high=None,
            complete=False,
            reason=reason,
        )

    # -- all cohorts together --------------------------------------------------------
    def pooled(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        """By group and place: all who count divided by all who could have, of the cohorts that can be observed.

        A cohort that begins before the data is left out.
        """
        places = {period: place for place, (period, _last) in enumerate(self.places)}
        columns: dict[tuple[str | None, int], list[Cell]] = {}
        for cell in cells:
            columns.setdefault((cell.group, places[cell.period]), []).append(cell)
        return tuple(self._pool(group, place, column) for (group, place), column in columns.items())

    def _pool(self, group: str | None, place: int, cells: Sequence[Cell]) -> Cell:
        seen = [cell for cell in cells if cell.returned is not None and cell.reason != BEGINS_BEFORE]
        if not seen:
            reasons = {cell.reason for cell in cells}
            return self._empty(None, group, place, 0, reasons.pop() if len(reasons) == 1 else NOT_OVER)
        denominators = [cell.denominator for cell in seen if cell.denominator is not None]
        amounts = [cell.amount for cell in seen if cell.amount is not None]
        return self._valued(
            None,
            group,
            place,
            returned=sum(cell.returned or 0 for cell in seen),
            amount=None if self.of == CUSTOMERS else sum(amounts),
            denominator=sum(denominators) if denominators else None,
            size=sum(cell.size or 0 for cell in seen),
            reason=GROWING if any(cell.reason == GROWING for cell in seen) else "",
        )
