"""Charts for notebooks: Altair's own objects, drawn where they are shown, in Stamm's colours.

Pages and reports carry finished pictures instead (`trend.py`); the rules are the same: a band is a 95 % interval, what
is not over is hollow and joined to nothing, bars and heat begin at zero, what is not known is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt

from stamm.lang.language import ELAPSED, Language
from stamm.lang.money import exponent
from stamm.lang.window import Window

ACCENT = "#0b5a6b"
INK, QUIET, LINE = "#17191b", "#646a70", "#e5e5e1"
RAMP = ("#eef7f9", "#d6e8ed", "#bdd8df", "#a3c6d0", "#88b3be", "#327584", "#196473", "#055364", "#00404f")
#: up to six lines; more are drawn in the same colours again
SERIES = (ACCENT, "#bb707b", "#776212", "#7e7fe5", "#3b1a57", "#6c1203")
WIDTH, HEIGHT, ROW = 620, 260, 22


@dataclass(frozen=True)
class Picture:
    """What is written at a chart, in whose language, and the currency of money."""

    title: str
    subtitle: str
    language: Language
    currency: str


def trend_chart(
    records: Sequence[Mapping[str, Any]], picture: Picture, *, unit: str, by: str | None = None
) -> alt.LayerChart:
    """A number over time from records with `window_start`, `value`, `low`, `high`, `n` and `complete`."""
    say = picture.language
    rows = [
        {
            "start": _day(record["window_start"]),
            "window": f"{record['window_start']} – {record['window_end']}",
            "group": say("unknown") if by and record[by] is None else record.get(by or "", ""),
            **{name: _shown(record[name], unit, picture) for name in ("value", "low", "high")},
            "n": record["n"],
            "complete": record["complete"],
        }
        for record in records
    ]
    known = [row[name] for row in rows for name in ("value", "low", "high") if row[name] is not None]
    from_zero = not known or min(known) <= max(known) / 2
    months = "%b %Y" if say.code == "en" else "%m.%Y"
    x = alt.X("start:T", title=None, axis=alt.Axis(grid=False, format=months, labelOverlap=True))
    axis = alt.Axis(format=_format(unit, 2), title=_title(unit, picture, from_zero=from_zero))
    zero = alt.Scale(zero=from_zero)
    colour = alt.Color("group:N", title=by, scale=alt.Scale(range=list(SERIES))) if by else alt.value(ACCENT)
    tips = [
        alt.Tooltip("window:N", title=say("window")),
        *([alt.Tooltip("group:N", title=by)] if by else []),
        alt.Tooltip("value:Q", format=_format(unit, 2), title=say("value")),
        alt.Tooltip("low:Q", format=_format(unit, 2), title=say("low")),
        alt.Tooltip("high:Q", format=_format(unit, 2), title=say("high")),
        alt.Tooltip("n:Q", format=",", title="n"),
    ]
    y = alt.Y("value:Q", axis=axis, scale=zero)
    over, open_ = [r for r in rows if r["complete"]], [r for r in rows if not r["complete"] and r["value"] is not None]
    chart = alt.Chart(alt.InlineData(values=over))
    layers = [
        chart.mark_area(opacity=0.15).encode(x=x, y=alt.Y("low:Q", axis=axis, scale=zero), y2="high:Q", color=colour),
        chart.mark_line(invalid="break-paths-filter-domains").encode(x=x, y=y, color=colour),
        chart.mark_point(filled=True, opacity=1, size=30).encode(x=x, y=y, color=colour, tooltip=tips),
        alt.Chart(alt.InlineData(values=open_))
        .mark_point(filled=False, size=36, opacity=1)
        .encode(x=x, y=y, color=colour, tooltip=tips),
    ]
    return _finished(alt.LayerChart(layer=layers), picture).properties(width=WIDTH, height=HEIGHT)


def heat_chart(
    records: Sequence[Mapping[str, Any]],
    picture: Picture,
    *,
    down: tuple[str, str],
    across: tuple[str, str],
    shown: str,
    unit: str,
    by: str | None = None,
) -> alt.LayerChart:
    """A matrix: columns `down` and `across` (name, words), and the value in each cell, empty where not known."""
    say = picture.language
    rows = []
    for record in records:
        name = _name(record, down[0], say)
        if by:
            name = f"{record[by] if record[by] is not None else say('unknown')}, {name}"
        value = _shown(record[shown], unit, picture)
        rows.append({"down": name, "across": record[across[0]], "value": value, "n": record.get("n")})
    order = list(dict.fromkeys(row["down"] for row in rows))
    known = [row for row in rows if row["value"] is not None]
    most = max((row["value"] for row in known if row["across"]), default=0) or 1
    for row in known:
        row["dark"] = row["value"] > most * 0.55
    y = alt.Y("down:O", sort=order, title=down[1], axis=alt.Axis(domain=False, ticks=False))
    x = alt.X("across:O", title=across[1], axis=alt.Axis(orient="top", domain=False, ticks=False, labelAngle=0))
    colour = alt.Color("value:Q", scale=alt.Scale(range=list(RAMP), domain=[0, most], clamp=True), legend=None)
    tips = [
        alt.Tooltip("down:N", title=down[1]),
        alt.Tooltip("across:O", title=across[1]),
        alt.Tooltip("value:Q", format=_format(unit, 2), title=say("value")),
        alt.Tooltip("n:Q", format=",", title="n"),
    ]
    frame = alt.Chart(alt.InlineData(values=rows)).mark_rect(fill="white", stroke=LINE)
    cells = alt.Chart(alt.InlineData(values=known))
    words = alt.condition("datum.dark", alt.value("white"), alt.value(INK))
    layers = [
        frame.encode(x=x, y=y),
        cells.mark_rect(stroke="white").encode(x=x, y=y, color=colour, tooltip=tips),
        cells.mark_text(fontSize=11).encode(x=x, y=y, text=alt.Text("value:Q", format=_format(unit)), color=words),
    ]
    return _finished(alt.LayerChart(layer=layers), picture).properties(width=alt.Step(46), height=alt.Step(ROW))


def _finished(chart: alt.LayerChart, picture: Picture) -> alt.LayerChart:
    title = alt.TitleParams(
        picture.title, subtitle=picture.subtitle, anchor="start", color=INK, subtitleColor=QUIET, fontSize=15, offset=12
    )
    looks = alt.Config(
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            gridColor=LINE, labelColor=QUIET, titleColor=QUIET, domain=False, ticks=False, labelFontSize=12
        ),
    )
    if picture.language.code == "de":
        number = alt.NumberLocale(decimal=",", thousands=".", grouping=[3], currency=["", ""], percent="\u00a0%")
        looks.locale = alt.Locale(number=number)
    return chart.properties(title=title, config=looks)


def _day(day: date) -> str:
    """A day as Vega reads it in the reader's own zone, so that it stays that day."""
    return f"{day.isoformat()}T00:00:00"


def _name(record: Mapping[str, Any], column: str, language: Language) -> str:
    """A window by its calendar name, all else as it is."""
    value = record[column]
    end = record.get(column.removesuffix("_start") + "_end")
    if isinstance(value, date) and isinstance(end, date):
        return language.window(Window(value, end), short=True)
    return str(value)


def _shown(value: float | None, unit: str, picture: Picture) -> float | None:
    """Money in major units; all else as it is."""
    return value if value is None or unit != "money" else value / 10 ** exponent(picture.currency)


def _title(unit: str, picture: Picture, *, from_zero: bool) -> str | None:
    """The unit, where the numbers do not carry it, and whether lengths can be compared."""
    say = picture.language
    named = picture.currency if unit == "money" else say(unit) if unit in ELAPSED else ""
    return ", ".join(part for part in (named, "" if from_zero else say("not from 0")) if part) or None


def _format(unit: str, digits: int = 0) -> str:
    """A d3 format with at most so many digits after the point: percent for shares, thousands separated for the rest."""
    return f".{digits}~%" if unit == "share" else f",.{digits}~f"
