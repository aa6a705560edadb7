"""Which world is made: its seed, its size, its days, and where its clocks stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from zlib import crc32

import numpy as np

from stamm.lang.errors import UsageError
from stamm.lang.window import day_start
from stamm.sources.local_time import DAY

#: customers of a block; a part of what a seed means, so changing it changes every world
BLOCK = 2_000
#: customers by size; in two years each stands for about ten orders and a hundred events
SIZES = {"small": 1_000, "medium": 10_000, "large": 50_000, "huge": 500_000}
SHORTEST_DAYS = 60


@dataclass(frozen=True)
class Shop:
    """A world to be made, from the local day `first` to the day before `until`."""

    seed: int
    customers: int
    first: date
    until: date
    zone: str
    currency: str

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise UsageError("A seed is a whole number from 0 on.")
        if self.customers < 1:
            raise UsageError("A world needs at least one customer.")
        if (self.until - self.first).days < SHORTEST_DAYS:
            raise UsageError(
                f"From {self.first} to {self.until} is too short for a world in which customers come back and leave.",
                remedy=f"Take at least {SHORTEST_DAYS} days.",
            )

    @cached_property
    def start(self) -> int:
        """The first instant, microseconds UTC."""
        return self.moment(self.first)

    @cached_property
    def end(self) -> int:
        """The instant after the last, microseconds UTC; nothing later is known."""
        return self.moment(self.until)

    @property
    def covered(self) -> tuple[date, date]:
        """The first and the last local day."""
        return self.first, self.until - timedelta(days=1)

    @property
    def days(self) -> float:
        """Days from start to end."""
        return (self.end - self.start) / DAY

    @property
    def blocks(self) -> int:
        """Blocks of customers."""
        return -(-self.customers // BLOCK)

    def moment(self, day: date, hour: float = 0.0) -> int:
        """The instant so many hours after a local day began, microseconds UTC."""
        return int(day_start(day, self.zone).timestamp()) * 1_000_000 + int(hour * DAY / 24)

    def chance(self, theme: str, block: int = -1) -> np.random.Generator:
        """The chance of a theme in a block (-1: in what all blocks share); it depends on nothing else."""
        return np.random.default_rng([self.seed, crc32(theme.encode()), block + 1])
