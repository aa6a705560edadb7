"""Cohorts as curves: all of them with their interval, and three that show how far they lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from stamm.charts.curves import BESIDE, Curve, Curves, curves_svg
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.reports.cohort_words import heads_of
from stamm.reports.heat import Grid, Line, key_of, line_words, period_words
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


def curves_of(grid: Grid, say: Language, drawn: Sequence[Line] = ()) -> CohortCurves | None:
    """The curves of a grid; None where there is one period only, which is no curve.

    Beside all together are the lines `drawn`, else three that show how far they lie apart.
    """
    pooled = grid.row(None)
    known = [cell for cell in pooled if cell.value is not None]
    if len(known) < 2:
        return None
    banded = any(cell.low is not None for cell in pooled)
    chosen, about = _beside(grid, say, drawn, banded=banded)
    first, last = known[0], known[-1]
    heads, currency = heads_of(grid.answer.analysis, say), grid.answer.currency
    words = say("all, {share}", share=say.value(last.value, grid.unit, currency))
    main = Curve(words, _points(pooled))
    beside = [Curve(line_words(line, say), _points(grid.row(line))) for line in chosen]
    label = say(
        "{shown}, by {unit}: of all {first} in {unit} {start}, {last} in {unit} {end}. "
        "The numbers are in the table above.",
        shown=heads.share.removesuffix(", %"),
        unit=heads.unit,
        first=say.value(first.value, grid.unit, currency),
        start=first.period,
        last=say.value(last.value, grid.unit, currency),
        end=last.period,
    )
    charts = []
    for kind, width, height in SIZES:
        low, high = extent_of([point for curve in (main, *beside) for point in curve.points])
        scale = scale_of(min(low, 0.0), high, grid.unit, say, currency, lines=5 if width > 400 else 4)
        drawing = Curves(main, beside, [period_words(cell) for cell in pooled], heads.after, scale)
        charts.append(picture(curves_svg(drawing, width, height, label=label, kind=kind)))
    rests = say(
        "{unit} {number} rests on {count} customers.",
        unit=heads.unit.capitalize(), number=period_words(last), count=say.number(last.size),
    )  # fmt: skip
    return CohortCurves(tuple(charts), f"{about} {rests}", banded)


def drawn_keys(grid: Grid, say: Language, drawn: Sequence[Line]) -> frozenset[str]:
    """The names in an address of the lines that are drawn beside all together."""
    return frozenset(map(key_of, _beside(grid, say, drawn, banded=False)[0]))


def _beside(grid: Grid, say: Language, drawn: Sequence[Line], *, banded: bool) -> tuple[Sequence[Line], str]:
    """The lines that somebody chose, else three that show how far all lie apart; and what they are."""
    if drawn:
        return drawn[: len(BESIDE)], _all_words(say, banded=banded)
    return _chosen(grid, say, banded=banded)


def _points(cells: list[Any]) -> list[Point]:
    return [Point(cell.value, cell.low, cell.high, cell.complete) for cell in cells]


def _chosen(grid: Grid, say: Language, *, banded: bool) -> tuple[Sequence[Line], str]:
    """Up to three lines, and what they are: the oldest cohort, and those with most and fewest back early."""
    if grid.groups:
        return grid.groups[: len(BESIDE)], f"{_all_words(say, banded=banded)} {say('Beside them the largest groups.')}"
    known = {cohort: [cell for cell in grid.row(cohort) if cell.complete] for cohort in grid.cohorts}
    early = min(EARLY, max(len(cells) for cells in known.values()))
    able = [cohort for cohort, cells in known.items() if len(cells) >= max(early, 2) and cells[0].size >= ENOUGH]
    if len(able) <= len(BESIDE):
        each = say("Beside them each cohort with at least {n} customers.", n=ENOUGH)
        return able, f"{_all_words(say, banded=banded)} {each}" if able else _all_words(say, banded=banded)

    def back(cohort: Window) -> float:
        cells = known[cohort][:early]
        return float(sum(cell.returned for cell in cells) / sum(cell.size for cell in cells))

    most, fewest = max(able, key=back), min(able, key=back)
    about = say(
        "Beside them the oldest, and those of which most ({most}) and fewest ({fewest}) came back in "
        "{unit} {first} to {last}.",
        most=say.period(most),
        fewest=say.period(fewest),
        unit=heads_of(grid.answer.analysis, say).unit,
        first=period_words(grid.row(None)[0]),
        last=period_words(grid.row(None)[early - 1]),
    )
    return sorted({able[0], most, fewest}, key=lambda cohort: cohort.start), f"{_all_words(say, banded=banded)} {about}"


def _all_words(say: Language, *, banded: bool) -> str:
    return say("All together with the 95% interval.") if banded else say("All together.")
