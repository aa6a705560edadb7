"""Figures: every metric asked over the months a report shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from stamm.answers.answer import Answer, Row
from stamm.answers.ask import Answers
from stamm.answers.plan import kinds_of
from stamm.facts.filter import Filter
from stamm.lang.errors import StammError, UsageError
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window, day_of, windows
from stamm.metrics import METRICS, Metric
from stamm.metrics.operands import inner_of, operands_of
from stamm.reports.change import Change, change_between

RETENTION = "customer_retention_rate"
#: by how many windows a year lies back, of a day a week: the same weekday; a year has nothing but the year before
BACK = {"day": 7, "week": 52, "month": 12, "quarter": 4}
#: windows shown beside the one that is not over, and days that they cannot exceed
SHOWN = {"day": (31, 32), "week": (26, 190), "month": (13, 31 * 15), "quarter": (9, 92 * 11), "year": (6, 366 * 8)}


class Looked(Protocol):
    """Windows of a grain, up to the end of one of them or of the data."""

    @property
    def grain(self) -> str:
        """day, week, month, quarter or year."""

    @property
    def until(self) -> date | None:
        """The day after the last window."""


@dataclass(frozen=True)
class Months:
    """The months a report shows, oldest first; on a page also other windows, all of one `grain`.

    `current` is the place of the last complete month, or of the last month where none is complete; it is compared with
    the one that lies `back` windows before it. `first` and `last` are the first and last local day covered by anything.
    """

    windows: tuple[Window, ...]
    current: int
    whole: bool
    first: date
    last: date
    grain: str = "month"
    back: int = 1

    @property
    def span(self) -> Window:
        """All of them."""
        return Window(self.windows[0].start, self.windows[-1].end)

    @property
    def now(self) -> Window:
        """The month the headline numbers speak of."""
        return self.windows[self.current]

    @property
    def before(self) -> Window | None:
        """The month that it is compared with, if it is shown."""
        return self.windows[self.current - self.back] if self.current >= self.back else None

    @property
    def far(self) -> bool:
        """Whether what it is compared with has to be named with its year."""
        return self.back > 1


@dataclass(frozen=True)
class Figure:
    """One metric over the months; `problem` says why it could not be asked at all."""

    metric: Metric
    answer: Answer | None
    current: int
    problem: StammError | None = None
    back: int = 1

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row a month."""
        return self.answer.rows if self.answer else ()

    @property
    def row(self) -> Row | None:
        """The month the headline numbers speak of."""
        return self.rows[self.current] if self.rows else None

    @property
    def before(self) -> Row | None:
        """The month that it is compared with."""
        return self.rows[self.current - self.back] if self.rows and self.current >= self.back else None

    @property
    def value(self) -> float | None:
        """The value of that month."""
        return self.row.value if self.row else None

    @property
    def change(self) -> Change | None:
        """What changed since then."""
        return change_between(self.metric, self.row, self.before) if self.row and self.before else None

    @property
    def money(self) -> str:
        """The currency money is in."""
        return self.answer.currency if self.answer else ""


class Figures:
    """All metrics, or those of some keys, over the months of a report (or of another grain) and within a filter.

    `settings` are those of a metric that are unlike the usual, by its key; `back` says with which month the current one
    is compared. Raises UsageError where the filter fits none of them, and where no window ends by `until`.
    """

    def __init__(
        self,
        answers: Answers,
        organisation: Organisation,
        until: date | None,
        where: Filter = (),
        *,
        keys: Collection[str] | None = None,
        grain: str = "month",
        back: int = 1,
        settings: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        self.answers, self.world, self.organisation = answers, answers.world, organisation
        self.until, self.where, self.grain, self.back = until, where, grain, back
        self.settings = dict(settings or {})
        self._left_out: dict[tuple[bool, datetime | None], Mapping[str, int]] = {}
        self.as_of = self._as_of()
        self.months = self._months()
        metrics = [
            metric(**self.settings.get(metric.key, {}))
            for metric in self.world.metrics
            if keys is None or metric.key in keys
        ]
        if self.months is not None:
            answers.prepare(metrics, self.months.windows, where=where)
        self.all: Mapping[str, Figure] = {metric.key: self._figure(metric) for metric in metrics}
        problems = [figure.problem for figure in self.all.values()]
        if where and problems and None not in problems:
            raise next(problem for problem in problems if problem is not None)

    def __getitem__(self, key: str) -> Figure | None:
        return self.all.get(key)

    def left_out(self, answer: Answer) -> Mapping[str, int]:
        """Rows passed over in the month of the headline numbers alone."""
        assert self.months is not None  # only asked for figures that have a value
        known = ("orders" in answer.kinds, answer.as_of)
        if known not in self._left_out:
            self._left_out[known] = self.answers.ask(answer.metric, [self.months.now], where=self.where).left_out
        return self._left_out[known]

    def _figure(self, metric: Metric) -> Figure:
        if self.months is None:
            return Figure(metric, None, 0)
        current, back = self.months.current, self.back
        try:
            answer = self.answers.ask(metric, self.months.windows, where=self.where)
        except StammError as problem:
            return Figure(metric, None, current, problem, back)
        return Figure(metric, answer, current, back=back)

    # -- which months ------------------------------------------------------------------
    def _as_of(self) -> datetime | None:
        """How far retention is known; where it is not, how far anything is."""
        found = [self._known(METRICS[RETENTION]())] if RETENTION in METRICS else []
        if not any(found):
            found = [self._known(metric()) for metric in self.world.metrics]
        known = [moment for moment in found if moment is not None]
        return max(known, default=None)

    def _known(self, metric: Metric) -> datetime | None:
        kinds = self._kinds(metric)
        return self.world.known_until(kinds) if self.world.known_from(kinds) else None

    def _kinds(self, metric: Metric) -> tuple[str, ...]:
        reductions, overs = operands_of(metric)
        own = kinds_of({reduction.fact for reduction in reductions.values()}, self.world)
        inner = (kind for over in overs.values() for kind in self._kinds(inner_of(metric, over)))
        return tuple(sorted({*own, *inner}))

    def _months(self) -> Months | None:
        world = self.world
        if self.as_of is None or not world.coverage:
            return None
        zone = world.organisation.zone
        last = day_of(self.as_of - timedelta(microseconds=1), zone)
        first = min(days[0] for days in world.coverage.values())
        if last < first:
            return None
        end = last + timedelta(days=1) if self.until is None else min(last + timedelta(days=1), self.until)
        most, days = SHOWN[self.grain]
        if self.back >= most:  # 53 weeks, so that the same week of the year before is among them
            most, days = self.back + 1, 7 * (self.back + 3)
        earliest = max(first, end - timedelta(days=days))
        found = windows(earliest, end, self.grain) if earliest < end else ()
        if self.until is not None:
            found = tuple(window for window in found if window.end <= self.until)
        if not found:
            raise UsageError(f"No {self.grain} of data ends by {self.until}.", remedy=f"The data begin on {first}.")
        over = [window.ends_at(zone) <= self.as_of for window in found]
        whole = max((place for place, done in enumerate(over) if done), default=None)
        current = len(found) - 1 if whole is None else whole
        start = max(0, current + 1 - most)
        return Months(found[start:], current - start, whole is not None, first, last, self.grain, self.back)
