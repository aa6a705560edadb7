"""A signed amount as a bar from zero, as inline SVG."""

from __future__ import annotations

from html import escape


def bar(
    value: float, low: float, high: float, looks: str, label: str, between: tuple[float, float] | None = None
) -> str:
    """One bar on an axis from `low` to `high`, which hold zero between them; `looks` is the class that judges it.

    `between` are the ends of its interval.
    """
    span = high - low

    def at(amount: float) -> float:
        return round(100 * (amount - low) / span, 1) if span else 50.0

    left, right = sorted((at(0.0), at(value)))
    looks = f"c-bar {escape(looks)}".strip()
    whisker = f'<path class="c-whisker" d="M{at(between[0]):g} 7 H{at(between[1]):g}"/>' if between else ""
    return (
        f'<svg class="bar" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
        f'<rect class="{looks}" x="{left:g}" y="2" width="{right - left:g}" height="10"/>'
        f'<path class="c-zero" d="M{at(0.0):g} 0 V14"/>{whisker}</svg>'
    )
