"""One step of a funnel as a bar from zero: who reached it, its interval, and who can still get there, as inline SVG."""

from __future__ import annotations

from html import escape


def step_bar(reached: float, low: float | None, high: float | None, still: float, label: str) -> str:
    """Shares of those who began; `still` is the share who may yet reach it, hatched behind the bar.

    Its geometry is in percent, so that it fills whatever place it is given and nothing in it is stretched.
    """
    end = _percent(reached)
    drawn = [f'<rect class="c-bar" x="0" y="0" width="{end}" height="100%"/>']
    if still > 0:
        drawn.append(
            f'<rect class="c-hatch" fill="url(#hatch)" x="{end}" y="0" width="{_percent(still)}" height="100%"/>'
        )
    if low is not None and high is not None:
        ends = f'x1="{_percent(low)}" x2="{_percent(high)}" y1="50%" y2="50%"'
        drawn.append(f'<line class="c-whisker halo" {ends}/><line class="c-whisker" {ends}/>')
    return f'<svg class="step-bar" role="img" aria-label="{escape(label)}">{"".join(drawn)}</svg>'


def _percent(share: float) -> str:
    return f"{round(100 * min(max(share, 0.0), 1.0), 2):g}%"
