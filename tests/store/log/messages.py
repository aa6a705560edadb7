"""Messages by a word or two."""

from __future__ import annotations

from datetime import UTC, datetime

from stamm.store.log import Entry

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)


def entry(message_id: str = "m1", body: str = "hello", *, source: str = "shop", reason: str = "") -> Entry:
    return Entry(source, message_id, body.encode(), NOON, reason=reason)
