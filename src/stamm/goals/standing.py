"""How far a goal is: its value now, where it should be, and where it will end.

Asked of the same door as every number: the value is that of `stamm metric` for the window named. A sum is held against
its path on the last day that the data cover; what is measured in windows against the path at the end of the last whole
window. What is reported by hand, or ticked, is as it was said last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from stamm.answers.answer import Answer, Row
from stamm.answers.ask import Answers
from stamm.answers.reach import covered, kinds_needed
from stamm.facts import FACTS
from stamm.goals.aim import PERS, Aim, meant
from stamm.goals.forecast import LEAST, MOST, Interval, Theta, part_of_week
from stamm.goals.keeping import Goal
from stamm.lang.errors import StammError
from stamm.lang.window import Window, day_of
from stamm.metrics import Metric
from stamm.metrics.operands import facts_used

#: why there is no forecast
OVER, BY_HAND, NOT_BEGUN, SHORT, FAR, NO_DATA = "over", "by hand", "not begun", "short", "far", "no data"
#: the least and the most that a value can be, by unit
_ENDS = {"share": (0.0, 1.0), "points": (-100.0, 100.0)}
_INFINITE = float("inf")


@dataclass(frozen=True)
class Mark:
    """Where the goal was, or is to be, at the end of a day; `value` is None of days to come."""

    day: date
    value: float | None
    path: float | None


@dataclass(frozen=True)
class Forecast:
    """The interval in which it will end in 80 of 100 cases, from `history` windows of a grain."""

    interval: Interval
    history: int
    grain: str


@dataclass(frozen=True)
class Standing:
    """How far a goal is on `day`, the last one that is known of it; shares are 0..1, money is in minor units.

    `value` is None where nothing is known yet, `progress` (of the way from `begin` to the target) where there is no
    way. `ahead` is the difference to the path, positive where that is good. `refused` says why there is no forecast.
    """

    goal: Goal
    day: date | None
    unit: str
    currency: str = ""
    value: float | None = None
    begin: float | None = None
    path: float | None = None
    progress: float | None = None
    gone: float = 0.0
    ahead: float | None = None
    reached: bool = False
    over: bool = False
    forecast: Forecast | None = None
    refused: str = ""
    #: windows of history there are, where they are too few
    known: int = 0
    #: week by week, or window by window
    marks: tuple[Mark, ...] = ()
    #: of a metric: the number as it was asked, and what it was asked of
    row: Row | None = None
    metric: Metric | None = None
    answer: Answer | None = None
    problem: StammError | None = None

    @property
    def short(self) -> float | None:
        """What is lacking to the target, never below 0."""
        target = self.goal.aim.target
        if self.value is None or target is None:
            return None
        return max(0.0, self.value - target if self.goal.aim.at_most else target - self.value)

    @property
    def likely(self) -> str:
        """`yes` where the whole interval reaches the target, `no` where none of it does, else `open`; or nothing."""
        target = self.goal.aim.target
        if self.forecast is None or target is None:
            return ""
        ends = self.forecast.interval
        if self.goal.aim.at_most:
            return "yes" if ends.high <= target else "no" if ends.low > target else "open"
        return "yes" if ends.low >= target else "no" if ends.high < target else "open"


def standing_of(goal: Goal, answers: Answers, today: date) -> Standing:
    """How far it is; `today` is the local day, for what no data tell."""
    aim = goal.aim
    if aim.kind != "metric":
        return _by_hand(goal, answers, today)
    try:
        metric = aim.of(answers.world.metrics)
        return _Asked(goal, metric, answers).standing()
    except StammError as problem:
        return Standing(goal, None, "count", problem=problem, refused=NO_DATA)


# -- without a metric ----------------------------------------------------------------------------------------
def _by_hand(goal: Goal, answers: Answers, today: date) -> Standing:
    aim, day = goal.aim, min(today, goal.aim.due)
    currency = answers.world.organisation.currency
    unit = {"number": "count", "money": "money", "share": "share"}.get(aim.kind, "count")
    made = Standing(
        goal, day, unit, currency, gone=_gone(aim, day), over=today > aim.due, refused=BY_HAND, begin=aim.begin
    )
    if aim.kind == "yes_no":
        done = 0 in goal.done
        return replace(made, value=float(done), progress=float(done), reached=done)
    if aim.kind == "tasks":
        return _held(made, float(sum(todo.number in goal.done for todo in aim.tasks)), 0.0, day)
    if goal.reported is None:
        return replace(made, path=aim.path(day, aim.begin or 0.0))
    value, known_on = goal.reported
    return _held(replace(made, day=min(known_on, aim.due)), value, aim.begin or 0.0, min(known_on, aim.due))


# -- of a metric ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Asked:
    """One goal of a metric and the door that it is asked at."""

    goal: Goal
    metric: Metric
    answers: Answers

    @property
    def aim(self) -> Aim:
        return self.goal.aim

    def standing(self) -> Standing:
        world = self.answers.world
        days = covered(world, kinds_needed(self.metric, world))
        made = Standing(
            self.goal,
            None,
            self.metric.unit,
            world.organisation.currency if self.metric.unit == "money" else "",
            begin=self.aim.begin,
            metric=self.metric,
            refused=NO_DATA,
        )
        if days is None:
            return made
        until = self._whole_until(days)
        last = min(until, self.aim.span.end) - timedelta(days=1)
        made = replace(made, day=last, gone=_gone(self.aim, last), over=until >= self.aim.span.end)
        return self._in_windows(made, days, until) if self.aim.per else self._in_sum(made, days, until)

    def ask(self, windows: Sequence[Window]) -> Answer:
        return self.answers.ask(self.metric, windows, where=meant(self.aim.filter, self.answers.world.saved))

    def _whole_until(self, days: Window) -> date:
        """The day after the last one that is known to its end."""
        world = self.answers.world
        as_of = world.known_until(kinds_needed(self.metric, world))
        assert as_of is not None  # there are days
        return min(days.end, day_of(as_of, world.organisation.zone))

    # -- over the whole span
    def _in_sum(self, made: Standing, days: Window, until: date) -> Standing:
        aim = self.aim
        if until <= aim.start:
            return replace(made, path=0.0, begin=0.0, refused=NOT_BEGUN, marks=self._marks_to_come(aim.start, 0.0))
        now = Window(aim.start, min(until, aim.span.end))
        answer = self.ask([now, *now.split("week")])
        row, *weeks = answer.rows
        made = replace(made, row=row, answer=answer)
        if row.value is None:
            return made
        total, marks = 0.0, []
        for week in weeks:
            total += week.value or 0
            day = week.window.end - timedelta(days=1)
            marks.append(Mark(day, total, aim.path(day)))
        held = _held(made, float(row.value), 0.0, now.end - timedelta(days=1))
        forecast, refused, known = self._sum_ahead(held, days, until)
        marks += self._marks_to_come(now.end, 0.0)
        return replace(held, forecast=forecast, refused=refused, known=known, marks=tuple(marks))

    def _sum_ahead(self, made: Standing, days: Window, until: date) -> tuple[Forecast | None, str, int]:
        assert made.value is not None  # it is held against the path
        if made.over:
            return None, OVER, 0
        count = min((until - days.start).days // 7, MOST)
        if count < LEAST:
            return None, SHORT, count
        left = (self.aim.span.end - until).days
        if left > 7 * count:
            return None, FAR, count
        begin = until - timedelta(days=7 * count)
        by_day = not any(getattr(FACTS[fact], "per_window", False) for fact in facts_used(self.metric))
        pieces = Window(begin, until).split("day") if by_day else _weeks(begin, count)
        values = [float(row.value or 0) for row in self.ask(pieces).rows]
        weeks = [sum(values[place : place + 7]) for place in range(0, len(values), 7)] if by_day else values
        rest = [(until + timedelta(days=left // 7 * 7 + step)).weekday() for step in range(left % 7)]
        part = part_of_week(values, [each.start.weekday() for each in pieces], rest) if by_day else len(rest) / 7
        ends = Theta.of(weeks).sum_of(left // 7 + part).plus(made.value)
        least = made.value if min(values) >= 0 else -_INFINITE
        return Forecast(ends.within(least, _INFINITE), count, "week"), "", count

    # -- in whole windows
    def _in_windows(self, made: Standing, days: Window, until: date) -> Standing:
        aim = self.aim
        first = aim.windows()[0]
        now = min(_last_whole(until, aim.per).end, aim.measured.end)
        history = [each for each in _back(now, aim.per, MOST + len(aim.windows())) if each.start >= days.start]
        before = first.moved(aim.per, -1)
        if not history:
            return replace(made, refused=SHORT)
        answer = self.ask(list(dict.fromkeys([*history, *([before] if before.start >= days.start else [])])))
        rows = {row.window: row for row in answer.rows}
        begin = aim.begin if aim.begin is not None else _value(rows.get(before))
        row = rows[history[-1]]
        day = row.window.end - timedelta(days=1)
        made = replace(made, day=day, row=row, answer=answer, begin=begin, gone=_gone(aim, day))
        made = replace(made, over=now >= aim.measured.end)
        values = _known_tail([_value(rows[each]) for each in history][-MOST:])
        if row.window.start < first.start:  # nothing of the way is measured yet
            held = replace(made, value=_value(row), path=begin, reached=False)
        elif row.value is None:
            return made
        else:
            held = _held(made, float(row.value), begin, day)
        ahead = _ahead(now, aim.per, aim.measured.end)
        forecast, refused = self._value_ahead(values, ahead, over=made.over)
        return replace(
            held, forecast=forecast, refused=refused, known=len(values), marks=self._marks_of(rows, begin, now)
        )

    def _value_ahead(self, values: Sequence[float], ahead: int, *, over: bool) -> tuple[Forecast | None, str]:
        if over:
            return None, OVER
        if len(values) < LEAST:
            return None, SHORT
        if ahead > len(values):
            return None, FAR
        low, high = _ENDS.get(self.metric.unit, (0.0 if min(values) >= 0 else -_INFINITE, _INFINITE))
        return Forecast(Theta.of(values).value_of(ahead).within(low, high), len(values), self.aim.per), ""

    def _marks_of(self, rows: dict[Window, Row], begin: float | None, now: date) -> tuple[Mark, ...]:
        found = []
        for window in self.aim.windows():
            day = window.end - timedelta(days=1)
            path = None if begin is None else self.aim.path(day, begin)
            found.append(Mark(day, _value(rows.get(window)) if window.end <= now else None, path))
        return tuple(found)

    def _marks_to_come(self, start: date, begin: float) -> tuple[Mark, ...]:
        """The path at the end of each week to come."""
        end = self.aim.span.end
        if start >= end:
            return ()
        days = [piece.end - timedelta(days=1) for piece in Window(start, end).split("week")]
        return tuple(Mark(day, None, self.aim.path(day, begin)) for day in days)


# -- held against the path -----------------------------------------------------------------------------------
def _held(made: Standing, value: float, begin: float | None, day: date) -> Standing:
    """The same with a value, held against the path of that day and the target."""
    aim = made.goal.aim
    assert aim.target is not None  # only what is a number is held
    path = None if begin is None else aim.path(day, begin)
    way = None if begin is None else aim.target - begin
    behind = None if path is None else value - path
    reached = value <= aim.target if aim.at_most else value >= aim.target
    if aim.at_most and not aim.per and aim.kind == "metric":
        reached = reached and made.over  # a sum that may still grow has not kept within anything yet
    return replace(
        made,
        value=value,
        begin=begin,
        path=path,
        progress=(value - begin) / way if way and begin is not None else None,
        ahead=behind if behind is None or not aim.at_most else -behind,
        reached=reached,
    )


def _gone(aim: Aim, day: date) -> float:
    """How much of the time is over at the end of a day."""
    return min(max((day - aim.start).days + 1, 0), aim.span.length) / aim.span.length


def _value(row: Row | None) -> float | None:
    return None if row is None or row.value is None else float(row.value)


def _known_tail(values: Sequence[float | None]) -> list[float]:
    """The last values, as far back as none is missing."""
    found: list[float] = []
    for value in reversed(values):
        if value is None:
            break
        found.append(value)
    return found[::-1]


def _weeks(begin: date, count: int) -> tuple[Window, ...]:
    days = (begin + timedelta(days=7 * step) for step in range(count))
    return tuple(Window(day, day + timedelta(days=7)) for day in days)


def _last_whole(until: date, grain: str) -> Window:
    """The last whole window that ends by a day."""
    assert grain in PERS
    return Window(until - timedelta(days=1), until).whole_before_end(grain, 1)[0]


def _back(end: date, grain: str, count: int) -> tuple[Window, ...]:
    return Window(end - timedelta(days=1), end).whole_before_end(grain, count)


def _ahead(start: date, grain: str, end: date) -> int:
    """How many windows lie between."""
    return len(Window(start, end).split(grain)) if start < end else 0
