"""How far the data reach: which kinds a question is answered from, and which days they cover."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from stamm.analyses.kind import Analysis
from stamm.answers.plan import kinds_of
from stamm.answers.world import World
from stamm.lang.window import Window, day_of, windows
from stamm.metrics import Metric
from stamm.metrics.operands import facts_used


def kinds_needed(asked: Metric | Analysis, world: World) -> tuple[str, ...]:
    """The imported fact kinds a question is answered from, those of the metrics it is built on included."""
    if isinstance(asked, Analysis):
        return kinds_of(asked.facts(), world)
    return kinds_of(facts_used(asked), world)


def covered(world: World, kinds: Sequence[str]) -> Window | None:
    """The days that all of these kinds cover, up to as_of; None where there are none."""
    first, until = world.known_from(tuple(kinds)), world.known_until(tuple(kinds))
    if first is None or until is None:
        return None
    day = day_of(until, world.organisation.zone)
    end = day if world.day_start(day) == until else day + timedelta(days=1)
    return Window(first, end) if first < end else None


def last_complete(world: World, kinds: Sequence[str], grain: str = "month") -> Window | None:
    """The last calendar window that the data cover whole; else all that they cover; None without data."""
    days = covered(world, kinds)
    if days is None:
        return None
    until = world.known_until(tuple(kinds))
    whole = [
        window
        for window in windows(days.start, days.end, grain)
        if window.start >= days.start and until is not None and window.ends_at(world.organisation.zone) <= until
    ]
    return whole[-1] if whole else days
