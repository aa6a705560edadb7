"""Days of cohorts and of periods: in which one a local day lies, and when a period is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.lang.phrase import Phrase
from stamm.lang.window import Window, day_of, day_start, moved

STEP = "step"
DAY = timedelta(days=1)
#: what units of the calendar are called where one is chosen
UNITS = {
    "day": Phrase("day", "Tag"),
    "week": Phrase("week", "Woche"),
    "month": Phrase("month", "Monat"),
    "quarter": Phrase("quarter", "Quartal"),
    "year": Phrase("year", "Jahr"),
}


@dataclass(frozen=True)
class Periods:
    """How a customer's time since entry is divided: units of the calendar in a zone, or steps of whole 24 hours."""

    unit: str
    step_days: int
    zone: str

    @property
    def step(self) -> timedelta:
        """Length of a step."""
        return self.step_days * DAY

    def over_at(self, entered_at: datetime, period: int) -> datetime:
        """When that period ends (UTC) for who entered at that moment."""
        if self.unit == STEP:
            return entered_at + (period + 1) * self.step
        return day_start(self.first_day(day_of(entered_at, self.zone), period + 1), self.zone)

    def first_day(self, day: date, period: int) -> date:
        """The day on which that period begins for who entered on that day."""
        return day + period * self.step if self.unit == STEP else moved(day, self.unit, period)


def numbered_days(windows: Sequence[Window]) -> ir.Table:
    """One row a day of any of these windows, which lie apart: `calendar_day` and the `number` of its window."""
    days = [(window.start + i * DAY, number) for number, window in enumerate(windows) for i in range(window.length)]
    return ibis.memtable(
        pa.table(
            {
                "calendar_day": pa.array([day for day, _ in days], pa.date32()),
                "number": pa.array([number for _, number in days], pa.int64()),
            }
        )
    )
