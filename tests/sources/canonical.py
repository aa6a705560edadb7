"""Canonical files read as a whole, for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources import SOURCES, Chunk, Reject

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")
HEADING = "order_id,ordered_at,amount,channel\n"
MISSING = "is missing; the column must be filled in every row"


def read(path: Path, organisation: Organisation = BERLIN) -> list[Chunk]:
    (source,) = (kind() for kind in SOURCES if kind().recognises(path))
    return list(source.read(path, organisation=organisation))


def rows(chunks: Sequence[Chunk]) -> list[dict[str, object]]:
    return [row for chunk in chunks for row in chunk.table.to_pylist()]


def rejects(chunks: Sequence[Chunk]) -> list[Reject]:
    return [reject for chunk in chunks for reject in chunk.rejects]


def written(folder: Path, content: str | bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as told:
        read(path)
    return str(told.value)


#: the row that many ways of writing it must give
SOUND = {
    "order_id": "1",
    "ordered_at": datetime(2024, 2, 9, 23, tzinfo=UTC),
    "amount_minor": 1230,
    "currency": "EUR",
    "channel": "web",
}
