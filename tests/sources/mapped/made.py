"""Small files read by a mapping written as in stamm.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from stamm.lang.organisation import Organisation
from stamm.sources import Reject
from stamm.sources.mapped import FileMapping, Mapped

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")


@dataclass
class Found:
    """What came out of a file, by fact kind."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejects: dict[str, list[Reject]] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def told(self, fact: str) -> list[tuple[int, str, str, str]]:
        """Line, column, value and reason of each reject, by line."""
        found = [(one.line, one.column, one.value, one.reason) for one in self.rejects[fact]]
        return sorted(found)

    def column(self, fact: str, name: str) -> list[Any]:
        """The values of a column, in the order of the key columns put first."""
        return [row[name] for row in self.rows[fact]]


def mapping_of(toml: str) -> FileMapping:
    """The mapping of a text that stands below `[mapping.shop]`."""
    return FileMapping.parse("shop", tomllib.loads(toml), file="stamm.toml")


def read(toml: str, file: Path, organisation: Organisation = BERLIN) -> Found:
    """The facts in a file, rows sorted by their first two columns."""
    found = Found()
    chunks = list(Mapped(mapping_of(toml), file.parent).read(file, organisation=organisation))
    tables: dict[str, list[pa.Table]] = {}
    for chunk in chunks:
        tables.setdefault(chunk.fact, []).extend([chunk.table] if chunk.table.num_rows else [])
        found.rejects.setdefault(chunk.fact, []).extend(chunk.rejects)
        found.read[chunk.fact] = found.read.get(chunk.fact, 0) + chunk.rows_read
        found.left_out[chunk.fact] = found.left_out.get(chunk.fact, 0) + chunk.left_out
        found.remarks += [remark for remark in chunk.remarks if remark not in found.remarks]
        assert 0 <= chunk.bytes_read <= chunk.bytes_total
    assert chunks[-1].bytes_read == chunks[-1].bytes_total
    for fact, parts in tables.items():
        rows = pa.concat_tables(parts).to_pylist() if parts else []
        found.rows[fact] = sorted(rows, key=lambda row: [str(value) for value in row.values()])
    return found


def of_text(toml: str, text: str, folder: Path, name: str = "shop.csv", encoding: str = "utf-8") -> Found:
    """The facts in a file with this content."""
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return read(toml, file)
