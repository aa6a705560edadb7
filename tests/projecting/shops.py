"""A project, messages that arrive in its log, and what the lake holds of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stamm.app.project import Project
from stamm.app.projecting import Projected, Projecting
from stamm.facts import imported
from stamm.lang.organisation import Organisation
from stamm.store.log import Entry, Outcome

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)


def shop(directory: Path) -> Project:
    return Project.create(directory, Organisation(zone="Europe/Berlin", history="complete"))


def message(type_: str, minute: int = 0, **more: Any) -> dict[str, Any]:
    """A message that tells of a minute of the morning of 1 February."""
    at = datetime(2024, 2, 1, 9, tzinfo=UTC) + timedelta(minutes=minute)
    return {"type": type_, "timestamp": at.isoformat(), **more}


def track(event: str, minute: int = 0, user: str | None = "anna", **properties: Any) -> dict[str, Any]:
    return message("track", minute, event=event, userId=user, properties=properties)


def entry(number: int | str, said: Mapping[str, Any], *, source: str = "web", reason: str = "") -> Entry:
    """The message of that number, received so many seconds after noon."""
    late = timedelta(seconds=number) if isinstance(number, int) else timedelta()
    return Entry(source, f"m{number}", json.dumps(said).encode(), NOON + late, reason=reason)


def arrive(
    project: Project, said: Iterable[Mapping[str, Any]], *, first: int = 1, source: str = "web"
) -> list[Outcome]:
    log = project.log()
    try:
        return log.append([entry(number, each, source=source) for number, each in enumerate(said, start=first)])
    finally:
        log.close()


def project_all(project: Project, *, most: int = 20_000) -> list[Projected]:
    """Rounds until nothing waits."""
    log = project.log()
    try:
        projecting, done = Projecting(project, log, most=most), []
        while (one := projecting.run()).messages or one.snapshot:
            done.append(one)
        return done
    finally:
        log.close()


def rows(project: Project, kind: str, *columns: str) -> list[tuple[Any, ...]]:
    """The current rows in these columns, by key."""
    table = project.lake().snapshot().dataset(kind).to_table()
    keys = imported()[kind].key_columns
    found = sorted(table.to_pylist(), key=lambda row: tuple(str(row[key]) for key in keys))
    return [tuple(plain(row[name]) for name in columns) for row in found]


def plain(value: Any) -> Any:
    """A moment as the clock in UTC shows it."""
    return value.astimezone(UTC).strftime("%H:%M") if isinstance(value, datetime) else value
