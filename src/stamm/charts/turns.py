"""Who is active in each period and who no longer is: bars up and down from zero, as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from stamm.charts.placing import LETTER, LINE
from stamm.charts.scale import Scale

TOP, FOOT, GAP = 10.0, 26.0, 8.0
#: of the room for a period, what its bar takes
THICK = 0.64


@dataclass(frozen=True)
class Part:
    """What a bar is made of: its class, and its words beside the last bar that is over."""

    looks: str
    words: str


@dataclass(frozen=True)
class Bar:
    """One period: how many of each part, those above zero from the axis up; None where nothing is known."""

    name: str
    above: Sequence[int] | None
    below: int
    complete: bool


@dataclass(frozen=True)
class Turns:
    """Bars of periods, the oldest first; the last of `parts` lies below zero."""

    bars: Sequence[Bar]
    parts: Sequence[Part]
    scale: Scale


def turns_svg(turns: Turns, width: int, height: int, *, label: str, kind: str) -> str:
    """The picture for one size; `label` says in words what it shows, `kind` is the class of the svg."""
    scale, bars = turns.scale, turns.bars
    left = LETTER * max(map(len, scale.words), default=0) + GAP
    right = LETTER * max(len(part.words) for part in turns.parts) + 2 * GAP
    step = (width - left - right) / max(len(bars), 1)
    tall = height - TOP - FOOT

    def y(value: float) -> float:
        return TOP + (scale.high - value) / (scale.high - scale.low) * tall

    drawn = [
        f'<path class="c-grid" d="M{_short(left)} {_short(y(tick))} H{_short(width - right)}"/>'
        f'<text class="end" x="{_short(left - GAP)}" y="{_short(y(tick) + 4)}">{escape(words)}</text>'
        for tick, words in zip(scale.ticks, scale.words, strict=True)
    ]
    spots: list[tuple[float, float, Part]] = []
    for place, bar in enumerate(bars):
        x, wide = left + step * (place + (1 - THICK) / 2), step * THICK
        if bar.above is None:
            continue
        pieces, base = [], 0.0
        for part, count in zip(turns.parts, bar.above, strict=False):
            pieces.append((part, base, base + count))
            base += count
        pieces.append((turns.parts[-1], -float(bar.below), 0.0))
        drawn += [
            f'<rect class="c-turn {part.looks}" x="{_short(x)}" y="{_short(y(top))}" width="{_short(wide)}" '
            f'height="{_short(y(low) - y(top))}"/>'
            for part, low, top in pieces
            if top > low
        ]
        if bar.complete:
            spots = [(y((low + top) / 2), top - low, part) for part, low, top in pieces]
        else:
            high, deep = y(base), y(-float(bar.below))
            drawn.append(
                f'<rect class="c-hatch over" fill="url(#hatch)" x="{_short(x)}" y="{_short(high)}" '
                f'width="{_short(wide)}" height="{_short(deep - high)}"/>'
            )
    drawn.append(f'<path class="c-axis" d="M{_short(left)} {_short(y(0))} H{_short(width - right)}"/>')
    drawn += [
        f'<text class="c-said {part.looks}" x="{_short(width - right + GAP)}" y="{_short(at + 4)}">'
        f"{escape(part.words)}</text>"
        for at, part in _apart(spots, TOP, TOP + tall)
    ]
    every = max(1, int(-(-(LETTER * max((len(bar.name) for bar in bars), default=1) + GAP) // step)))
    drawn += [
        f'<text class="middle" x="{_short(left + step * (place + 0.5))}" y="{_short(height - 6)}">'
        f"{escape(bar.name)}</text>"
        for place, bar in enumerate(bars)
        if (len(bars) - 1 - place) % every == 0
    ]
    inside = "".join(drawn)
    return f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">{inside}</svg>'


def _apart(spots: Sequence[tuple[float, float, Part]], top: float, bottom: float) -> list[tuple[float, Part]]:
    """Words beside their pieces, a line apart at least, in the order of the pieces from above; none for no piece."""
    wanted = sorted(((at, part) for at, size, part in spots if size), key=lambda spot: spot[0])
    found: list[tuple[float, Part]] = []
    for at, part in wanted:
        found.append((max(at, found[-1][0] + LINE if found else top), part))
    least = bottom
    for place in range(len(found) - 1, -1, -1):
        found[place] = (min(found[place][0], least), found[place][1])
        least = found[place][0] - LINE
    return found


def _short(number: float) -> str:
    return f"{round(number, 1):g}"
