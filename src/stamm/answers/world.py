"""What an answer is computed from: an engine over one snapshot, and the organisation's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import ibis.expr.types as ir
import pyarrow as pa

from stamm.answers.remembered import Remembered
from stamm.engines.kind import Engine
from stamm.lang.organisation import Organisation
from stamm.lang.registry import Registry
from stamm.lang.window import day_start
from stamm.metrics import METRICS, Metric
from stamm.segments.named import Saved

#: later than every fact, so that all are known
END_OF_TIME = date(9999, 12, 30)
ALL_TIME = (date(1900, 1, 1), date(2200, 1, 1))


@dataclass(frozen=True)
class Rate:
    """From `day` on, one unit of `currency` is worth `factor` units of the reported currency."""

    currency: str
    day: date
    factor: Decimal


@dataclass(frozen=True)
class World:
    """One snapshot of the facts, read through one engine.

    `coverage` gives the first and last covered local day of each imported kind. `as_of` (a moment, UTC) is
    set only where the person asked for a past state; else each metric takes the end of what its facts cover.
    """

    engine: Engine
    organisation: Organisation
    coverage: Mapping[str, tuple[date, date]]
    simulated: frozenset[str] = frozenset()
    #: facts of each kind that were passed over because they are not sound, where nobody had looked at them before
    unsound: Mapping[str, int] = field(default_factory=dict)
    #: whether facts are imported; else they lie in a shop's own database, and a kind needs a mapping to be there
    imports: bool = True
    snapshot: int = 0
    as_of: datetime | None = None
    rates: tuple[Rate, ...] = field(default_factory=tuple)
    #: derived facts of which the engine has a table; for one made whole, the last local day that it knows of
    kept: Mapping[str, date | None] = field(default_factory=dict)
    #: numbers that were computed before, where they are kept
    remembered: Remembered | None = None
    #: what can be asked by its key: the metrics that come with Stamm, and the organisation's own
    metrics: Registry[Metric] = METRICS
    #: the segments that people saved, as they are when it is asked
    saved: Callable[[], Saved] = dict
    #: who was in a segment on a day, as far as that was asked: by the rule and the day
    memberships: dict[tuple[str, date], pa.ChunkedArray] = field(default_factory=dict, compare=False)
    #: derived facts that are already there, by key
    given: Mapping[str, ir.Table] = field(default_factory=dict)

    def day_start(self, day: date) -> datetime:
        """The first instant of a local day."""
        return day_start(day, self.organisation.zone)

    def known_until(self, kinds: tuple[str, ...]) -> datetime | None:
        """`as_of` for a metric of these kinds: the end of the last day all of them cover; None without facts."""
        if self.as_of is not None:
            return self.as_of
        ends = [self.coverage[kind][1] for kind in kinds if kind in self.coverage]
        if not ends or len(ends) < len(kinds):
            return None
        return self.day_start(min(ends) + timedelta(days=1))

    def known_from(self, kinds: tuple[str, ...]) -> date | None:
        """The first local day covered by all of these kinds."""
        starts = [self.coverage[kind][0] for kind in kinds if kind in self.coverage]
        return max(starts) if starts and len(starts) == len(kinds) else None


def moment_of(text: str, zone: str) -> datetime:
    """A moment (UTC) from an ISO date (its local midnight) or an ISO timestamp (UTC unless it says)."""
    if len(text) == 10:
        return day_start(date.fromisoformat(text), zone)
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
