"""Messages for the tests, and rows as plain texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from stamm.sources.segment import Read, Row, read
from stamm.sources.segment.message import Arrival

RECEIVED = datetime(2024, 2, 1, 12, tzinfo=UTC)
TRACK = {"type": "track", "userId": "anna", "timestamp": "2024-02-01T10:00:00Z", "messageId": "m1"}


def told(
    message: Mapping[str, Any] | bytes, *, received_at: datetime = RECEIVED, sent_at: datetime | None = None
) -> Read:
    """What a message from the source `web` is, read in euros."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return read(body, Arrival("web", "m1", received_at, sent_at), "EUR")


def track(event: str, properties: Mapping[str, Any], **beside: Any) -> Read:
    """What an event of anna's is."""
    return told({**TRACK, "event": event, "properties": properties, **beside})


def plain(name: str, value: Any) -> Any:
    """A value as it stands in an example; midnight is written as its day."""
    if isinstance(value, str) and name.endswith(("_at", "_from")):
        value = datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(value, datetime):
        assert value.tzinfo is not None
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float):
        return f"{value:g}"
    return None if value is None else str(value)


def shown(rows: tuple[Row, ...], kind: str, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a kind, in some columns."""
    return [{name: plain(name, row.values.get(name)) for name in columns} for row in rows if row.fact == kind]


def wanted(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of an example in the same writing."""
    return [{name: plain(name, value) for name, value in line.items()} for line in lines]
