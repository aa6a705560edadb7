"""What is aimed at: plain values, without a database and without a number from the data.

A goal of a metric is measured in one of two ways. Over the whole span, where values of days add up to that of all days
(revenue, orders, new customers): then the way goes from 0 to the target. Or in a whole week, month or quarter, where
they do not (a rate, a score, how many are here): then it goes from where the metric was before the start to the target,
and the last such window until the due day counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal, get_args

import msgspec

from stamm.answers.members import settled
from stamm.facts import FACTS
from stamm.facts.filter import SEGMENT, Filter, filter_of
from stamm.lang.errors import UsageError
from stamm.lang.registry import Registry
from stamm.lang.window import Window, windows
from stamm.metrics import Metric
from stamm.metrics.adding import adds_up
from stamm.metrics.operands import facts_used
from stamm.segments.impersonal import check_impersonal_rule
from stamm.segments.named import Saved
from stamm.segments.rule import rule_of

#: measured by a metric; reported by hand as a number, as money or as a share; done or not; a list of tasks
Kind = Literal["metric", "number", "money", "share", "yes_no", "tasks"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: whose value somebody writes down
BY_HAND = ("number", "money", "share")
#: windows in which what does not add up is measured
PERS = ("week", "month", "quarter")
MOST_NAME, MOST_NOTE, MOST_TASKS, MOST_TASK, MOST_STEPS = 120, 2_000, 60, 200, 120
#: the longest way
MOST_DAYS = 3 * 366
_FURTHEST = 2**53


class Step(msgspec.Struct, frozen=True):
    """Where the goal is to be at the end of a day on the way."""

    day: date
    value: float


class Todo(msgspec.Struct, frozen=True):
    """A task of a list: its number stays its own, also where its words change."""

    number: int
    told: str


class Aim(msgspec.Struct, frozen=True):
    """All that is set about a goal: shares are 0..1, money is in minor units, `due` is the last day that counts.

    `begin` is where the way begins, None where the metric says so. `at_most` turns better into less.
    """

    name: str
    owner: str
    kind: Kind
    start: date
    due: date
    target: float | None = None
    metric: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    where: tuple[str, ...] = ()
    per: str = ""
    at_most: bool = False
    begin: float | None = None
    steps: tuple[Step, ...] = ()
    tasks: tuple[Todo, ...] = ()
    parent: int = 0
    note: str = ""

    @property
    def span(self) -> Window:
        """All its days."""
        return Window(self.start, self.due + timedelta(days=1))

    @property
    def filter(self) -> Filter:
        """What the metric is kept to."""
        return filter_of(self.where)

    @property
    def measured(self) -> Window:
        """The window whose value is held against the target: the whole span, or the last one of `per` in it."""
        return self.windows()[-1] if self.per else self.span

    def windows(self) -> tuple[Window, ...]:
        """Whole windows of `per` within the span, the oldest first; of a week where nothing else is said."""
        span = self.span
        found = windows(span.start, span.end, self.per or "week")
        return tuple(each for each in found if each.start >= span.start and each.end <= span.end)

    def of(self, metrics: Registry[Metric]) -> Metric:
        """The metric under its settings; raises UsageError where there is none of that name any more."""
        return metrics[self.metric](**dict(self.settings))

    def path(self, day: date, begin: float = 0.0) -> float | None:
        """Where it is to be at the end of a day: straight between what is written; None without a target.

        `begin` is where the way begins, which is the day before the start.
        """
        if self.target is None:
            return None
        last = self.measured.end - timedelta(days=1)
        between = ((step.day, step.value) for step in self.steps if step.day < last)
        marks = [(self.start - timedelta(days=1), begin), *between, (last, self.target)]
        if day <= marks[0][0]:
            return begin
        for (before, low), (after, high) in pairwise(marks):
            if day <= after:
                return low + (high - low) * (day - before).days / (after - before).days
        return self.target

    def written(self) -> str:
        """As it is kept."""
        return msgspec.json.encode(self).decode()


def aim_of(written: str) -> Aim:
    """What was kept."""
    return msgspec.json.decode(written, type=Aim)


def checked(aim: Aim, metrics: Registry[Metric], saved: Callable[[], Saved] = dict) -> Aim:
    """The same in its one written form; raises UsageError for what cannot be aimed at.

    `saved` are the segments that it may be kept to, beside the ready ones.
    """
    name, note = " ".join(plain(aim.name).split()), plain(aim.note).strip()
    if not 0 < len(name) <= MOST_NAME:
        raise UsageError(
            f"A goal needs a name of at most {MOST_NAME} signs.", remedy="Write what is to be reached, in a few words."
        )
    if len(note) > MOST_NOTE:
        raise UsageError(f"A note has at most {MOST_NOTE} signs.", remedy="Write less.")
    if aim.due < aim.start:
        raise UsageError(f"{aim.due} lies before the start on {aim.start}.", remedy="Choose a later day.")
    if aim.span.length > MOST_DAYS:
        raise UsageError(f"A goal lasts at most {MOST_DAYS} days.", remedy="Choose an earlier day, or two goals.")
    aim = msgspec.structs.replace(aim, name=name, note=note)
    meant(aim.filter, saved)
    if aim.kind == "metric":
        aim = _of_metric(aim, metrics)
    elif aim.metric or aim.settings or aim.where or aim.per:
        raise UsageError("What is reported by hand has no metric.", remedy="Choose the kind metric, or leave it out.")
    if aim.kind == "tasks":
        return _with_tasks(aim)
    if aim.kind == "yes_no":
        return msgspec.structs.replace(aim, target=None, begin=None, steps=(), tasks=(), at_most=False)
    return _with_way(aim)


def _of_metric(aim: Aim, metrics: Registry[Metric]) -> Aim:
    made = aim.of(metrics)
    own = made.settings_declared()
    settings = tuple(sorted((name, _text(made.settings[name])) for name, _ in aim.settings))
    settings = tuple(pair for pair in settings if made.settings[pair[0]] != own[pair[0]].default)
    where = tuple(str(condition) for condition in aim.filter)
    for condition in aim.filter:
        if condition.dimension != SEGMENT:
            check_impersonal(made, condition.dimension)
    if aim.per and aim.per not in PERS:
        raise UsageError(f"There is no window {aim.per!r}.", remedy=f"Choose one of {', '.join(PERS)}.")
    if not aim.per and not adds_up(made):
        raise UsageError(
            f"Days of {made.key} do not add up, so it has no value over the whole way.",
            remedy=f"Choose in which window it is measured: {', '.join(PERS)}.",
        )
    if not aim.per and any(condition.dimension == SEGMENT for condition in aim.filter):
        raise UsageError(
            "Who is in a segment is told anew for each window, so that there is no sum over the whole way.",
            remedy=f"Choose in which window it is measured: {', '.join(PERS)}.",
        )
    if aim.per and not aim.windows():
        raise UsageError(
            f"No whole {aim.per} lies between {aim.start} and {aim.due}.",
            remedy="Choose a later day, or an earlier start.",
        )
    return msgspec.structs.replace(aim, metric=made.key, settings=settings, where=where)


def _with_tasks(aim: Aim) -> Aim:
    told = [todo for todo in (Todo(each.number, " ".join(plain(each.told).split())) for each in aim.tasks) if todo.told]
    if not 0 < len(told) <= MOST_TASKS:
        raise UsageError(f"A list has 1 to {MOST_TASKS} tasks.", remedy="Write a task on each line.")
    if any(len(each.told) > MOST_TASK for each in told):
        raise UsageError(f"A task has at most {MOST_TASK} signs.", remedy="Write less, or make two of it.")
    if len({each.number for each in told}) < len(told):
        raise UsageError("Two tasks have the same number.", remedy="Write the list anew.")
    target = float(len(told))
    return _with_way(msgspec.structs.replace(aim, tasks=tuple(told), target=target, begin=0.0, at_most=False))


def _with_way(aim: Aim) -> Aim:
    """Target and path, which lead somewhere and are in order."""
    if aim.target is None:
        raise UsageError("A goal needs a target.", remedy="Write the number that is to be reached.")
    for value in (aim.target, aim.begin, *(step.value for step in aim.steps)):
        if value is not None and not -_FURTHEST < value < _FURTHEST:
            raise UsageError("This is too large for a number.", remedy="Write a smaller one.")
    if aim.kind == "metric" and not aim.per:
        if aim.target == 0 and not aim.at_most:
            raise UsageError("A sum of 0 is no target.", remedy="Write more than 0.")
        aim = msgspec.structs.replace(aim, begin=0.0)
    steps = tuple(sorted(aim.steps, key=lambda step: step.day))
    days = [step.day for step in steps]
    if len(set(days)) < len(days) or len(steps) > MOST_STEPS:
        raise UsageError("A path has one value a day at most.", remedy="Write each week once.")
    if steps and not (aim.start <= days[0] and days[-1] < aim.due):
        raise UsageError(
            f"The path has a day that is not between {aim.start} and {aim.due}.",
            remedy="Leave it out: the due day itself has the target.",
        )
    return msgspec.structs.replace(aim, steps=steps, tasks=aim.tasks if aim.kind == "tasks" else ())


def meant(where: Filter, saved: Callable[[], Saved]) -> Filter:
    """A filter with the rules of its segments as they are now.

    Raises UsageError where one is not there, and where its rule may tell who somebody is, as all see goals.
    """
    if not any(condition.dimension == SEGMENT for condition in where):
        return where
    found = settled(where, saved())
    for condition in found:
        if condition.meant:
            check_impersonal_rule(rule_of(condition.meant))
    return found


def check_impersonal(metric: Metric, dimension: str) -> None:
    """Raises UsageError for what the metric cannot be kept to, or what may tell who somebody is: all see goals."""
    possible: list[str] = []
    for fact in (*sorted(facts_used(metric)), "customers"):
        kind = FACTS[fact]
        possible += [name for name in kind.dimensions() if not kind.columns()[name].personal]
    if dimension not in possible:
        known = ", ".join(dict.fromkeys(possible))
        raise UsageError(f"A goal cannot be kept to {dimension}.", remedy=f"Possible is: {known}.")


def todos_of(lines: Iterable[str], before: Iterable[Todo] = ()) -> tuple[Todo, ...]:
    """Tasks from lines; a line that was there already keeps its number, so that what is done stays so."""
    known: dict[str, list[int]] = {}
    highest = 0
    for each in before:
        known.setdefault(each.told, []).append(each.number)
        highest = max(highest, each.number)
    found = []
    for line in lines:
        told = " ".join(plain(line).split())
        if not told:
            continue
        if known.get(told):
            found.append(Todo(known[told].pop(0), told))
        else:
            highest += 1
            found.append(Todo(highest, told))
    return tuple(found)


def plain(text: str) -> str:
    """What somebody wrote, without signs that are none; lines stay."""
    return "".join(sign for sign in text.replace("\r\n", "\n") if sign.isprintable() or sign == "\n")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def differences(before: Aim, after: Aim) -> Mapping[str, tuple[Any, Any]]:
    """What is set otherwise: names of settings -> what they were, and are."""
    names = (each.name for each in msgspec.structs.fields(Aim))
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
