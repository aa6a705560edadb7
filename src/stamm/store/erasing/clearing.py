"""What a lake lets go of, so that nothing of before is left: older snapshots, their files, entries of logs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from stamm.store import delta_log, manifest
from stamm.store.durable import sync_directories
from stamm.store.manifest import Manifest


@dataclass(frozen=True)
class Cleared:
    """How many snapshots, files of rows, and entries of tables' logs are gone."""

    snapshots: int
    files: int
    entries: int


def clear(root: Path, newest: Manifest) -> Cleared:
    """Leave the newest snapshot and nothing else; only for the one who may write. Whoever reads an older one fails."""
    older = [number for number in manifest.numbers(root) if number != newest.number]
    for number in older:
        manifest.path_of(root, number).unlink()
    files = entries = 0
    emptied = {root / manifest.DIRECTORY}
    for log in sorted(root.glob("*/_delta_log")):
        table = log.parent
        if table.name not in newest.tables:  # begun by a writer who died
            shutil.rmtree(table)
            emptied.add(root)
            continue
        named = {table / file.path for file in newest.tables[table.name].files}
        for path in sorted(table.rglob("*")):
            if path.is_file() and path not in named and log not in path.parents:
                path.unlink()
                emptied.add(path.parent)
                files += 1
        entries += delta_log.collapse(table)
    sync_directories(emptied)
    return Cleared(len(older), files, entries)
