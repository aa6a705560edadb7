"""Trends: a number over time, drawn by Altair, coloured by the page.

Vega writes colours into the picture. Here each colour is only a mark that stands for a class, so that one
picture serves the light and the dark theme, and print.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import vl_convert

from stamm.charts.placing import LETTER, LINE, Place, place_of
from stamm.charts.points import Point, runs_of
from stamm.charts.scale import Scale

#: what a colour stands for
CLASSES = {
    "#00000a": "c-grid",
    "#00000b": "c-hatch",
    "#00000c": "c-band",
    "#00000d": "c-whisker",
    "#00000e": "c-line",
    "#00001a": "c-point",
    "#00001b": "c-point halo",
    "#00001c": "c-point hollow",
    "#00001d": "strong",
    "#00001e": "",
    "#00001f": "c-axis",
}
_COLOURS = {name: colour for colour, name in CLASSES.items()}
_PAPER = "#fffffe"
_KEPT = ("d", "x", "y", "x1", "x2", "y1", "y2", "dy", "transform", "text-anchor")
_DOT, _HOLLOW, _HALO = 28, 30, 100


@dataclass(frozen=True)
class Trend:
    """A number over time: one point and one label (month, and year or nothing) a window, and the value axis.

    `marked` gives the words written at the last complete point; `note` is written over unfinished windows.
    """

    points: Sequence[Point]
    labels: Sequence[tuple[str, str]]
    scale: Scale
    marked: str = ""
    note: str = ""


def trend_svg(trend: Trend, width: int, height: int, *, label: str, kind: str) -> str:
    """The picture as SVG for one size; `label` says in words what it shows, `kind` is the class of the svg."""
    chart = _chart(trend, width, height)
    svg = vl_convert.vegalite_to_svg(chart.to_dict(validate=False))
    root = ET.fromstring(svg)  # noqa: S314 - written by Vega a line ago
    drawn = "".join(_plain(child) for child in root)
    return f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">{drawn}</svg>'


# -- the chart ------------------------------------------------------------------------
def _chart(trend: Trend, width: int, height: int) -> Any:
    count, scale = len(trend.points), trend.scale
    room = (width - 12 - LETTER * max(map(len, scale.words), default=0)) / max(count, 1)
    y_axis = alt.Axis(
        values=list(scale.ticks),
        labelExpr=f"{_array(scale.words)}[indexof({list(scale.ticks)}, datum.value)]",
        title=None, domain=False, ticks=False, gridColor=_COLOURS["c-grid"], labelColor=_COLOURS[""],
        labelPadding=8, labelFontSize=12, labelLimit=200,
    )  # fmt: skip
    x_axis = alt.Axis(
        values=_shown(trend, room),
        labelExpr=f"{_rows(_labels(trend, room))}[datum.value]",
        title=None, domain=False, ticks=False, grid=False, labelColor=_COLOURS[""], labelPadding=6,
        labelFontSize=12, labelLineHeight=LINE, labelOverlap=False, labelFlush=False,
    )  # fmt: skip
    y_scale = alt.Scale(domain=[scale.low, scale.high], zero=False, nice=False)
    x = alt.X("place:Q", scale=alt.Scale(domain=[-0.5, count - 0.5], nice=False, zero=False), axis=x_axis)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", scale=y_scale, axis=y_axis)

    layers: list[Any] = []
    open_windows = [{"place": i - 0.5, "until": i + 0.5} for i, p in enumerate(trend.points) if not p.complete]
    if open_windows:
        layers.append(_of(open_windows).mark_rect(color=_COLOURS["c-hatch"]).encode(x=x, x2="until:Q"))
    rows = _joined(trend.points)
    banded = [row for row in rows if row["low"] is not None and row["high"] is not None]
    lone = [row for row in banded if row["alone"]]
    if len(banded) > len(lone):
        joined = _of([row for row in banded if not row["alone"]])
        layers.append(joined.mark_area(color=_COLOURS["c-band"]).encode(x=x, y=y("low"), y2="high:Q", detail="run:N"))
    if lone:
        layers.append(_of(lone).mark_rule(color=_COLOURS["c-whisker"]).encode(x=x, y=y("low"), y2="high:Q"))
    lines = [row for row in rows if not row["alone"]]
    if lines:
        layers.append(_of(lines).mark_line(color=_COLOURS["c-line"]).encode(x=x, y=y("value"), detail="run:N"))
    if rows:
        layers.append(_dots(rows[-1:], "c-point halo", _HALO, x, y("value")))
        layers.append(_dots(rows, "c-point", _DOT, x, y("value")))
        place = place_of(trend.marked, trend.points, scale, room * count, height - 56)
        if place is not None:
            layers.append(_marked(trend, place, rows[-1]["place"], x, y("value")))
    so_far = [
        {"place": i, "value": p.value} for i, p in enumerate(trend.points) if not p.complete and p.value is not None
    ]
    if so_far:
        layers.append(_dots(so_far, "c-point hollow", _HOLLOW, x, y("value")))
    if trend.note:
        layers.append(_noted(trend, x))
    if scale.from_zero:
        layers.append(_of([{"value": 0}]).mark_rule(color=_COLOURS["c-axis"]).encode(y=y("value")))
    return alt.layer(
        *layers or [_of([]).mark_point().encode(x=x, y=y("value"))],
        width=width, height=height,
        padding={"left": 1, "right": 1, "top": 4 if trend.note else 8, "bottom": 2},
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        config=alt.Config(aria=False, view=alt.ViewConfig(stroke=None), background=_PAPER),
    )  # fmt: skip


def _of(rows: Sequence[dict[str, Any]]) -> Any:
    return alt.Chart(alt.InlineData(values=list(rows)))


def _joined(points: Sequence[Point]) -> list[dict[str, Any]]:
    return [
        {
            "place": place,
            "value": points[place].value,
            "low": points[place].low,
            "high": points[place].high,
            "run": number,
            "alone": len(run) == 1,
        }
        for number, run in enumerate(runs_of(points))
        for place in run
    ]


def _dots(rows: Sequence[dict[str, Any]], kind: str, size: int, x: Any, y: Any) -> Any:
    dots = _of(rows).mark_point(shape="circle", filled=True, opacity=1, size=size, color=_COLOURS[kind])
    return dots.encode(x=x, y=y)


def _marked(trend: Trend, place: Place, at: int, x: Any, y: Any) -> Any:
    """The last value in words, where it covers nothing."""
    row = {"place": at, "value": place.value, "words": trend.marked}
    text = _of([row]).mark_text(color=_COLOURS["strong"], dx=place.right, dy=place.down)
    return text.encode(x=x, y=y, text="words:N")


def _noted(trend: Trend, x: Any) -> Any:
    place = max((i for i, point in enumerate(trend.points) if not point.complete), default=len(trend.points) - 1)
    late = place >= len(trend.points) / 2
    row = {"place": place + (0.5 if late else -0.5), "words": trend.note}
    text = _of([row]).mark_text(color=_COLOURS[""], align="right" if late else "left", baseline="bottom")
    return text.encode(x=x, y=alt.value(-8), text="words:N")


# -- labels -----------------------------------------------------------------------------
def _shown(trend: Trend, room: float) -> list[int]:
    """Places whose label is written: as many as fit, the last complete one among them."""
    widest = max((max(len(month), len(year)) for month, year in trend.labels), default=1) * LETTER + 6
    step = max(1, int(-(-widest // max(room, 1))))
    runs = runs_of(trend.points)
    anchor = runs[-1][-1] if runs else len(trend.points) - 1
    return [place for place in range(len(trend.points)) if (place - anchor) % step == 0]


def _labels(trend: Trend, room: float) -> list[list[str]]:
    shown = _shown(trend, room)
    rows: list[list[str]] = [[month] for month, _ in trend.labels]
    year = ""
    for place in shown:
        if trend.labels[place][1] != year:
            year = trend.labels[place][1]
            rows[place].append(year)
    return rows


def _array(words: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(word) for word in words) + "]"


def _rows(rows: Sequence[Sequence[str]]) -> str:
    return "[" + ", ".join(_array(row) for row in rows) + "]"


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"


# -- the picture without Vega's own looks -------------------------------------------------
def _plain(element: ET.Element) -> str:
    tag = element.tag.rpartition("}")[2]
    colour = element.get("fill", "none") if element.get("fill", "none") != "none" else element.get("stroke", "none")
    if tag == "g":
        inner = "".join(_plain(child) for child in element)
        place = _moved(element.get("transform", ""))
        return f'<g transform="{place}">{inner}</g>' if inner and place else inner
    if colour not in CLASSES or tag not in ("path", "line", "text"):
        return ""
    kind = CLASSES[colour]
    attributes = {name: _short(element.attrib[name]) for name in _KEPT if name in element.attrib}
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value)
    looks = (f' class="{kind}"' if kind else "") + (' fill="url(#hatch)"' if kind == "c-hatch" else "")
    if tag != "text":
        return f"<{tag}{looks}{written}/>"
    return f"<text{looks}{written}>{escape(element.text or '')}{''.join(_line(part) for part in element)}</text>"


def _line(part: ET.Element) -> str:
    attributes = "".join(f' {name}="{_short(part.attrib[name])}"' for name in ("x", "y", "dy") if name in part.attrib)
    return f"<tspan{attributes}>{escape(part.text or '')}</tspan>"


def _moved(transform: str) -> str:
    short = _short(transform)
    return "" if short in ("", "translate(0,0)") else short


def _short(text: str) -> str:
    return re.sub(r"-?\d+\.\d+(e-?\d+)?", lambda found: f"{round(float(found[0]), 1):g}", text)
