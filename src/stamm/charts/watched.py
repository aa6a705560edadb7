"""A number that is watched: its windows, the band or the line that they are held against, and which were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stamm.charts.drawing import COLOURS, array, dots, of, svg_of, upright, zero_line
from stamm.charts.placing import LETTER, LINE
from stamm.charts.scale import Scale


@dataclass(frozen=True)
class Watched:
    """Values and ends of the band, one a window (None where not known), labels, and the places that were told.

    A `line` takes the place of the band.
    """

    values: Sequence[float | None]
    bands: Sequence[tuple[float, float] | None]
    labels: Sequence[str]
    scale: Scale
    told: Sequence[int] = ()
    line: float | None = None


def watched_svg(watched: Watched, width: int, height: int, *, label: str, kind: str) -> str:
    """The picture as SVG for one size; `label` says in words what it shows, `kind` is the class of the svg."""
    return svg_of(_layers(watched, width), width, height, top=12, label=label, kind=kind)


def _layers(watched: Watched, width: int) -> list[Any]:
    scale, count = watched.scale, len(watched.values)
    y_axis, y_scale = upright(scale)
    room = (width - 24 - LETTER * max(map(len, scale.words), default=0)) / max(count, 1)
    x_axis = alt.Axis(
        values=_shown(watched.labels, room), labelExpr=f"{array(watched.labels)}[datum.value]",
        title=None, domain=False, ticks=False, grid=False, labelColor=COLOURS[""], labelPadding=6,
        labelFontSize=12, labelLineHeight=LINE, labelOverlap=False, labelFlush=False,
    )  # fmt: skip
    x = alt.X("place:Q", scale=alt.Scale(domain=[-0.5, count - 0.5], nice=False, zero=False), axis=x_axis)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", scale=y_scale, axis=y_axis)

    layers: list[Any] = []
    banded = [
        {"place": place, "low": max(band[0], scale.low), "high": min(band[1], scale.high)}
        for place, band in enumerate(watched.bands)
        if band is not None
    ]
    if banded:
        layers.append(of(banded).mark_area(color=COLOURS["c-band"]).encode(x=x, y=y("low"), y2="high:Q"))
    if watched.line is not None:
        ends = [{"place": place, "value": watched.line} for place in (-0.5, count - 0.5)]
        layers.append(of(ends).mark_line(color=COLOURS["c-goal"]).encode(x=x, y=y("value")))
    known = [{"place": place, "value": value, "run": run} for run, place, value in _runs(watched.values)]
    if known:
        layers.append(of(known).mark_line(color=COLOURS["c-line"]).encode(x=x, y=y("value"), detail="run:N"))
    told = [{"place": place, "value": watched.values[place]} for place in watched.told]
    if told:
        layers.append(dots(told, "c-point halo", x, y("value")))
        layers.append(dots(told, "c-point told", x, y("value")))
    if scale.from_zero:
        layers.append(zero_line(y("value")))
    return layers or [of([]).mark_point().encode(x=x, y=y("value"))]


def _runs(values: Sequence[float | None]) -> list[tuple[int, int, float]]:
    """Values with the number of the run without a gap that they lie in, and their places."""
    found, run = [], 0
    for place, value in enumerate(values):
        if value is None:
            run += 1
        else:
            found.append((run, place, value))
    return found


def _shown(labels: Sequence[str], room: float) -> list[int]:
    """Places whose label is written, from the last one back: as many as fit."""
    step = max(1, int(-(-(max(map(len, labels), default=1) * LETTER + 12) // max(room, 1))))
    last = len(labels) - 1
    return [place for place in range(len(labels)) if (last - place) % step == 0]
