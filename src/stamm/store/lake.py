"""The lake: where facts live."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from stamm.facts import Imported, imported
from stamm.lang.errors import LakeError
from stamm.lang.version import __version__
from stamm.lang.window import zone_named
from stamm.store import delta_log, manifest, migrations, past
from stamm.store.durable import make_directory, sync_directories, sync_file
from stamm.store.lock import exclusive
from stamm.store.manifest import SCHEMA_VERSION, Manifest
from stamm.store.relations import connect
from stamm.store.snapshot import Snapshot
from stamm.store.writer import Writer

LOCK = "write.lock"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Lake:
    """A directory of Delta tables, one a fact kind, seen through manifests."""

    def __init__(self, root: Path, kinds: Mapping[str, type[Imported]] | None = None) -> None:
        self.root = root
        self._kinds = imported() if kinds is None else kinds

    # -- opening -----------------------------------------------------------------------
    @classmethod
    def create(cls, path: Path | str, zone: str, *, kinds: Mapping[str, type[Imported]] | None = None) -> Lake:
        """Start an empty lake whose local days are those of `zone`; raises LakeError where one is."""
        zone_named(zone)
        root = Path(path).absolute()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)  # its owner's alone: all below it names people
        with exclusive(root / LOCK, 10.0, None):
            if manifest.numbers(root):
                raise LakeError(
                    "There is data here already.", where=str(root), remedy="Use it, or choose another place."
                )
            sync_directories(make_directory(root / manifest.DIRECTORY, root) | {root.parent})
            manifest.write(root, Manifest(1, zone, EPOCH, __version__))
        return cls(root, kinds)

    @classmethod
    def open(
        cls, path: Path | str, *, zone: str | None = None, kinds: Mapping[str, type[Imported]] | None = None
    ) -> Lake:
        """The lake at a path, brought to this version's schema; raises LakeError with a remedy.

        Local days are resolved when facts are written, so another `zone` is refused, unless nothing was
        written yet.
        """
        root = Path(path).absolute()
        raw = manifest.read_raw(root)
        version = _checked_version(root, raw)
        if version < SCHEMA_VERSION:
            _migrate(root)
            raw = manifest.read_raw(root)
        lake = cls(root, kinds)
        if zone is not None and raw["zone"] != zone and not lake._moved_to(zone):
            raise LakeError(
                f"The local days of this data were resolved in {raw['zone']}, not in {zone}.",
                where=str(root),
                remedy=f"Set the zone back to {raw['zone']}, or import everything into a new project.",
            )
        return lake

    def _moved_to(self, zone: str) -> bool:
        """Whether an empty lake now resolves its days in that zone."""
        zone_named(zone)
        with self.writing() as writer:
            if writer.base.kinds:
                return False
            manifest.write(self.root, replace(writer.base, number=writer.base.number + 1, zone=zone))
            return True

    # -- reading -----------------------------------------------------------------------
    def snapshot(self, number: int | None = None) -> Snapshot:
        """The newest snapshot, or the one of that number while it is kept. Never waits for a writer."""
        raw = manifest.read_raw(self.root, number)
        if _checked_version(self.root, raw) < SCHEMA_VERSION:
            raise LakeError(
                f"Snapshot {raw['number']} was written before the data was brought to a newer schema version.",
                where=str(self.root),
                remedy="Ask for a newer snapshot.",
            )
        return Snapshot(self.root, Manifest.from_json(raw), self._kinds)

    def state_at(self, kind: str, moment: datetime) -> pa.Table:
        """The rows as they were at a moment: of everything received by then, one row a key."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        snapshot = self.snapshot()
        with tempfile.TemporaryDirectory() as spill:
            connection = connect(Path(spill))
            try:
                return past.state_at(connection, snapshot, self._kinds, kind, moment)
            finally:
                connection.close()

    # -- writing -----------------------------------------------------------------------
    @contextmanager
    def writing(
        self, wait_seconds: float = 10.0, on_wait: Callable[[int | None], None] | None = None
    ) -> Iterator[Writer]:
        """The one writer; others wait, then get a BusyError that names this process.

        `on_wait` is called once, with the number of the process waited for. What was put is seen after
        `Writer.commit()`; leaving without it leaves everything as it was.
        """
        with exclusive(self.root / LOCK, wait_seconds, on_wait):
            writer = Writer(self.root, self.snapshot().manifest, self._kinds)
            try:
                yield writer
            finally:
                writer.close()

    @contextmanager
    def still(self, wait_seconds: float = 10.0) -> Iterator[Snapshot]:
        """The newest snapshot, while nobody writes: what else is read meanwhile belongs to it."""
        with exclusive(self.root / LOCK, wait_seconds, None):
            yield self.snapshot()

    def vacuum(self, keep: int = 20, unused_for: timedelta = timedelta(hours=24)) -> int:
        """Remove snapshots but the newest `keep`, and files that none of those kept names.

        What was the newest snapshot within `unused_for` is kept as well: somebody may be reading it.
        Returns the number of files removed.
        """
        with exclusive(self.root / LOCK, 10.0, None):
            return _vacuum(self.root, max(keep, 1), unused_for)


def _checked_version(root: Path, raw: Mapping[str, Any]) -> int:
    """The schema version of a manifest; raises LakeError where this program is too old for it."""
    version = raw.get("schema_version")
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise LakeError(
            f"This data has schema version {version}, written by Stamm {raw.get('stamm_version', '?')}; "
            f"this is Stamm {__version__}, which reads versions up to {SCHEMA_VERSION}.",
            where=str(root),
            remedy="Install the newer Stamm, or restore a backup made by this one.",
        )
    return version


def _migrate(root: Path) -> None:
    with exclusive(root / LOCK, 60.0, None):
        raw = manifest.read_raw(root)
        if raw["schema_version"] == SCHEMA_VERSION:
            return  # somebody else has done it in the meantime
        while raw["schema_version"] < SCHEMA_VERSION:
            version = raw["schema_version"]
            step = migrations.MIGRATIONS.get(version)
            if step is None:
                raise LakeError(
                    f"This data has schema version {version}, which Stamm {__version__} cannot bring up to "
                    f"version {SCHEMA_VERSION}.",
                    where=str(root),
                    remedy="Open it once with an older Stamm, or import everything anew.",
                )
            raw = {**step(root, raw), "schema_version": version + 1}
        raw |= {"number": manifest.numbers(root)[-1] + 1, "stamm_version": __version__}
        manifest.write(root, Manifest.from_json(raw))


def _vacuum(root: Path, keep: int, unused_for: timedelta) -> int:
    numbers = manifest.numbers(root)
    horizon = time.time() - unused_for.total_seconds()
    kept = set(numbers[-keep:])
    for number, successor in pairwise(numbers):
        if manifest.path_of(root, successor).stat().st_mtime >= horizon:
            kept.add(number)
    named: set[Path] = set()
    for number in kept:
        state = Manifest.from_json(manifest.read_raw(root, number))
        named |= {root / name / file.path for name, table in state.tables.items() for file in table.files}
    for number in set(numbers) - kept:
        manifest.path_of(root, number).unlink()
    sync_file(root / manifest.DIRECTORY)
    removed = 0
    for log in root.glob("*/_delta_log"):
        for path in sorted(log.parent.rglob("*.parquet")):
            if path not in named and log not in path.parents:
                path.unlink()
                removed += 1
        delta_log.forget(log.parent, horizon)
    shutil.rmtree(root / ".staging", ignore_errors=True)
    return removed
