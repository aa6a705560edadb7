"""A number beside others of its kind: a dot with its interval on a shared axis, as inline SVG."""

from __future__ import annotations

from html import escape

from stamm.charts.points import Point
from stamm.charts.scale import Scale


def whisker(point: Point, reference: float | None, scale: Scale, label: str) -> str:
    """One dot and its interval between the ends of the axis; `reference` is drawn as a dashed line through all rows."""
    drawn = []
    if reference is not None:
        drawn.append(f'<path class="c-ref" d="M{_at(reference, scale)} -9 V23"/>')
    if point.low is not None and point.high is not None:
        drawn.append(f'<path class="c-whisker" d="M{_at(point.low, scale)} 7 H{_at(point.high, scale)}"/>')
    if point.value is not None:
        drawn.append(f'<path class="c-dot" d="M{_at(point.value, scale)} 7 h0.01"/>')
    return (
        f'<svg class="bar" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
        f"{''.join(drawn)}</svg>"
    )


def _at(value: float, scale: Scale) -> str:
    span = scale.high - scale.low
    share = 0.5 if span == 0 else (min(max(value, scale.low), scale.high) - scale.low) / span
    return f"{round(100 * share, 1):g}"
