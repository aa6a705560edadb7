"""What came on which day, by source: where days are missing in the middle, and which kinds have fallen silent.

A day without a row is missing where such a day is not without one by chance: from the same weekdays of the four weeks
before and after (as far as the source was there), so many rows were to be expected that none at all is less likely than
one in a million by Poisson's law, and none of those weekdays was empty, too. A shop that is closed on Sundays misses no
Sunday. Days in a row are one gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from statistics import mean

import ibis

from stamm.answers.world import World
from stamm.facts import FACTS
from stamm.facts.columns import day_column

_ = ibis._

#: how unlikely an empty day has to be by chance, as the number of rows that is to be expected then
LEAST_EXPECTED = log(1e6)
#: what we wrote ourselves
OURS = frozenset({"predictions"})
WEEKS, WEEK = 4, timedelta(days=7)


@dataclass(frozen=True)
class Gap:
    """Days without a row, from the first to the last, and how many rows such a day usually brings."""

    first: date
    last: date
    usual: float


@dataclass(frozen=True)
class Source:
    """What one source brought of a kind of facts; `late` is the gap at its end where its kind has fallen silent."""

    kind: str
    name: str
    rows: int
    first: date
    last: date
    gaps: tuple[Gap, ...]
    late: Gap | None


def arrivals(world: World) -> tuple[Source, ...]:
    """All kinds of facts that happen on days, by their sources; one query a kind."""
    kinds = {kind: _by_source(world, kind) for kind in sorted(world.coverage) if kind not in OURS}
    newest = max((max(days) for sources in kinds.values() for days in sources.values()), default=date.min)
    found: list[Source] = []
    for kind, sources in kinds.items():
        silent = _late(_together(sources.values()), newest)
        ends = {name: max(days) for name, days in sources.items()}
        for name, days in sources.items():
            late = silent if ends[name] == max(ends.values()) else None
            found.append(Source(kind, name, sum(days.values()), min(days), max(days), tuple(_gaps(days)), late))
    return tuple(found)


def _by_source(world: World, kind: str) -> dict[str, dict[date, int]]:
    """Rows by source and local day; nothing of a kind that is known ahead or whose rows have no day."""
    fact, table = FACTS[kind], world.engine.table(kind)
    day = day_column(fact.clock)
    if getattr(fact, "planned", True) or day not in table.columns or "source" not in table.columns:
        return {}
    counted = table.group_by(source=_.source.coalesce(""), day=_[day]).aggregate(rows=_.count())
    found: dict[str, dict[date, int]] = {}
    for row in world.engine.run(counted.filter(_.day.notnull())).to_pylist():
        found.setdefault(row["source"], {})[row["day"]] = row["rows"]
    return {name: found[name] for name in sorted(found)}


def _gaps(days: Mapping[date, int]) -> Iterator[Gap]:
    """Missing days between the first and the last."""
    run: list[tuple[date, float]] = []
    first, last = min(days), max(days)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        expected = None if day in days else _expected(days, day, first, last, after=True)
        if expected is not None and expected >= LEAST_EXPECTED:
            run.append((day, expected))
        elif run:
            yield Gap(run[0][0], run[-1][0], mean(rows for _day, rows in run))
            run = []


def _late(days: Mapping[date, int], newest: date) -> Gap | None:
    """The silence up to the newest day of all data, where it is none by chance."""
    if not days or max(days) >= newest:
        return None
    first, last = min(days), max(days)
    silent = [last + timedelta(days=number + 1) for number in range((newest - last).days)]
    expected = [_expected(days, day, first, last, after=False) or 0.0 for day in silent[:7]]
    if sum(expected) < LEAST_EXPECTED:
        return None
    return Gap(silent[0], newest, mean(expected))


def _expected(days: Mapping[date, int], day: date, first: date, last: date, *, after: bool) -> float | None:
    """The mean of the same weekday of the weeks around; None where there are none, or one of them is empty, too."""
    while not after and day > last:
        day -= WEEK
    steps = (*range(-WEEKS, 0), *range(1, WEEKS + 1)) if after else range(-WEEKS + 1, 1)
    beside = [day + step * WEEK for step in steps]
    counts = [days.get(each, 0) for each in beside if first <= each <= last]
    return mean(counts) if counts and min(counts) > 0 else None


def _together(sources: Iterable[Mapping[date, int]]) -> dict[date, int]:
    found: dict[date, int] = {}
    for days in sources:
        for day, rows in days.items():
            found[day] = found.get(day, 0) + rows
    return found
