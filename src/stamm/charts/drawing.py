"""Drawing with Altair, colouring by the page.

Vega writes colours into a picture. Here each colour is only a mark that stands for a class, so that one
picture serves the light and the dark theme, and print.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import vl_convert

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
    "#00002a": "c-line s2",
    "#00002b": "c-line s3",
    "#00002c": "c-line s4",
    "#00002d": "t1",
    "#00002e": "label",
    "#00002f": "c-lead",
    "#00003a": "c-goal",
    "#00003b": "c-point told",
}
COLOURS = {name: colour for colour, name in CLASSES.items()}
_PAPER = "#fffffe"
_KEPT = ("d", "x", "y", "x1", "x2", "y1", "y2", "dy", "transform", "text-anchor")
_DOT, _HOLLOW, _HALO = 28, 30, 100
_SIZES = {"c-point": _DOT, "c-point hollow": _HOLLOW, "c-point halo": _HALO, "c-point told": 2 * _DOT}


def svg_of(layers: Sequence[Any], width: int, height: int, *, top: int, label: str, kind: str) -> str:
    """The layers as SVG of that size with classes for looks, `top` free above the plot.

    `label` says in words what it shows, `kind` is the class of the svg.
    """
    chart = alt.layer(
        *layers,
        width=width, height=height,
        padding={"left": 1, "right": 1, "top": top, "bottom": 2},
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        config=alt.Config(aria=False, view=alt.ViewConfig(stroke=None), background=_PAPER),
    )  # fmt: skip
    root = ET.fromstring(vl_convert.vegalite_to_svg(chart.to_dict(validate=False)))  # noqa: S314 - Vega's own
    drawn = "".join(_plain(child) for child in root)
    return f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">{drawn}</svg>'


# -- what charts are made of ----------------------------------------------------------------
def of(rows: Sequence[dict[str, Any]]) -> Any:
    """A layer over these rows."""
    return alt.Chart(alt.InlineData(values=list(rows)))


def dots(rows: Sequence[dict[str, Any]], kind: str, x: Any, y: Any) -> Any:
    """A dot a row; `kind` is its class."""
    marks = of(rows).mark_point(shape="circle", filled=True, opacity=1, size=_SIZES[kind], color=COLOURS[kind])
    return marks.encode(x=x, y=y)


def upright(scale: Scale) -> tuple[Any, Any]:
    """The value axis and its scale."""
    axis = alt.Axis(
        values=list(scale.ticks),
        labelExpr=f"{array(scale.words)}[indexof({list(scale.ticks)}, datum.value)]",
        title=None, domain=False, ticks=False, gridColor=COLOURS["c-grid"], labelColor=COLOURS[""],
        labelPadding=8, labelFontSize=12, labelLimit=200,
    )  # fmt: skip
    return axis, alt.Scale(domain=[scale.low, scale.high], zero=False, nice=False)


def zero_line(y: Any) -> Any:
    """The line at zero."""
    return of([{"value": 0}]).mark_rule(color=COLOURS["c-axis"]).encode(y=y)


def array(words: Sequence[str]) -> str:
    """Words as an array of a Vega expression."""
    return "[" + ", ".join(_quoted(word) for word in words) + "]"


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
