"""A lifecycle in words, bars and a ledger: who was active before, who came, who went, and who is active now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stamm.analyses.lifecycle import Period
from stamm.analyses.lifecycle.turns import DORMANT, NEW, RESURRECTED, RETURNING, WORDS
from stamm.answers.table import TableAnswer
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import Scale, scale_of
from stamm.charts.turns import Bar, Part, Turns, turns_svg
from stamm.charts.whisker import whisker
from stamm.lang.language import Language
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told
from stamm.reports.marked import filled
from stamm.reports.trends import picture

#: class, width and height of the picture in each size, and how many periods it shows
SIZES = (("when-broad", 1120, 340, 26), ("when-half", 720, 320, 14), ("when-small", 358, 300, 7))
#: from the axis up; the last one is drawn downwards
PARTS = (RETURNING, RESURRECTED, NEW, DORMANT)
MOST = 12


@dataclass(frozen=True)
class Cell:
    """A count, and which of the customers behind its row it is."""

    text: str
    part: int | None


@dataclass(frozen=True)
class Line:
    """One period of the ledger: before + new + came back - went quiet = active, and the share that was kept."""

    name: str
    note: str
    before: str
    cells: tuple[Cell, ...]
    active: str
    kept: str
    interval: str
    untold: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class LifecycleWords:
    """The last period that is over in a sentence and as a line that adds up, all periods as bars and as a ledger."""

    sentence: str
    now: Line
    lines: tuple[Line, ...]
    charts: tuple[Markup, ...]
    hatched: bool


@dataclass(frozen=True)
class Group:
    """One group beside the others, in the last period that is over."""

    name: str
    value: str
    active: str
    new: str
    quiet: str
    n: str
    kept: str
    drawn: Markup


@dataclass(frozen=True)
class Groups:
    """The groups, the largest first; how many are left, the ends of their axis, and the period."""

    shown: tuple[Group, ...]
    left: int
    ends: tuple[str, str]
    period: str


def lifecycle_of(answer: TableAnswer, say: Language) -> LifecycleWords | None:
    """The lifecycle of everybody together; None where no period can be told."""
    rows: Sequence[Period] = answer.rows
    told = [row for row in rows if row.new is not None]
    if not told:
        return None
    now = _last(told)
    lines = {row.period: _line(answer, row, say) for row in rows if row.active is not None}
    return LifecycleWords(
        sentence=_sentence(Told(answer, now, say)),
        now=lines[now.period],
        lines=tuple(reversed(lines.values())),
        charts=_charts(rows, say),
        hatched=any(not row.complete for row in told),
    )


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why no period can be told."""
    return why_not(answer.rows[-1].reason, answer, say)


def groups_of(answer: TableAnswer, say: Language) -> Groups | None:
    """The groups in the last period that is over; None where none can be told."""
    told = [row for row in answer.rows if row.new is not None]
    if not told:
        return None
    period = _last(told).period
    ordered = sorted((row for row in told if row.period == period), key=lambda row: (-row.active, row.group or ""))
    shown = ordered[:MOST]
    points = [Point(row.kept, row.low, row.high, row.complete) for row in shown]
    scale = scale_of(*extent_of(points), "share", say, lines=2)
    return Groups(
        shown=tuple(_group(Told(answer, row, say), point, scale) for row, point in zip(shown, points, strict=True)),
        left=len(ordered) - len(shown),
        ends=(scale.words[0], scale.words[-1]),
        period=say.period(period),
    )


def _group(told: Told, point: Point, scale: Scale) -> Group:
    row, say, kept = told.row, told.say, told("kept")
    return Group(
        name=say("unknown") if row.group is None else row.group,
        value=row.group or "",
        active=told("active"),
        new=told("new"),
        quiet=told("dormant"),
        n=told("before"),
        kept=kept,
        drawn=picture(whisker(point, None, scale, told.interval() or kept or say("no value"))),
    )


def _last(told: Sequence[Period]) -> Period:
    """The last period that is over, else the last one."""
    return next((row for row in reversed(told) if row.complete), told[-1])


def _line(answer: TableAnswer, row: Period, say: Language) -> Line:
    known = row.new is not None
    parts = {turn: place for place, turn in enumerate(WORDS)}
    told = Told(answer, row, say)
    counts = {NEW: "new", RESURRECTED: "resurrected", DORMANT: "dormant"}
    return Line(
        name=say.period(row.period, short=True),
        note=why_not(row.reason, answer, say) if row.reason and known else "",
        before=told("before"),
        cells=tuple(Cell(told(column), parts[turn]) for turn, column in counts.items()),
        active=told("active"),
        kept=told("kept"),
        interval=told.interval(),
        untold="" if known else why_not(row.reason, answer, say),
        who=tuple(f"{name}={value}" for name, value in answer.name_of(row).items()),
    )


def _sentence(told: Told) -> str:
    row, say = told.row, told.say
    period = say.period(row.period)
    if not row.before or row.kept is None:
        return filled(say("{period}: {count} were active."), period=period, count=told("active"))
    return filled(
        say("{period}: {count} were active; of {before} before, {share} stayed."),
        period=period,
        count=told("active"),
        before=told("before"),
        share=told("kept"),
    )


# -- the picture ---------------------------------------------------------------------------------------------
def _charts(rows: Sequence[Period], say: Language) -> tuple[Markup, ...]:
    """A picture for each width, of the last periods that it has room for."""
    return tuple(_chart(rows[-count:], kind, width, height, say) for kind, width, height, count in SIZES)


def _chart(rows: Sequence[Period], kind: str, width: int, height: int, say: Language) -> Markup:
    bars = [_bar(row, say) for row in rows]
    high = max((sum(bar.above) for bar in bars if bar.above is not None), default=0)
    low = max((bar.below for bar in bars), default=0)
    scale = scale_of(-float(low), float(max(high, 1)), "count", say, lines=4)
    # below zero lie people, too
    scale = Scale(scale.low, scale.high, scale.ticks, tuple(say.number(abs(tick)) for tick in scale.ticks))
    parts = [Part(turn, WORDS[turn].of(say.code)) for turn in PARTS]
    label = say(
        "{first} to {last}: up, who is active (stayed, came back, new); down, who went quiet. {more}",
        first=say.period(rows[0].period),
        last=say.period(rows[-1].period),
        more=say("The numbers are in the table below."),
    )
    return picture(turns_svg(Turns(bars, parts, scale), width, height, label=label, kind=kind))


def _bar(row: Period, say: Language) -> Bar:
    above = [row.returning, row.resurrected, row.new]
    known = [count for count in above if count is not None]
    year = row.period.start.month == 1 and row.period.length > 7
    name = say.period(row.period, short=True, year=year)
    return Bar(name, known if len(known) == len(above) else None, row.dormant or 0, row.complete)
