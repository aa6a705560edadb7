"""What goes with staying, in words: each behaviour with and without it, and how far apart these are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stamm.analyses.drivers.effect import LESS, MORE, Driver
from stamm.answers.table import TableAnswer
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.charts.whisker import whisker
from stamm.lang.language import Language
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told
from stamm.reports.marked import filled
from stamm.reports.trends import picture

#: groups beside each other, the largest first
MOST = 6
SHOWN = (MORE, LESS)


@dataclass(frozen=True)
class Line:
    """One behaviour: of those with and without it how many they are and which share stayed, and the difference."""

    name: str
    n: str
    stayed: str
    n_without: str
    stayed_without: str
    difference: str
    interval: str
    drawn: Markup
    verdict: str
    looks: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class DriversWords:
    """The behaviours of which something is known, in order; those of which nothing is, by the reason."""

    sentence: str
    lines: tuple[Line, ...]
    ends: tuple[str, str]
    untold: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Split:
    """Behaviours down, groups across: the difference in each, with who had the behaviour (n)."""

    groups: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    left: int


def drivers_of(answer: TableAnswer, say: Language) -> DriversWords | None:
    """The behaviours of everybody together; None where nothing can be told."""
    told = [row for row in answer.rows if row.difference is not None]
    if not told:
        return None
    points = [Point(row.difference, row.low, row.high, row.complete) for row in told]
    low, high = extent_of([*points, Point(0.0)])
    scale = scale_of(low, high, "number", say, lines=6)
    untold: dict[str, list[str]] = {}
    for row in answer.rows:
        if row.difference is None:
            untold.setdefault(why_not(row.reason, answer, say), []).append(row.driver.of(say.code))
    return DriversWords(
        sentence=_sentence(answer, told, say),
        lines=tuple(
            _line(
                answer,
                row,
                picture(whisker(point, 0.0, scale, Told(answer, row, say).interval() or _points(row, say))),
                say,
            )
            for row, point in zip(told, points, strict=True)
        ),
        ends=(_ends(scale.low, say), _ends(scale.high, say)),
        untold=tuple((reason[:1].upper() + reason[1:], ", ".join(names)) for reason, names in untold.items()),
    )


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why nothing can be told."""
    return why_not(answer.rows[0].reason, answer, say)


def split_of(answer: TableAnswer, say: Language) -> Split:
    """The differences within each group."""
    told = [row for row in answer.rows if row.difference is not None]
    sizes: dict[str | None, int] = {}
    for row in told:
        sizes[row.group] = max(sizes.get(row.group, 0), (row.n or 0) + (row.n_without or 0))
    groups = sorted(sizes, key=lambda group: (-sizes[group], group or ""))
    known = {(row.driver, row.group): row for row in told}
    drivers = sorted({row.driver for row in told}, key=lambda driver: driver.of(say.code))
    lines = []
    for driver in drivers:
        rows = [known.get((driver, group)) for group in groups[:MOST]]
        known_of = (None if row is None else Told(answer, row, say) for row in rows)
        cells = tuple(("", "") if told is None else (told("difference"), told("n")) for told in known_of)
        lines.append((driver.of(say.code), cells))
    names = tuple((say("unknown") if group is None else group, group or "") for group in groups[:MOST])
    return Split(names, tuple(lines), max(len(groups) - MOST, 0))


def _sentence(answer: TableAnswer, told: Sequence[Driver], say: Language) -> str:
    """What goes most clearly with staying, and with leaving; nothing where nothing is shown."""
    better = next((row for row in told if row.verdict == MORE), None)
    worse = next((row for row in told if row.verdict == LESS), None)
    if better is None and worse is None:
        return say("Nothing here is shown to go with staying or leaving.")
    found = []
    if better is not None:
        found.append(filled(say("Stayed more often: {name} ({points} points)."), **_named(answer, better, say)))
    if worse is not None:
        found.append(filled(say("Stayed less often: {name} ({points} points)."), **_named(answer, worse, say)))
    return found[0] if len(found) == 1 else filled("{more} {less}", more=found[0], less=found[1])


def _named(answer: TableAnswer, row: Driver, say: Language) -> dict[str, str]:
    return {"name": row.driver.of(say.code), "points": Told(answer, row, say)("difference")}


def _line(answer: TableAnswer, row: Driver, drawn: Markup, say: Language) -> Line:
    verdict = row.verdict.of(say.code) if row.verdict is not None else why_not(row.reason, answer, say)
    told = Told(answer, row, say)
    return Line(
        name=row.driver.of(say.code),
        n=told("n"),
        stayed=told("share"),
        n_without=told("n_without"),
        stayed_without=told("share_without"),
        difference=told("difference"),
        interval=told.interval(),
        drawn=drawn,
        verdict=verdict,
        looks="" if row.verdict in SHOWN else "soft",
        who=tuple(f"{name}={value}" for name, value in answer.name_of(row).items()),
    )


def _points(row: Driver, say: Language) -> str:
    return say.value(row.difference, "difference")


def _ends(value: float, say: Language) -> str:
    return say.value(value, "difference", digits=0)
