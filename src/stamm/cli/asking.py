"""From the words of a command line to a question: dates, windows, parameters, and what the data cover."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stamm.cli.session import Session, current
from stamm.cli.speaking import option
from stamm.lang.errors import UsageError
from stamm.lang.window import Window, windows

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


def where_option(function: F) -> F:
    """--where, handed over as the filter it says."""

    @functools.wraps(function)
    def ask(*, where: tuple[str, ...], **others: Any) -> Any:
        from stamm.facts.filter import filter_of

        return function(**others, where=filter_of(where))

    how = (
        "Only where this holds: country=DE, channel=web,app (one of them), channel!=web (none of them), country= "
        "(unknown); may be repeated."
    )
    asked: F = option("--where", multiple=True, metavar="COLUMN=VALUE", help=how)(ask)
    return asked


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


# -- which days ----------------------------------------------------------------------------------------------
def windows_of(span: Span, world: World, metric: Metric, say: Session) -> tuple[Window, ...]:
    """The windows asked for; without days, all that the data cover."""
    days = span_of(span, world, metric, say)
    return (days,) if span.window is not None else windows(days.start, days.end, span.grain)


def span_of(span: Span, world: World, asked: Metric | Analysis, say: Session) -> Window:
    """The days asked for; without them, all that the data cover."""
    from stamm.answers.reach import covered, kinds_needed

    if span.window is not None:
        if span.start or span.end:
            raise UsageError(
                say("--window already says from when to when."), remedy=say("Leave out --from and --to, or --window.")
            )
        return Window.parse(span.window)
    start, end = span.start, span.end
    if start is None or end is None:
        kinds = kinds_needed(asked, world)
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
