"""What goes out by itself: a mail server that a project names, and a worker by a clock that a test sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from random import Random
from typing import Any

import pytest

from stamm.app.kinds import kinds
from stamm.app.project import Project
from stamm.jobs import Worker
from stamm.people import Database
from tests.delivery.server import Taken, running
from tests.jobs.conftest import Clock

#: a Thursday; summer time begins on Sunday the 31st
BEGIN = datetime(2024, 3, 28, 12, tzinfo=UTC)


@pytest.fixture
def mail(project: Project) -> Iterator[Taken]:
    file = project.directory / "stamm.toml"
    before = file.read_text("utf-8")
    with running() as (taken, server):
        text = before.replace(
            '[mail]\nserver = ""', f'[mail]\nserver = "127.0.0.1"\nport = {server.port}\nsecurity = "none"'
        ).replace('sender = ""', 'sender = "reports@example.com"')
        file.write_text(text.replace('address = ""', 'address = "https://shop.example.com"'), "utf-8")
        yield taken
    file.write_text(before, "utf-8")


@pytest.fixture
def clock() -> Clock:
    return Clock(BEGIN)


@pytest.fixture
def worker(project: Project, database: Database, clock: Clock) -> Worker:
    return Worker(database, kinds(project.directory), clock=clock, chance=Random(1))


def done(worker: Worker) -> None:
    """All there is to do; what nobody foresaw is raised."""
    found: list[Exception] = []
    worker.on_failure = lambda _, error: found.append(error)
    while worker.round():
        continue
    for error in found:
        raise error


def by_type(message: EmailMessage) -> dict[str, Any]:
    return {part.get_content_type(): part for part in message.walk()}
