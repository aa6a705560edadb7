"""How far a goal is, as a small bar, as inline SVG."""

from __future__ import annotations

from html import escape


def filled(share: float, tick: float | None, label: str, *, behind: bool = False) -> str:
    """A bar from 0 to the target, filled to `share` of it; the tick stands where it should be today."""
    mark = f'<path class="tick" d="M{_at(tick)} 0 V12"/>' if tick is not None else ""
    looks = "fill behind" if behind else "fill"
    return _svg(
        f'<rect class="track" x="0" y="4" width="100" height="4"/>'
        f'<rect class="{looks}" x="0" y="4" width="{_at(share)}" height="4"/>{mark}',
        label,
    )


def pinned(
    value: float | None, between: tuple[float, float] | None, target: float, ends: tuple[float, float], label: str
) -> str:
    """A dot with its interval on an axis from one end to the other; the tick stands at the target."""
    low, high = ends

    def at(amount: float) -> str:
        return _at((amount - low) / (high - low) if high > low else 0.5)

    drawn = '<rect class="track" x="0" y="5" width="100" height="2"/>'
    if between is not None:
        drawn += f'<path class="c-whisker" d="M{at(between[0])} 6 H{at(between[1])}"/>'
    if value is not None:
        drawn += f'<path class="c-dot" d="M{at(value)} 6 h0.01"/>'
    return _svg(f'{drawn}<path class="tick" d="M{at(target)} 0 V12"/>', label)


def _at(share: float) -> str:
    return f"{round(100 * min(max(share, 0.0), 1.0), 1):g}"


def _svg(drawn: str, label: str) -> str:
    return (
        '<svg class="goal-bar" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{drawn}</svg>'
    )
