"""Sparklines: inline SVG, geometry in attributes, looks in classes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from stamm.charts.points import Point, extent_of, runs_of

WIDTH, HEIGHT, EDGE = 240.0, 44.0, 3.0


def sparkline(points: Sequence[Point], label: str) -> str:
    """A line of the complete windows with its interval; unfinished windows hatched, their points hollow.

    Windows without a value are gaps. The page must define a pattern with the id `hatch`.
    """
    step = WIDTH / max(len(points), 1)
    low, high = extent_of(points)
    span = high - low

    def x(place: int) -> str:
        return _short(step * (place + 0.5))

    def y(value: float) -> str:
        return _short(HEIGHT / 2 if span == 0 else HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE))

    drawn = [
        f'<rect class="c-hatch" fill="url(#hatch)" x="{_short(step * place)}" y="0" width="{_short(step)}" '
        f'height="{HEIGHT:g}"/>'
        for place, point in enumerate(points)
        if not point.complete
    ]
    runs = runs_of(points)
    for run in runs:
        band = [(place, points[place].low, points[place].high) for place in run]
        known = [(place, low_, high_) for place, low_, high_ in band if low_ is not None and high_ is not None]
        if len(known) == len(run) and len(run) > 1:
            there = " L".join(f"{x(place)} {y(high_)}" for place, _, high_ in known)
            back = " L".join(f"{x(place)} {y(low_)}" for place, low_, _ in reversed(known))
            drawn.append(f'<path class="c-band" d="M{there} L{back} Z"/>')
        if len(run) > 1:
            line = " L".join(f"{x(place)} {y(points[place].value or 0)}" for place in run)
            drawn.append(f'<path class="c-line" d="M{line}"/>')
        else:
            drawn.append(_dot(x(run[0]), y(points[run[0]].value or 0)))
    for place, point in enumerate(points):
        if not point.complete and point.value is not None:
            drawn.append(_dot(x(place), y(point.value)) + _dot(x(place), y(point.value), " hollow"))
    if runs:
        last = runs[-1][-1]
        at = x(last), y(points[last].value or 0)
        drawn.append(_dot(*at, " halo") + _dot(*at))
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{"".join(drawn)}</svg>'
    )


def _dot(x: str, y: str, kind: str = "") -> str:
    return f'<path class="c-dot{kind}" d="M{x} {y} h0.01"/>'


def _short(number: float) -> str:
    return f"{round(number, 1):g}"
