"""Local time to UTC, many at once: what a clock on the wall showed, and when that was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from stamm.lang.window import zone_named

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

SECOND = 1_000_000
DAY = 86_400 * SECOND


def skipped(zone: str) -> str:
    """The reason for a local time that does not exist."""
    return f"was skipped by a clock change in {zone}; add the zone, such as +01:00, or correct the time"


@dataclass(frozen=True)
class _Stretches:
    """Stretches of time with one offset: local start and end, UTC start, offset (all seconds)."""

    local_start: Whole
    local_end: Whole
    start: Whole
    offset: Whole


@lru_cache(maxsize=64)
def _stretches(zone: str, first_year: int, last_year: int) -> _Stretches:
    tz = zone_named(zone)

    def offset_at(moment: datetime) -> int:
        return int((moment.astimezone(tz).utcoffset() or timedelta()).total_seconds())

    step = timedelta(hours=12)
    at = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=3)
    end = datetime(last_year, 12, 31, tzinfo=UTC) + timedelta(days=3)
    starts, offsets = [int(at.timestamp())], [offset_at(at)]
    while at < end:
        low, high = at, at + step
        if offset_at(high) != offsets[-1]:
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (low, middle) if offset_at(middle) != offsets[-1] else (middle, high)
            starts.append(int(high.timestamp()))
            offsets.append(offset_at(high))
        at += step
    start, offset = np.array(starts, dtype=np.int64), np.array(offsets, dtype=np.int64)
    local_end = np.append(start[1:] + offset[:-1], np.iinfo(np.int64).max)
    return _Stretches(start + offset, local_end, start, offset)


def to_utc(local: Whole, bare: Mask, zone: str) -> tuple[Whole, Mask]:
    """UTC microseconds of local microseconds, and which local times do not exist.

    A bare date (local midnight) that a clock change swallowed starts when the clocks had changed, unless the
    whole day was skipped.
    """
    if not len(local):
        return local, np.zeros(0, dtype=bool)
    years = local.astype("datetime64[us]")[[local.argmin(), local.argmax()]].astype("datetime64[Y]").astype(int) + 1970
    stretches = _stretches(zone, int(years[0]), int(years[1]))
    seconds = local // SECOND
    place = np.searchsorted(stretches.local_end, seconds, side="right")
    missing = seconds < stretches.local_start[place]
    swallowed = missing & bare & (seconds + 86_400 > stretches.local_start[place])
    utc = local - stretches.offset[place] * SECOND
    utc[swallowed] = stretches.start[place[swallowed]] * SECOND
    return utc, missing & ~swallowed
