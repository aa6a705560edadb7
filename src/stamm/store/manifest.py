"""Manifests: each names one version of every table. The newest one is what readers see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from stamm.lang.errors import LakeError
from stamm.store.durable import write_atomically

SCHEMA_VERSION = 1
DIRECTORY = "manifests"

Coverage = tuple[date, date]


@dataclass(frozen=True)
class DataFile:
    """One Parquet file: path below its table, rows, bytes, and whether any row is made data."""

    path: str
    rows: int
    size: int
    simulated: bool

    @property
    def partition(self) -> str:
        """The directory within the table, such as `month=2024-02`."""
        return self.path.rpartition("/")[0]

    @property
    def month(self) -> str | None:
        """The value of the partition; None in a table without partitions."""
        return self.partition.partition("=")[2] or None


@dataclass(frozen=True)
class TableState:
    """One version of one Delta table."""

    identity: str
    version: int
    columns: tuple[str, ...]
    files: tuple[DataFile, ...]

    @property
    def rows(self) -> int:
        """Rows in all files."""
        return sum(file.rows for file in self.files)


@dataclass(frozen=True)
class KindState:
    """What is known of a fact kind beside its rows."""

    #: the number the next message gets
    arrivals: int = 0
    #: first and last covered local day by source; None for one that never told of a day
    coverage: Mapping[str, Coverage | None] = field(default_factory=dict)

    def covering(self, source: str, days: Coverage | None) -> KindState:
        """The same with more days covered by a source."""
        known = self.coverage.get(source)
        if known and days:
            days = (min(known[0], days[0]), max(known[1], days[1]))
        return KindState(self.arrivals, {**self.coverage, source: days or known})


@dataclass(frozen=True)
class Manifest:
    """The state of the whole lake after one commit."""

    number: int
    zone: str
    written_at: datetime
    stamm_version: str
    schema_version: int = SCHEMA_VERSION
    tables: Mapping[str, TableState] = field(default_factory=dict)
    kinds: Mapping[str, KindState] = field(default_factory=dict)
    #: by log: the position up to which its messages are in here
    positions: Mapping[str, int] = field(default_factory=dict)
    #: by table of somebody's database: how far it was read, in words of its reader
    marks: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "number": self.number,
            "schema_version": self.schema_version,
            "stamm_version": self.stamm_version,
            "zone": self.zone,
            "written_at": self.written_at.isoformat(),
            "positions": dict(self.positions),
            "marks": dict(self.marks),
            "tables": {
                name: {
                    "identity": table.identity,
                    "version": table.version,
                    "columns": list(table.columns),
                    "files": [[f.path, f.rows, f.size, f.simulated] for f in table.files],
                }
                for name, table in self.tables.items()
            },
            "kinds": {
                name: {
                    "arrivals": kind.arrivals,
                    "coverage": {
                        source: [day.isoformat() for day in days] if days else None
                        for source, days in kind.coverage.items()
                    },
                }
                for name, kind in self.kinds.items()
            },
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Manifest:
        """The reverse of `as_json`."""
        return cls(
            number=raw["number"],
            zone=raw["zone"],
            written_at=datetime.fromisoformat(raw["written_at"]),
            stamm_version=raw["stamm_version"],
            schema_version=raw["schema_version"],
            positions=raw.get("positions", {}),  # none where it was written before there were logs
            marks=raw.get("marks", {}),
            tables={
                name: TableState(
                    table["identity"],
                    table["version"],
                    tuple(table["columns"]),
                    tuple(DataFile(*file) for file in table["files"]),
                )
                for name, table in raw["tables"].items()
            },
            kinds={
                name: KindState(
                    kind["arrivals"],
                    {
                        source: (date.fromisoformat(days[0]), date.fromisoformat(days[1])) if days else None
                        for source, days in kind["coverage"].items()
                    },
                )
                for name, kind in raw["kinds"].items()
            },
        )


def path_of(root: Path, number: int) -> Path:
    """Where the manifest of that number lies."""
    return root / DIRECTORY / f"{number:012d}.json"


def numbers(root: Path) -> list[int]:
    """Numbers of all manifests, ascending."""
    names = (root / DIRECTORY).glob("*.json") if (root / DIRECTORY).is_dir() else ()
    return sorted(int(path.stem) for path in names if path.stem.isdigit())


def read_raw(root: Path, number: int | None = None) -> dict[str, Any]:
    """The manifest of that number (the newest when None) as plain values; raises LakeError."""
    known: list[int] = []
    for _ in range(5):
        known = numbers(root)
        if not known:
            raise LakeError(
                "There is no data here.",
                where=str(root),
                remedy="`stamm init` starts a project, `stamm import` fills it.",
            )
        wanted = known[-1] if number is None else number
        try:
            raw: dict[str, Any] = json.loads(path_of(root, wanted).read_bytes())
        except FileNotFoundError:
            if number is not None:
                break
            continue  # a vacuum took it between the two looks; a newer one is there
        except ValueError as error:
            raise LakeError(
                f"Manifest {wanted} is damaged.",
                where=str(path_of(root, wanted)),
                remedy="Restore the data from a backup (`stamm restore`).",
            ) from error
        return raw
    raise LakeError(
        f"Snapshot {number} is not kept any more.",
        where=str(root),
        remedy=f"The kept ones: {known[0]} to {known[-1]}.",
    )


def write(root: Path, manifest: Manifest) -> None:
    """Make a manifest the newest one, atomically and durably."""
    content = json.dumps(manifest.as_json(), separators=(",", ":"), ensure_ascii=False)
    write_atomically(path_of(root, manifest.number), content.encode())
