"""Trends: a number over time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import altair as alt

from stamm.charts.drawing import COLOURS, array, dots, of, svg_of, upright, zero_line
from stamm.charts.placing import LETTER, LINE, Place, place_of
from stamm.charts.points import Point, runs_of
from stamm.charts.scale import Scale

_LEAD = re.compile(r'<path class="c-lead"([^>]*)/>')


@dataclass(frozen=True)
class Trend:
    """A number over time: one point and one label (month, and year or nothing) a window, and the value axis.

    `marked` gives the words written at the last complete point; `note` is written over unfinished windows. `leads` has
    for each window where it leads to and what it is called, or is empty.
    """

    points: Sequence[Point]
    labels: Sequence[tuple[str, str]]
    scale: Scale
    marked: str = ""
    note: str = ""
    leads: Sequence[tuple[str, str]] = ()


def trend_svg(trend: Trend, width: int, height: int, *, label: str, kind: str) -> str:
    """The picture as SVG for one size; `label` says in words what it shows, `kind` is the class of the svg."""
    top = 4 if trend.note else 8
    drawn = svg_of(_layers(trend, width, height), width, height, top=top, label=label, kind=kind)
    leads = iter(trend.leads)
    return _LEAD.sub(lambda found: _leading(found, *next(leads)), drawn)


def _leading(path: re.Match[str], address: str, words: str) -> str:
    return f'<path class="c-lead" data-to="{escape(address)}"{path[1]}><title>{escape(words)}</title></path>'


# -- the layers -----------------------------------------------------------------------
def _layers(trend: Trend, width: int, height: int) -> list[Any]:
    count, scale = len(trend.points), trend.scale
    room = (width - 12 - LETTER * max(map(len, scale.words), default=0)) / max(count, 1)
    y_axis, y_scale = upright(scale)
    x_axis = alt.Axis(
        values=_shown(trend, room),
        labelExpr=f"{_rows(_labels(trend, room))}[datum.value]",
        title=None, domain=False, ticks=False, grid=False, labelColor=COLOURS[""], labelPadding=6,
        labelFontSize=12, labelLineHeight=LINE, labelOverlap=False, labelFlush=False,
    )  # fmt: skip
    x = alt.X("place:Q", scale=alt.Scale(domain=[-0.5, count - 0.5], nice=False, zero=False), axis=x_axis)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", scale=y_scale, axis=y_axis)

    layers: list[Any] = []
    open_windows = [{"place": i - 0.5, "until": i + 0.5} for i, p in enumerate(trend.points) if not p.complete]
    if open_windows:
        layers.append(of(open_windows).mark_rect(color=COLOURS["c-hatch"]).encode(x=x, x2="until:Q"))
    rows = _joined(trend.points)
    banded = [row for row in rows if row["low"] is not None and row["high"] is not None]
    lone = [row for row in banded if row["alone"]]
    if len(banded) > len(lone):
        joined = of([row for row in banded if not row["alone"]])
        layers.append(joined.mark_area(color=COLOURS["c-band"]).encode(x=x, y=y("low"), y2="high:Q", detail="run:N"))
    if lone:
        layers.append(of(lone).mark_rule(color=COLOURS["c-whisker"]).encode(x=x, y=y("low"), y2="high:Q"))
    lines = [row for row in rows if not row["alone"]]
    if lines:
        layers.append(of(lines).mark_line(color=COLOURS["c-line"]).encode(x=x, y=y("value"), detail="run:N"))
    if rows:
        layers.append(dots(rows[-1:], "c-point halo", x, y("value")))
        layers.append(dots(rows, "c-point", x, y("value")))
        place = place_of(trend.marked, trend.points, scale, room * count, height - 56)
        if place is not None:
            layers.append(_marked(trend, place, rows[-1]["place"], x, y("value")))
    so_far = [
        {"place": i, "value": p.value} for i, p in enumerate(trend.points) if not p.complete and p.value is not None
    ]
    if so_far:
        layers.append(dots(so_far, "c-point hollow", x, y("value")))
    if trend.note:
        layers.append(_noted(trend, x))
    if scale.from_zero:
        layers.append(zero_line(y("value")))
    if trend.leads:
        places = [{"place": i - 0.5, "until": i + 0.5} for i in range(count)]
        layers.append(of(places).mark_rect(color=COLOURS["c-lead"]).encode(x=x, x2="until:Q"))
    return layers or [of([]).mark_point().encode(x=x, y=y("value"))]


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


def _marked(trend: Trend, place: Place, at: int, x: Any, y: Any) -> Any:
    """The last value in words, where it covers nothing."""
    row = {"place": at, "value": place.value, "words": trend.marked}
    text = of([row]).mark_text(color=COLOURS["strong"], dx=place.right, dy=place.down)
    return text.encode(x=x, y=y, text="words:N")


def _noted(trend: Trend, x: Any) -> Any:
    place = max((i for i, point in enumerate(trend.points) if not point.complete), default=len(trend.points) - 1)
    late = place >= len(trend.points) / 2
    row = {"place": place + (0.5 if late else -0.5), "words": trend.note}
    text = of([row]).mark_text(color=COLOURS[""], align="right" if late else "left", baseline="bottom")
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


def _rows(rows: Sequence[Sequence[str]]) -> str:
    return "[" + ", ".join(array(row) for row in rows) + "]"
