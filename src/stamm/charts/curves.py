"""Curves: what becomes of those who began together, all of them with their interval and a few groups beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stamm.charts.drawing import COLOURS, array, dots, of, svg_of, upright, zero_line
from stamm.charts.placing import LETTER, LINE, Label, label_places
from stamm.charts.points import Point, runs_of
from stamm.charts.scale import Scale

#: classes of the lines beside the main one, and so how many there may be
BESIDE = ("c-line s2", "c-line s3", "c-line s4")
_FOOT = 44


@dataclass(frozen=True)
class Curve:
    """One line and the words written at it: a point a place."""

    words: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Curves:
    """The main curve, with its interval, and up to three beside it; `places` are written below, with `under`."""

    main: Curve
    beside: Sequence[Curve]
    places: Sequence[str]
    under: str
    scale: Scale


def curves_svg(curves: Curves, width: int, height: int, *, label: str, kind: str) -> str:
    """The picture as SVG for one size; `label` says in words what it shows, `kind` is the class of the svg."""
    return svg_of(_layers(curves, width, height), width, height, top=8, label=label, kind=kind)


def _layers(curves: Curves, width: int, height: int) -> list[Any]:
    count, scale = len(curves.places), curves.scale
    plot = width - 12 - LETTER * max(map(len, scale.words), default=0)
    step = max(1, -(-count * int(LETTER * max(map(len, curves.places)) + 6) // int(plot)))
    y_axis, y_scale = upright(scale)
    x_axis = alt.Axis(
        values=list(range(0, count, step)),
        labelExpr=f"{array(curves.places)}[datum.value]",
        title=curves.under, domain=False, ticks=False, grid=False, labelColor=COLOURS[""], labelPadding=6,
        labelFontSize=12, titleColor=COLOURS[""], titleFontSize=12, titleFontWeight="normal", titlePadding=4,
        labelOverlap=False, labelFlush=False,
    )  # fmt: skip
    x = alt.X("place:Q", scale=alt.Scale(domain=[-0.5, count - 0.5], nice=False, zero=False), axis=x_axis)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", scale=y_scale, axis=y_axis)

    layers: list[Any] = []
    band = _rows(curves.main.points, banded=True)
    if band:
        layers.append(of(band).mark_area(color=COLOURS["c-band"]).encode(x=x, y=y("low"), y2="high:Q", detail="run:N"))
    for curve, kind in zip(curves.beside, BESIDE, strict=False):
        layers += _drawn(curve.points, kind, x, y("value"))
    layers += _drawn(curves.main.points, "c-line", x, y("value"))
    lines = [curves.main, *curves.beside]
    places = label_places([c.points for c in lines], [c.words for c in lines], scale, plot, height - _FOOT)
    for number, (curve, place) in enumerate(zip(lines, places, strict=True)):
        if place is not None:
            layers.append(_written(curve.words, place, "label" if number else "t1", x, y("value")))
    if scale.from_zero:
        layers.append(zero_line(y("value")))
    return layers


def _drawn(points: Sequence[Point], kind: str, x: Any, y: Any) -> list[Any]:
    """Lines through complete points; those that stand alone as dots, those that can still change hollow."""
    found = []
    lines = _rows(points)
    if lines:
        found.append(of(lines).mark_line(color=COLOURS[kind]).encode(x=x, y=y, detail="run:N"))
    alone = [{"place": run[0], "value": points[run[0]].value} for run in runs_of(points) if len(run) == 1]
    if alone:
        found.append(dots(alone, "c-point", x, y))
    hollow = [{"place": i, "value": p.value} for i, p in enumerate(points) if p.value is not None and not p.complete]
    if hollow:
        found.append(dots(hollow, "c-point hollow", x, y))
    return found


def _rows(points: Sequence[Point], *, banded: bool = False) -> list[dict[str, Any]]:
    return [
        {"place": i, "value": points[i].value, "low": points[i].low, "high": points[i].high, "run": number}
        for number, run in enumerate(runs_of(points))
        for i in run
        if len(run) > 1 and not (banded and None in (points[i].low, points[i].high))
    ]


def _written(words: str, place: Label, kind: str, x: Any, y: Any) -> Any:
    row = {"place": place.at, "value": place.value, "words": words}
    text = of([row]).mark_text(color=COLOURS[kind], dx=place.right, dy=place.down, lineHeight=LINE)
    return text.encode(x=x, y=y, text="words:N")
