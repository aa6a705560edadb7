"""From the words of a command line to a question: dates, windows, parameters, and what the data cover."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stamm.cli.session import Session, current
from stamm.cli.speaking import option
from stamm.lang.errors import UsageError
from stamm.lang.window import Window, day_of, windows

if TYPE_CHECKING:
    from stamm.analyses import Analysis
    from stamm.answers.world import World
    from stamm.metrics import Metric

F = Callable[..., Any]
#: days anybody can sensibly ask for
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Span:
    """What a person asked for: some days cut by a grain, or one window by its name."""

    start: date | None
    end: date | None
    grain: str
    window: str | None = None

    def check(self) -> None:
        """Refuse what makes no sense, before any data is read: reversed days, an unknown grain or window."""
        if self.window is not None:
            Window.parse(self.window)
        if self.start and self.end:
            Window(self.start, self.end)
        windows(EARLIEST, EARLIEST + timedelta(days=1), self.grain)


def span_options(first_day: str, *, grain: bool = True) -> Callable[[F], F]:
    """--from, --to, --window and, where wanted, --grain, handed over as one `span`, already checked."""

    def wrap(function: F) -> F:
        @functools.wraps(function)
        def ask(*, start: str | None, end: str | None, window: str | None, grain: str = "day", **others: Any) -> Any:
            say = current()
            span = Span(day_named(start, "--from", say), day_named(end, "--to", say), grain, window)
            span.check()
            return function(**others, span=span)

        options = [
            option("--from", "start", metavar="DAY", help=first_day),
            option("--to", "end", metavar="DAY", help="First day that no longer belongs to it."),
            option(
                "--window", metavar="WINDOW", help="One window by name: 2017, 2017-Q4, 2017-11, 2017-W46, 2017-11-24."
            ),
        ]
        if grain:
            how = "How windows are cut: day, week, month (the default), quarter or year."
            options.append(option("--grain", default="month", metavar="GRAIN", help=how))
        asked: F = ask
        for add in reversed(options):
            asked = add(asked)
        return asked

    return wrap


def day_named(text: str | None, option: str, say: Session) -> date | None:
    """A day written as 2024-02-29; raises UsageError naming the option."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
        if not EARLIEST <= day <= LATEST:
            raise ValueError
    except ValueError as error:
        raise UsageError(
            say("{word} is no day.", word=repr(text)), where=option, remedy=say("Write it as 2024-02-29.")
        ) from error
    return day


def moment_named(text: str | None, zone: str, say: Session) -> datetime | None:
    """A moment from a day (its local midnight) or an ISO timestamp; raises UsageError."""
    from stamm.answers.world import moment_of

    if text is None:
        return None
    try:
        moment = moment_of(text, zone)
        if not EARLIEST <= moment.date() <= LATEST:
            raise ValueError
    except ValueError as error:
        remedy = say("Write a day such as 2024-02-29 (its midnight counts), or a moment such as 2024-02-29T12:00Z.")
        raise UsageError(say("{word} is no moment.", word=repr(text)), where="--as-of", remedy=remedy) from error
    return moment


def pairs(words: Iterable[str], option: str, say: Session) -> dict[str, str]:
    """`name=value` words as a mapping; raises UsageError for a word without `=` and for a name given twice."""
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        name = name.strip()
        if not sign or not name:
            raise UsageError(
                say("{word} is no name with a value.", word=repr(word)),
                where=option,
                remedy=say("Write {option} name=value.", option=option),
            )
        if name in found:
            raise UsageError(say("{name} is given twice.", name=name), where=option, remedy=say("Give it once."))
        found[name] = value.strip()
    return found


# -- what the data cover -------------------------------------------------------------------------------------
def kinds_needed(metric: Metric, world: World) -> tuple[str, ...]:
    """The imported fact kinds a metric is computed from, those of the metrics it is built on included."""
    from stamm.answers.ask import operands_of
    from stamm.answers.plan import kinds_of
    from stamm.metrics import METRICS

    reductions, overs = operands_of(metric)
    found = set(kinds_of({reduction.fact for reduction in reductions.values()}, world))
    for over in overs.values():
        found.update(kinds_needed(METRICS[over.metric](), world))
    return tuple(sorted(found))


def facts_used(metric: Metric) -> frozenset[str]:
    """The facts a metric counts, those of the metrics it is built on included."""
    from stamm.answers.ask import operands_of
    from stamm.metrics import METRICS

    reductions, overs = operands_of(metric)
    inner = [facts_used(METRICS[over.metric]()) for over in overs.values()]
    return frozenset({reduction.fact for reduction in reductions.values()}).union(*inner)


def covered(world: World, kinds: Sequence[str]) -> Window | None:
    """The days that all of these kinds cover, up to as_of; None where there are none."""
    first, until = world.known_from(tuple(kinds)), world.known_until(tuple(kinds))
    if first is None or until is None:
        return None
    day = day_of(until, world.organisation.zone)
    end = day if world.day_start(day) == until else day + timedelta(days=1)
    return Window(first, end) if first < end else None


def windows_of(span: Span, world: World, metric: Metric, say: Session) -> tuple[Window, ...]:
    """The windows asked for; without days, all that the data cover."""
    days = _days(span, world, metric, kinds_needed(metric, world), say)
    return (days,) if span.window is not None else windows(days.start, days.end, span.grain)


def span_of(span: Span, world: World, analysis: Analysis, say: Session) -> Window:
    """The days asked for; without them, all that the data cover."""
    from stamm.answers.plan import kinds_of

    return _days(span, world, analysis, kinds_of(analysis.facts(), world), say)


def _days(span: Span, world: World, asked: Metric | Analysis, kinds: Sequence[str], say: Session) -> Window:
    if span.window is not None:
        if span.start or span.end:
            raise UsageError(
                say("--window already says from when to when."), remedy=say("Leave out --from and --to, or --window.")
            )
        return Window.parse(span.window)
    start, end = span.start, span.end
    if start is None or end is None:
        days = covered(world, kinds)
        if days is None:
            missing = ", ".join(kind for kind in kinds if kind not in world.coverage)
            raise UsageError(
                say("There is no data yet to compute {name} from.", name=asked.title(say.language.code)),
                where=say("missing: {kinds}", kinds=missing) if missing else "",
                remedy=say("Bring some in with `stamm import`, or name the days with --from and --to."),
            )
        start, end = start or days.start, end or days.end
    return Window(start, end)


def last_complete(world: World, kinds: Sequence[str], grain: str = "month") -> Window | None:
    """The last calendar window that the data cover whole; else all that they cover; None without data."""
    days = covered(world, kinds)
    if days is None:
        return None
    until = world.known_until(tuple(kinds))
    whole = [
        window
        for window in windows(days.start, days.end, grain)
        if window.start >= days.start and until is not None and window.ends_at(world.organisation.zone) <= until
    ]
    return whole[-1] if whole else days
