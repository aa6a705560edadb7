"""What a picture of a number over time is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """One window: its value and 95 % interval, where known, and whether the window is over."""

    value: float | None
    low: float | None = None
    high: float | None = None
    complete: bool = True


def runs_of(points: Sequence[Point]) -> list[list[int]]:
    """Places of complete windows with a value, in runs without a gap: only these may be joined by a line."""
    runs: list[list[int]] = []
    for place, point in enumerate(points):
        if not point.complete or point.value is None:
            continue
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def extent_of(points: Sequence[Point]) -> tuple[float, float]:
    """Lowest and highest of all values and interval ends; (0, 1) where nothing is known."""
    known = [n for point in points for n in (point.value, point.low, point.high) if n is not None]
    return (float(min(known)), float(max(known))) if known else (0.0, 1.0)
