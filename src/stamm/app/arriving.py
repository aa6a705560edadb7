"""Where facts came from: what each source brought, when it last did, and what still waits."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime

import ibis

from stamm.answers.world import World
from stamm.app.project import Project
from stamm.store.log import Counters
from stamm.store.snapshot import Snapshot

_ = ibis._


@dataclass(frozen=True)
class Arrived:
    """What one source brought: current rows by fact kind, the last arrival, and the days it covers."""

    source: str
    rows: Mapping[str, int]
    last_at: datetime | None
    days: tuple[date, date] | None


@dataclass(frozen=True)
class Waiting:
    """What came through the door: counters by source, messages not yet taken into the lake, and since when."""

    counters: Mapping[str, Counters] = field(default_factory=dict)
    messages: int = 0
    since: datetime | None = None


def arrived(world: World, snapshot: Snapshot) -> tuple[Arrived, ...]:
    """Every source that brought facts of a snapshot, the last to bring any first."""
    rows: dict[str, dict[str, int]] = {}
    last: dict[str, datetime] = {}
    days: dict[str, list[date]] = {}
    for kind in snapshot.kinds():
        table = world.engine.table(kind)
        counted = table.group_by("source").aggregate(rows=_.count(), last=_.received_at.max())
        for found in world.engine.run(counted).to_pylist():
            source = str(found["source"])
            rows.setdefault(source, {})[kind] = found["rows"]
            last[source] = max(found["last"], last.get(source, found["last"]))
        for source in snapshot.sources(kind):
            rows.setdefault(source, {})
            days.setdefault(source, []).extend(snapshot.coverage(kind, source) or ())
    every = (
        Arrived(source, brought, last.get(source), (min(found), max(found)) if (found := days.get(source)) else None)
        for source, brought in rows.items()
    )
    return tuple(sorted(every, key=_newest_first))


def waiting(project: Project) -> Waiting:
    """What the log tells; nothing where nothing could have arrived. Raises LogError where it cannot be read."""
    if not project.has_log:
        return Waiting()
    position = project.lake().snapshot().manifest.positions.get(project.log_name, 0)
    with closing(project.log()) as log:
        first, last = log.span()
        reached = position if last >= position else 0  # this is not the log that was read before
        oldest = log.read(reached, 1)
        since = oldest[0].entry.received_at if oldest else None
        return Waiting(log.counters(), max(0, last - max(reached, first - 1)), since)


def _newest_first(one: Arrived) -> tuple[float, str]:
    return (-one.last_at.timestamp() if one.last_at else 0.0, one.source)
