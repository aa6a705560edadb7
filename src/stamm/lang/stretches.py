"""Stretches of time in which a zone's clocks keep their distance from UTC: what many moments are converted by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from stamm.lang.window import zone_named

Seconds = npt.NDArray[np.int64]

DAY = 86_400
#: since 1900 no zone has changed its clocks twice within six days, so none is missed that looks every three
_STEP = 3 * DAY


@dataclass(frozen=True)
class Stretches:
    """Stretches in their order, each from its `start` (seconds UTC) to the next, `offset` seconds ahead of UTC."""

    start: Seconds
    offset: Seconds

    @property
    def local_start(self) -> Seconds:
        """What the clocks showed when each began, seconds."""
        return self.start + self.offset

    @property
    def local_end(self) -> Seconds:
        """What the clocks showed when each ended, seconds; the last has no end."""
        return np.append(self.start[1:] + self.offset[:-1], np.iinfo(np.int64).max)

    def of_days(self) -> Stretches:
        """Stretches by which local days are counted: a day that has begun is not left when clocks are set back."""
        starts, offsets = [int(self.start[0])], [int(self.offset[0])]
        for start, offset in zip(self.start[1:].tolist(), self.offset[1:].tolist(), strict=True):
            begun = (start - 1 + offsets[-1]) // DAY
            starts.append(max(start, begun * DAY - offset))
            offsets.append(offset)
        return Stretches(np.array(starts, dtype=np.int64), np.array(offsets, dtype=np.int64))


@lru_cache(maxsize=64)
def stretches(zone: str, first_year: int, last_year: int) -> Stretches:
    """The stretches of a zone from some days before the first year to some days after the last."""
    tz = zone_named(zone)

    def offset_at(second: int) -> int:
        offset = datetime.fromtimestamp(second, tz).utcoffset()
        assert offset is not None  # a zone has one
        return int(offset.total_seconds())

    at = int(datetime(first_year, 1, 1, tzinfo=UTC).timestamp()) - _STEP
    end = int(datetime(last_year, 12, 31, tzinfo=UTC).timestamp()) + _STEP
    starts, offsets = [at], [offset_at(at)]
    while at < end:
        low, high = at, at + _STEP
        if (offset := offset_at(high)) != offsets[-1]:
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if offset_at(middle) != offsets[-1] else (middle, high)
            starts.append(high)
            offsets.append(offset)
        at += _STEP
    return Stretches(np.array(starts, dtype=np.int64), np.array(offsets, dtype=np.int64))
