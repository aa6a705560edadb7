"""The way to a target: the path as it was set, the number as it was, and where it will end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stamm.charts.drawing import COLOURS, array, dots, of, svg_of, upright, zero_line
from stamm.charts.placing import LETTER, LINE
from stamm.charts.scale import Scale


@dataclass(frozen=True)
class Way:
    """Values and path at the same places, each so many days from the first and with its label.

    `ends` is the interval at the last one; `words` are written at the target: what it is.
    """

    days: Sequence[int]
    values: Sequence[float | None]
    path: Sequence[float | None]
    labels: Sequence[str]
    scale: Scale
    words: str
    ends: tuple[float, float] | None = None


def way_svg(way: Way, width: int, height: int, *, label: str, kind: str) -> str:
    """The picture as SVG for one size; `label` says in words what it shows, `kind` is the class of the svg."""
    return svg_of(_layers(way, width), width, height, top=12, label=label, kind=kind)


def _layers(way: Way, width: int) -> list[Any]:
    scale, last = way.scale, way.days[-1]
    y_axis, y_scale = upright(scale)
    room = width - 24 - LETTER * max(map(len, scale.words), default=0)
    x_axis = alt.Axis(
        values=[way.days[place] for place in _shown(way, room)],
        labelExpr=f"{array(way.labels)}[indexof({list(way.days)}, datum.value)]",
        title=None, domain=False, ticks=False, grid=False, labelColor=COLOURS[""], labelPadding=6,
        labelFontSize=12, labelLineHeight=LINE, labelOverlap=False, labelFlush=False,
    )  # fmt: skip
    beside = last * 0.03
    x = alt.X("day:Q", scale=alt.Scale(domain=[-beside, last + beside], nice=False, zero=False), axis=x_axis)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", scale=y_scale, axis=y_axis)

    layers: list[Any] = []
    path = _rows(way.days, way.path)
    if path:
        layers.append(of(path).mark_line(color=COLOURS["c-goal"]).encode(x=x, y=y("value")))
        text = of(path[-1:]).mark_text(color=COLOURS["label"], align="right", baseline="bottom", dy=-6)
        layers.append(text.encode(x=x, y=y("value"), text=alt.value(way.words)))
    if way.ends is not None:
        row = [{"day": last, "low": way.ends[0], "high": way.ends[1]}]
        layers.append(of(row).mark_rule(color=COLOURS["c-whisker"]).encode(x=x, y=y("low"), y2="high:Q"))
    known = _rows(way.days, way.values)
    if len(known) > 1:
        layers.append(of(known).mark_line(color=COLOURS["c-line"]).encode(x=x, y=y("value")))
    if known:
        layers.append(dots(known[-1:], "c-point halo", x, y("value")))
        layers.append(dots(known[-1:], "c-point", x, y("value")))
    if scale.from_zero:
        layers.append(zero_line(y("value")))
    return layers


def _shown(way: Way, room: float) -> list[int]:
    """Places whose label is written, from the last one back: as many as fit."""
    widest = (max(map(len, way.labels)) * LETTER + 8) / max(room, 1) * way.days[-1]
    found = [len(way.days) - 1]
    for place in range(len(way.days) - 2, -1, -1):
        if way.days[found[-1]] - way.days[place] >= widest:
            found.append(place)
    return found[::-1]


def _rows(days: Sequence[int], values: Sequence[float | None]) -> list[dict[str, float]]:
    return [{"day": day, "value": value} for day, value in zip(days, values, strict=True) if value is not None]
