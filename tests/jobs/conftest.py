"""Both databases that can keep jobs, and time that a test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from stamm.delivery.tables import TABLES as DELIVERY
from stamm.jobs import TABLES, Kind, Worker
from stamm.people import Database, open_database
from tests.jobs.working import DID

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)


@dataclass
class Clock:
    """A time that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@dataclass
class Place:
    """One database; each who works in it has a connection of their own."""

    file: Path
    address: str
    clock: Clock = field(default_factory=Clock)
    opened: list[Database] = field(default_factory=list)

    def open(self) -> Database:
        self.opened.append(open_database(self.file, self.address, (*TABLES, *DELIVERY, DID)))
        return self.opened[-1]

    def worker(self, *kinds: Kind, chance: int = 1) -> Worker:
        return Worker(self.open(), kinds, clock=self.clock, chance=Random(chance))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield from _closed(Place(tmp_path / "stamm.sqlite", ""))
        return
    with request.getfixturevalue("server").database() as known:
        yield from _closed(Place(tmp_path / "unused", known.address()))


def _closed(place: Place) -> Iterator[Place]:
    yield place
    for database in place.opened:
        with closing(database):
            continue


@pytest.fixture
def did(place: Place) -> Callable[[], list[str]]:
    """The keys of what was done inside."""

    def look() -> list[str]:
        with place.open().transaction() as run:
            return [key for (key,) in run("SELECT key FROM did ORDER BY key", ())]

    return look
