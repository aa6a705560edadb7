"""Facts that programmes here append: what they did is data like any other, told in the next round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa

from stamm.app.projecting.said import Said, Values
from stamm.facts import imported
from stamm.store.log import Entry, Log, Stored

#: before the name of a programme, in the source of its facts; no key of a program has such a source
OWN = "stamm/"


class Told(msgspec.Struct, frozen=True):
    """One row of a fact; moments as text (ISO 8601)."""

    fact: str
    values: dict[str, Any]


_DECODER = msgspec.json.Decoder(list[Told])


def append(log: Log, programme: str, name: str, told: Sequence[tuple[str, Mapping[str, Any]]], at: datetime) -> None:
    """Have rows of facts appended, once under their name; durable when it returns. Raises LogError."""
    body = msgspec.json.encode([Told(fact, dict(values)) for fact, values in told])
    log.append([Entry(f"{OWN}{programme}", name, body, at.astimezone(UTC))])


def is_own(entry: Entry) -> bool:
    """Whether a programme here has appended it."""
    return entry.source.startswith(OWN)


def said(waiting: Iterable[Stored]) -> list[Said]:
    """The rows in these messages."""
    return [
        Said(one.fact, _typed(one), stored.entry.source, stored.entry.received_at)
        for stored in waiting
        for one in _DECODER.decode(stored.entry.body)
    ]


def _typed(told: Told) -> Values:
    schema = imported()[told.fact].schema()
    return {
        name: datetime.fromisoformat(value) if value and pa.types.is_timestamp(schema.field(name).type) else value
        for name, value in told.values.items()
    }
