"""Recorded exports and the facts in them, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from stamm.lang.organisation import Organisation
from stamm.sources import SOURCES, Chunk
from stamm.sources.exports import Export

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")
FACTS = ".facts.json"


def exports() -> tuple[type[Export[Any]], ...]:
    """All sources that are recognised by how a file begins."""
    return tuple(kind for kind in SOURCES if issubclass(kind, Export))


@cache
def recorded() -> tuple[Path, ...]:
    """What was recorded of each of them."""
    return tuple(sorted(_recorded()))


def _recorded() -> Iterator[Path]:
    folders = {Path(str(import_module(kind.__module__).__file__)).parent / "recorded" for kind in exports()}
    for folder in folders:
        yield from (path for path in folder.iterdir() if not path.name.endswith(FACTS))


def source_of(path: Path) -> Export[Any]:
    """The one source that recognises a file."""
    (kind,) = (kind for kind in exports() if kind().recognises(path))
    return kind()


def facts_of(path: Path) -> tuple[str, dict[str, list[Any]]]:
    """The source of a file, and its facts; what is empty is left out, rejects come last."""
    source = source_of(path)
    return source.key, told(list(source.read(path, organisation=BERLIN)))


def told(chunks: list[Chunk]) -> dict[str, list[Any]]:
    """Chunks as JSON would tell them."""
    found: dict[str, list[Any]] = {}
    for chunk in chunks:
        rows = [
            {name: _plain(cell) for name, cell in row.items() if cell is not None} for row in chunk.table.to_pylist()
        ]
        found.setdefault(chunk.fact, []).extend(rows)
    rejects = [[one.line, one.column, one.value, one.reason] for chunk in chunks for one in chunk.rejects]
    return {**found, "rejects": rejects} if rejects else found


def expected(path: Path) -> dict[str, list[Any]]:
    """What was worked out by hand."""
    found: dict[str, list[Any]] = json.loads((path.parent / (path.name.split(".")[0] + FACTS)).read_text("utf-8"))
    return found


def _plain(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return cell.isoformat() if isinstance(cell, date) else cell
