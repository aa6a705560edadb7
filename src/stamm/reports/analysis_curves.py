"""Analyses that are curves, drawn: how long customers stay, and which share of them brings how much."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from stamm.analyses.concentration import TOTALS, Concentration
from stamm.analyses.survival import SUMMARY, Survival
from stamm.analyses.survival.curve import EVENT
from stamm.answers.table import TableAnswer
from stamm.charts.curves import BESIDE, Curve, Curves, curves_svg
from stamm.charts.points import Point
from stamm.charts.scale import scale_of
from stamm.lang.language import Language
from stamm.reports.trends import SIZES, picture

#: places across; a curve with more steps is drawn at so many times, evenly apart
MOST_PLACES = 60


@dataclass(frozen=True)
class Drawing:
    """The curve of all, with its interval, those of groups beside it, and what stands below."""

    main: Curve
    beside: Sequence[Curve]
    places: Sequence[str]
    under: str


def charts_of(answer: TableAnswer, say: Language, parts: TableAnswer | None = None) -> tuple[Markup, ...]:
    """A picture for each width, of an analysis that is a curve; `parts` is the same split: its largest groups."""
    if isinstance(answer.analysis, Survival):
        drawing = _survival(answer, parts, say)
    elif isinstance(answer.analysis, Concentration):
        drawing = _lorenz(answer, parts, say)
    else:
        return ()
    if len(drawing.main.points) < 2 or drawing.main.points[-1].value is None:
        return ()
    label = say("{curve}; {under}. The numbers are in the table below.", curve=drawing.main.words, under=drawing.under)
    return tuple(
        picture(
            curves_svg(
                Curves(
                    drawing.main,
                    drawing.beside,
                    drawing.places,
                    drawing.under,
                    scale_of(0.0, 1.0, "share", say, lines=5 if width > 400 else 4),
                ),
                width,
                height,
                label=label,
                kind=kind,
            )
        )
        for kind, width, height in SIZES
    )


def largest(parts: TableAnswer | None) -> list[str | None]:
    """The groups of most customers, at most as many as can be drawn, the largest first."""
    if parts is None:
        return []
    table, size = (SUMMARY, "spells") if isinstance(parts.analysis, Survival) else (TOTALS, "customers")
    in_order = sorted(parts.tables[table], key=lambda row: -getattr(row, size))
    return [row.group for row in in_order[: len(BESIDE)]]


def _named(group: str | None, say: Language) -> str:
    return say("unknown") if group is None else group


# -- how long customers stay ---------------------------------------------------------------------------------
def _survival(answer: TableAnswer, parts: TableAnswer | None, say: Language) -> Drawing:
    rows = answer.rows
    grid = answer.analysis.settings["grid"]
    known = [row for row in rows if row.survival is not None]
    words = say("still here, {share}", share=say.percent(known[-1].survival)) if known else ""
    if grid == EVENT or len(rows) > MOST_PLACES:
        last = known[-1].days if known else 0.0
        times = [last * place / MOST_PLACES for place in range(MOST_PLACES + 1)]
        places, under = [say.trimmed(time, 0) for time in times], say("days since they became customers")
    else:
        times, places = [row.days for row in rows], [str(row.step) for row in rows]
        under = {
            "day": say("days since they became customers"),
            "week": say("weeks since they became customers"),
            "month": say("months since they became customers"),
            "quarter": say("quarters since they became customers"),
            "year": say("years since they became customers"),
        }[grid]
    beside = [
        Curve(_named(group, say), _at(times, [row for row in parts.rows if row.group == group]))
        for group in largest(parts)
        if parts is not None
    ]
    return Drawing(Curve(words, _at(times, rows)), beside, places, under)


def _at(times: Sequence[float], rows: Sequence[Any]) -> list[Point]:
    """The curve at these times: it is a stair, so what holds is what held at the step before."""
    known = [row for row in rows if row.survival is not None]
    days = [row.days for row in known]
    found = []
    for time in times:
        place = bisect_right(days, time + 1e-9)
        row = known[place - 1] if place and time <= days[-1] + 1e-9 else None
        found.append(Point(None) if row is None else Point(row.survival, row.low, row.high, True))
    return found


# -- who brings how much -------------------------------------------------------------------------------------
def _lorenz(answer: TableAnswer, parts: TableAnswer | None, say: Language) -> Drawing:
    rows = answer.rows
    percents = (0, *(row.percent for row in rows))
    even = Curve(say("evenly shared"), [Point(percent / 100) for percent in percents])
    groups = [
        Curve(_named(group, say), _from_nothing([row for row in parts.rows if row.group == group]))
        for group in largest(parts)[: len(BESIDE) - 1]
        if parts is not None
    ]
    best = answer.analysis.settings["first"] == "best"
    under = (
        say("percent of the customers, the best first") if best else say("percent of the customers, the least first")
    )
    main = Curve(say("what they bring"), _from_nothing(rows))
    return Drawing(main, [even, *groups], [str(percent) for percent in percents], under)


def _from_nothing(rows: Sequence[Any]) -> list[Point]:
    return [Point(0.0), *(Point(row.value) for row in rows)]
