"""Where the words beside a point or a line go, so that they cover neither a line nor another point."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stamm.charts.points import Point, runs_of
from stamm.charts.scale import Scale

#: what a letter and a line of text take, in the units of the picture
LETTER, LINE = 6.8, 16.0
_AWAY, _SAMPLES = 12.0, 12


@dataclass(frozen=True)
class Place:
    """The centre of the words: a value on the axis, moved by so much to the right and down."""

    value: float
    right: float
    down: float


def place_of(words: str, points: Sequence[Point], scale: Scale, width: float, height: float) -> Place | None:
    """The best of the places around the last complete point, in a plot of that size; None without such a point."""
    runs = runs_of(points)
    if not runs:
        return None
    step, unit = width / len(points), height / (scale.high - scale.low)
    last = runs[-1][-1]
    taken = list(_taken(points, runs, scale, step, unit))
    half = len(words) * LETTER / 2 + 2

    def cost(place: Place) -> float:
        x = step * (last + 0.5) + place.right
        y = (scale.high - place.value) * unit + place.down
        out = (x - half < 0) + (x + half > width + 2) + (y - LINE / 2 < -2) + (y + LINE / 2 > height)
        covered = sum(weight for at_x, at_y, weight in taken if abs(at_x - x) <= half and abs(at_y - y) <= LINE / 2)
        return 40.0 * out + covered + abs(place.right) / 1000 + abs(place.down) / 40

    return min(_candidates(points, runs[-1], half), key=cost)


def _candidates(points: Sequence[Point], run: list[int], half: float) -> Iterator[Place]:
    point = points[run[-1]]
    value = point.value or 0.0
    top, bottom = (value if end is None else end for end in (point.high, point.low))
    before = points[run[-2]].value if len(run) > 1 else None
    above = [(top, -_AWAY), (value, -_AWAY), (top, -2 * _AWAY), (top, -3 * _AWAY)]
    below = [(bottom, _AWAY), (value, _AWAY), (bottom, 2 * _AWAY), (bottom, 3 * _AWAY)]
    rising = before is None or value >= before
    for edge, down in (*above, *below) if rising else (*below, *above):
        for right in (0.0, 10.0 - half, half - 10.0):
            yield Place(edge, right if half > 10 else 0.0, down)


def _taken(
    points: Sequence[Point], runs: list[list[int]], scale: Scale, step: float, unit: float
) -> Iterator[tuple[float, float, float]]:
    """Spots that should stay free, and how much it costs to cover them."""

    def spot(place: float, value: float, weight: float) -> tuple[float, float, float]:
        return step * (place + 0.5), (scale.high - value) * unit, weight

    for place, point in enumerate(points):
        if point.value is not None:
            yield spot(place, point.value, 2.0 if point.complete else 8.0)
    for run in runs:
        for here, there in itertools.pairwise(run):
            for part in range(_SAMPLES):
                along = part / _SAMPLES
                for name, weight in (("value", 1.0), ("low", 0.2), ("high", 0.2)):
                    start, end = getattr(points[here], name), getattr(points[there], name)
                    if start is not None and end is not None:
                        yield spot(here + along, start + (end - start) * along, weight)


# -- words at lines -----------------------------------------------------------------------
@dataclass(frozen=True)
class Label:
    """The centre of the words at a line: a place along it and its value there, moved by so much right and down."""

    at: int
    value: float
    right: float
    down: float


def label_places(
    lines: Sequence[Sequence[Point]], words: Sequence[str], scale: Scale, width: float, height: float
) -> list[Label | None]:
    """Where the name of each line goes, in a plot of that size; None for a line without a complete point.

    Rather at the end of its own line than elsewhere, and rather elsewhere than on a line or another name.
    """
    count = max((len(points) for points in lines), default=1)
    step, unit = width / max(count, 1), height / (scale.high - scale.low)
    spots = [spot for points in lines for spot in _along(points, scale, step, unit)]
    written: list[tuple[float, float, float]] = []
    found: list[Label | None] = []
    for points, text in zip(lines, words, strict=True):
        half = len(text) * LETTER / 2 + 2

        def cost(label: Label, half: float = half, last: int = len(points)) -> float:
            x, y = step * (label.at + 0.5) + label.right, (scale.high - label.value) * unit + label.down
            out = (x - half < 0) + (x + half > width) + (y - LINE / 2 < 0) + (y + LINE / 2 > height)
            hidden = sum(abs(at_x - x) <= half and abs(at_y - y) <= LINE / 2 - 2 for at_x, at_y in spots)
            crossed = sum(abs(at_x - x) < half + other and abs(at_y - y) < LINE for at_x, at_y, other in written)
            return 60.0 * out + 40.0 * crossed + 2.0 * hidden + 0.2 * (last - label.at) + abs(label.down) / 20

        known = [place for run in runs_of(points) for place in run]
        labels = [
            Label(place, points[place].value or 0.0, right, down)
            for place in known
            for down in (-_AWAY, _AWAY, -2 * _AWAY, 2 * _AWAY)
            for right in (0.0, 8.0 - half)
        ]
        best = min(labels, key=cost, default=None)
        if best is not None:
            at_x, at_y = step * (best.at + 0.5) + best.right, (scale.high - best.value) * unit + best.down
            written.append((at_x, at_y, half))
        found.append(best)
    return found


def _along(points: Sequence[Point], scale: Scale, step: float, unit: float) -> Iterator[tuple[float, float]]:
    """Spots on a line, close together."""
    for run in runs_of(points):
        for here, there in itertools.pairwise([*run, run[-1]]):
            for part in range(_SAMPLES):
                start, end = points[here].value or 0.0, points[there].value or 0.0
                along = part / _SAMPLES
                yield step * (here + along * (there - here) + 0.5), (scale.high - start - (end - start) * along) * unit
