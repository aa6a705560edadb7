"""The files of kept facts: which ones a snapshot needs, which are there, and how one comes to be.

A file's name tells what it was made from: the files of the lake, the settings, the definitions of facts. So a
file either is exactly what a snapshot needs, or has another name. There is nothing else to be kept in step: whoever
is killed leaves whole files and unnamed ones, and whoever comes next makes what is missing.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stamm.facts import FACTS, Kept, behind, imported, kept
from stamm.lang.organisation import Organisation
from stamm.store.durable import sync_directories, sync_file
from stamm.store.snapshot import Snapshot

DIRECTORY = "kept"
ABOUT = b"stamm"
#: a file that is no longer needed stays this long, for those who are still reading it
GRACE = timedelta(hours=1)
#: rows of one piece of a file
GROUP_ROWS = 122_880
#: in the place of the month in the name of a file of everything
EVERYTHING = "all"


@dataclass(frozen=True)
class Part:
    """One file of a kept fact as a snapshot needs it: of a month, or (month None) of everything.

    `inputs` are the files of each imported kind that it is made from, by their names in the lake; `made` tells the
    definition and the settings.
    """

    fact: type[Kept]
    month: str | None
    made: str
    inputs: Mapping[str, tuple[str, ...]]
    path: Path

    @property
    def is_there(self) -> bool:
        """Whether it has been made."""
        return self.path.is_file()


@dataclass(frozen=True)
class Before:
    """An earlier file of the same part: made in the same way, of files of which some are still the same."""

    path: Path
    inputs: Mapping[str, tuple[str, ...]]

    @property
    def until(self) -> date | None:
        """The last local day that it knows of, where it was made whole."""
        return _until(self.path)

    def rows_but(self, column: str, touched: pa.Array) -> Iterator[pa.RecordBatch]:
        """All rows but those with one of these days, or of these customers, in a column."""
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(GROUP_ROWS):
                yield batch.filter(pc.invert(pc.is_in(batch[column], value_set=touched)))


class KeptFiles:
    """The kept facts of one snapshot under one organisation's settings."""

    def __init__(self, snapshot: Snapshot, organisation: Organisation) -> None:
        self.snapshot, self._organisation, self._rules = snapshot, organisation, _Rules(organisation)
        self.root = snapshot.root / DIRECTORY

    # -- what is needed --------------------------------------------------------------
    def parts(self, fact: type[Kept]) -> tuple[Part, ...]:
        """The files that the snapshot needs of a fact, by month; none of one that is not kept under these settings."""
        if not fact.is_kept(self._rules):
            return ()
        kinds = sorted(behind(fact.key, self._rules) & imported().keys())
        tables = self.snapshot.manifest.tables
        files = {kind: tables[kind].files if kind in tables else () for kind in kinds}
        if not fact.cut_by:
            everything = {kind: tuple(sorted(file.path for file in found)) for kind, found in files.items()}
            return (self._part(fact, None, everything),) if any(everything.values()) else ()
        months = sorted({str(file.month) for found in files.values() for file in found})
        return tuple(
            self._part(
                fact,
                month,
                {kind: tuple(sorted(f.path for f in found if f.month == month)) for kind, found in files.items()},
            )
            for month in months
        )

    def _part(self, fact: type[Kept], month: str | None, inputs: Mapping[str, tuple[str, ...]]) -> Part:
        settings = {
            name: getattr(self._organisation, name)
            for each in (*self.kept_behind(fact), fact)
            for name in each.depends_on
        }
        made = _digest([fact.key, settings, definitions()])
        name = f"{month or EVERYTHING}-{_digest([made, inputs])}.parquet"
        return Part(fact, month, made, inputs, self.root / fact.key / name)

    def in_order(self) -> tuple[type[Kept], ...]:
        """All kept facts, each after those that it is made from."""
        return tuple(sorted(kept(), key=lambda fact: (len(behind(fact.key, self._rules)), fact.key)))

    def kept_behind(self, fact: type[Kept]) -> tuple[type[Kept], ...]:
        """The kept facts that another is made from."""
        return tuple(each for each in kept() if each.key in behind(fact.key, self._rules))

    def usable(self) -> dict[str, tuple[list[str], date | None]]:
        """Of each fact all of whose files are there: their paths and, if made whole, the last day they know of."""
        found: dict[str, tuple[list[str], date | None]] = {}
        for fact in kept():
            parts = self.parts(fact)
            if parts and all(part.is_there for part in parts):
                until = None if fact.cut_by else _until(parts[0].path)
                found[fact.key] = [str(part.path) for part in parts], until
        return found

    # -- making ----------------------------------------------------------------------
    def before(self, part: Part) -> Before | None:
        """The newest file of the same month, or of everything, that was made in the same way."""
        of_the_same = part.path.parent.glob(f"{part.month or EVERYTHING}-*.parquet")
        candidates = sorted(of_the_same, key=lambda path: -path.stat().st_mtime_ns)
        for path in candidates:
            about = _about(path)
            if about.get("made") == part.made:
                return Before(path, {kind: tuple(names) for kind, names in about["inputs"].items()})
        return None

    def write(self, part: Part, rows: Iterable[pa.RecordBatch], until: date | None = None) -> int:
        """Write a part whole or not at all, durably; returns the number of rows."""
        part.path.parent.mkdir(parents=True, exist_ok=True)
        about = {"made": part.made, "inputs": part.inputs, "until": until.isoformat() if until else None}
        schema = part.fact.schema().with_metadata({ABOUT: json.dumps(about)})
        draft = part.path.with_name(f"{part.path.name}.tmp")
        count = 0
        with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
            for batch in rows:
                count += batch.num_rows
                writer.write_batch(batch.cast(part.fact.schema()).replace_schema_metadata(schema.metadata), GROUP_ROWS)
        sync_file(draft)
        os.replace(draft, part.path)  # noqa: PTH105 - the call that makes it visible, watched by the tests
        sync_file(part.path.parent)
        return count

    # -- clearing away ---------------------------------------------------------------
    def clear_drafts(self) -> None:
        """Remove what a process that died left half written; only for the one who holds the lock."""
        for draft in self.root.glob("*/*.tmp"):
            draft.unlink()

    def sweep(self, grace: timedelta = GRACE) -> int:
        """Remove files that this snapshot does not need, once what replaced them is older than `grace`.

        Returns the number of files removed.
        """
        removed = 0
        horizon = time.time() - grace.total_seconds()
        known = {fact.key: self.parts(fact) for fact in kept()}
        for directory in (path for path in self.root.glob("*") if path.is_dir()):
            needed = {part.path: part for part in known.get(directory.name, ())}
            if not all(part.is_there and part.path.stat().st_mtime <= horizon for part in needed.values()):
                continue
            for path in directory.glob("*.parquet"):
                if path not in needed and path.stat().st_mtime <= horizon:
                    path.unlink()
                    removed += 1
        return removed

    def purge(self) -> int:
        """Remove all that this snapshot does not need, at once: files, drafts, and every answer given before.

        For erasing: files of before may hold the person. Returns the number of files removed.
        """
        needed = {part.path for fact in kept() for part in self.parts(fact)}
        gone = [path for path in self.root.rglob("*") if path.is_file() and path not in needed]
        gone = [path for path in gone if path.suffix != ".lock"]
        for path in gone:
            path.unlink(missing_ok=True)  # answers come and go
        sync_directories({path.parent for path in gone if path.parent.is_dir()})
        return len(gone)


class _Rules:
    """An organisation's settings as derived facts ask for them; nothing is asked about a moment here."""

    as_of = None

    def __init__(self, organisation: Organisation) -> None:
        self.spell_rule: str = organisation.spell_rule
        self.lapse_days = organisation.lapse_days
        self.session_minutes = organisation.session_minutes


@functools.cache
def definitions() -> str:
    """A digest of how all facts are defined, those of other distributions, too: with any change there, everything
    is made anew."""
    return _digest([{package.__name__: _sources(package) for package in FACTS.packages()}])


def _sources(package: ModuleType) -> dict[str, str]:
    """The source of each module of a package (or of a module that stands alone), by its place below it."""
    roots = [Path(root) for root in getattr(package, "__path__", [])]
    found = {str(path.relative_to(root)): path for root in roots for path in root.rglob("*.py")}
    if not roots:
        found = {package.__name__: Path(str(package.__file__))}
    return {name: path.read_text(encoding="utf-8") for name, path in found.items()}


def _digest(what: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]


def _about(path: Path) -> dict[str, Any]:
    found = (pq.read_metadata(path).metadata or {}).get(ABOUT)
    return dict(json.loads(found)) if found else {}


def _until(path: Path) -> date | None:
    until = _about(path).get("until")
    return date.fromisoformat(str(until)) if until else None
