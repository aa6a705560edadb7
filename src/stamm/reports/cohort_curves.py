"""Cohorts as curves: all of them with their interval, and three that show how far they lie apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from stamm.charts.curves import BESIDE, Curve, Curves, curves_svg
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.reports.heat import Grid
from stamm.reports.trends import SIZES, picture

#: a cohort with fewer customers is no example of anything
ENOUGH = 30
#: cohorts are compared by their first months
EARLY = 3


@dataclass(frozen=True)
class CohortCurves:
    """The same picture for each width, and what has to be said of it."""

    charts: tuple[Markup, ...]
    about: str
    banded: bool


def curves_of(grid: Grid, say: Language) -> CohortCurves | None:
    """The curves of a grid; None where there is one period only, which is no curve."""
    pooled = grid.row(None)
    if sum(cell.value is not None for cell in pooled) < 2:
        return None
    chosen, about = _chosen(grid, say)
    last = [cell for cell in pooled if cell.value is not None][-1]
    main = Curve(say("all, {share}", share=say.percent(last.value)), _points(pooled))
    beside = [Curve(say.window(cohort, short=True), _points(grid.row(cohort))) for cohort in chosen]
    label = say(
        "Share who came back by month after the first: of all {first} in month {start}, {last} in month {end}. "
        "The numbers are in the table above.",
        first=say.percent(pooled[0].value),
        start=pooled[0].period,
        last=say.percent(last.value),
        end=last.period,
    )
    charts = []
    for kind, width, height in SIZES:
        extent = extent_of([point for curve in (main, *beside) for point in curve.points])
        scale = scale_of(0.0, extent[1], "share", say, lines=5 if width > 400 else 4)
        drawn = Curves(main, beside, [str(p) for p in grid.periods], say("months after the first"), scale)
        charts.append(picture(curves_svg(drawn, width, height, label=label, kind=kind)))
    rests = say("Month {number} rests on {count} customers.", number=last.period, count=say.number(last.n))
    return CohortCurves(tuple(charts), f"{about} {rests}", any(cell.low is not None for cell in pooled))


def _points(cells: list[Any]) -> list[Point]:
    return [Point(cell.value, cell.low, cell.high, cell.complete) for cell in cells]


def _chosen(grid: Grid, say: Language) -> tuple[list[Window], str]:
    """Up to three cohorts, oldest first, and what they are: the oldest, and those with most and fewest back early."""
    known = {cohort: [cell for cell in grid.row(cohort) if cell.complete] for cohort in grid.cohorts}
    early = min(EARLY, max(len(cells) for cells in known.values()))
    able = [cohort for cohort, cells in known.items() if len(cells) >= max(early, 2) and cells[0].size >= ENOUGH]
    if len(able) <= len(BESIDE):
        listed = say("All cohorts together with the 95% interval, and each with at least {n} customers.", n=ENOUGH)
        return able, listed if able else say("All cohorts together with the 95% interval.")

    def back(cohort: Window) -> float:
        cells = known[cohort][:early]
        return float(sum(cell.returned for cell in cells) / sum(cell.size for cell in cells))

    most, fewest = max(able, key=back), min(able, key=back)
    about = say(
        "All cohorts together with the 95% interval; the oldest; and those of which most ({most}) and fewest "
        "({fewest}) came back in months 1 to {early}.",
        most=say.month(most.start),
        fewest=say.month(fewest.start),
        early=early,
    )
    return sorted({able[0], most, fewest}, key=lambda cohort: cohort.start), about
