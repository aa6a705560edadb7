"""A door with a log of its own, and keys for it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from stamm.ingest import Door, application
from stamm.people import Database, Scope, create_key, open_database
from stamm.store.log import Entry, Log, open_log

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)


@dataclass
class Shop:
    """What the tests see of a server: a client, its keys, its log."""

    client: TestClient
    door: Door
    log: Log
    people: Database
    write: str
    read: str
    log_file: Path
    now: list[datetime] = field(default_factory=lambda: [NOON])

    def send(self, place: str, body: bytes | str | Any, key: str | None = None, **headers: str) -> Any:
        """Post a body, as JSON where it is no text; the response."""
        import msgspec  # noqa: PLC0415

        content = body if isinstance(body, bytes | str) else msgspec.json.encode(body)
        return self.client.post(place, content=content, headers={**basic(key or self.write), **headers})

    def entries(self) -> list[Entry]:
        return [stored.entry for stored in self.log.read()]

    def bodies(self) -> list[bytes]:
        return [entry.body for entry in self.entries()]

    def failed(self) -> list[Entry]:
        return [failed.entry for failed in self.log.failures()]


def basic(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    people = open_database(tmp_path / "stamm.sqlite")
    write, _ = create_key(people, "shop", Scope.WRITE, who="anna", now=NOON, per_second=100_000)
    read, _ = create_key(people, "monitoring", Scope.READ, who="anna", now=NOON)
    now = [NOON]
    file = tmp_path / "log" / "log.sqlite"
    door = Door(lambda: open_log(file), open_database(tmp_path / "stamm.sqlite"), now=lambda: now[0])
    log = open_log(file)
    with TestClient(application(door), raise_server_exceptions=False) as client:
        yield Shop(client, door, log, people, write, read, file, now)
    log.close()
    people.close()
