"""Local time to UTC, many at once: what a clock on the wall showed, and when that was."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stamm.lang.stretches import stretches

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

SECOND = 1_000_000
DAY = 86_400 * SECOND


def to_utc(local: Whole, bare: Mask, zone: str) -> tuple[Whole, Mask]:
    """UTC microseconds of local microseconds, and which local times do not exist.

    A bare date (local midnight) that a clock change swallowed starts when the clocks had changed, unless the
    whole day was skipped.
    """
    if not len(local):
        return local, np.zeros(0, dtype=bool)
    years = local.astype("datetime64[us]")[[local.argmin(), local.argmax()]].astype("datetime64[Y]").astype(int) + 1970
    known = stretches(zone, int(years[0]), int(years[1]))
    seconds = local // SECOND
    place = np.searchsorted(known.local_end, seconds, side="right")
    missing = seconds < known.local_start[place]
    swallowed = missing & bare & (seconds + 86_400 > known.local_start[place])
    utc = local - known.offset[place] * SECOND
    utc[swallowed] = known.start[place[swallowed]] * SECOND
    return utc, missing & ~swallowed
