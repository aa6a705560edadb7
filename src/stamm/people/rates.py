"""How much a key may do, events sent or questions asked: a bucket that fills steadily and is emptied by what comes."""

from __future__ import annotations

from dataclasses import dataclass

#: seconds of the rate that may come at once
BURST_SECONDS = 10.0


@dataclass
class _Bucket:
    full: float
    at: float


class Rates:
    """What each key has left. Time is in seconds of any steady clock."""

    def __init__(self) -> None:
        self._buckets: dict[int, _Bucket] = {}

    def take(self, key: int, per_second: int, events: int, now: float) -> float:
        """Take so many events, all or none: 0 when they may come, else the seconds until they may.

        Whoever has a full bucket may send a batch larger than it, and waits the longer for the next.
        """
        most = per_second * BURST_SECONDS
        bucket = self._buckets.setdefault(key, _Bucket(most, now))
        full = min(most, bucket.full + (now - bucket.at) * per_second)
        bucket.at, bucket.full = now, full
        wanted = min(events, most)
        if full < wanted:
            return (wanted - full) / per_second
        bucket.full = full - events
        return 0.0
