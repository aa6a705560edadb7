"""Delta's log: which files a table consists of at each version, readable by any Delta reader.

A commit of ours removes and adds files in one version, and must be on the disk before the manifest names
it. The `deltalake` package (1.6) can do neither from Python, so the log entries are written here, after
the public protocol (reader version 1, writer version 2); the package gives the schema, checkpoints and
the reading side.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import deltalake
import pyarrow as pa

from stamm.store.durable import make_directory, sync_directories, sync_file, write_atomically
from stamm.store.manifest import DataFile, TableState

CHECKPOINT_EVERY = 100


def _entry(table: Path, version: int) -> Path:
    return table / "_delta_log" / f"{version:020d}.json"


def head(table: Path) -> int:
    """The newest version in the log; -1 where there is none."""
    log = table / "_delta_log"
    if not log.is_dir():
        return -1
    return max((int(path.stem) for path in log.glob("*.json") if path.stem.isdigit()), default=-1)


def _add(file: DataFile, now: int) -> dict[str, Any]:
    values = {"month": file.month} if file.month else {}
    stats = json.dumps({"numRecords": file.rows})
    return {
        "add": {
            "path": file.path,
            "partitionValues": values,
            "size": file.size,
            "modificationTime": now,
            "dataChange": True,
            "stats": stats,
        }
    }


def _remove(file: DataFile, now: int) -> dict[str, Any]:
    return {
        "remove": {
            "path": file.path,
            "deletionTimestamp": now,
            "dataChange": True,
            "extendedFileMetadata": True,
            "partitionValues": {"month": file.month} if file.month else {},
            "size": file.size,
        }
    }


def _described(identity: str, schema: pa.Schema, partitioned: bool, now: int) -> list[dict[str, Any]]:
    return [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {
            "metaData": {
                "id": identity,
                "format": {"provider": "parquet", "options": {}},
                "schemaString": deltalake.Schema.from_arrow(schema).to_json(),
                "partitionColumns": ["month"] if partitioned else [],
                "configuration": {},
                "createdTime": now,
            }
        },
    ]


def commit(
    table: Path,
    before: TableState | None,
    after: TableState,
    schema: pa.Schema,
    *,
    operation: str = "WRITE",
) -> None:
    """Append the version that leads from one state of a table to the next, durably.

    `after.version` is the number to write; `schema` includes the partition column.
    """
    now = time.time_ns() // 1_000_000
    old = {file.path: file for file in before.files} if before else {}
    new = {file.path: file for file in after.files}
    actions: list[dict[str, Any]] = [
        {
            "commitInfo": {
                "timestamp": now,
                "operation": operation,
                "operationParameters": {},
                "engineInfo": "stamm",
            }
        }
    ]
    if before is None or before.columns != after.columns:
        actions += _described(after.identity, schema, "month" in schema.names, now)
    actions += [_remove(file, now) for path, file in old.items() if path not in new]
    actions += [_add(file, now) for path, file in new.items() if path not in old]
    named = make_directory(table / "_delta_log", table.parent)
    content = "".join(json.dumps(action, separators=(",", ":")) + "\n" for action in actions)
    write_atomically(_entry(table, after.version), content.encode())
    sync_directories(named)


def undo_after(table: Path, state: TableState | None) -> bool:
    """Take back versions that no manifest names (their writer died), by a version that reverses them.

    Other readers of the Delta table may have seen them, so their numbers are not used again.
    """
    known, newest = (state.version if state else -1), head(table)
    if newest <= known:
        return False
    live = {file.path: file for file in state.files} if state else {}
    wanted = dict(live)
    for version in range(known + 1, newest + 1):
        for line in _entry(table, version).read_text().splitlines():
            action = json.loads(line)
            if "remove" in action:
                live.pop(action["remove"]["path"], None)
            if "add" in action:
                added = action["add"]
                rows = json.loads(added["stats"])["numRecords"]
                live[added["path"]] = DataFile(added["path"], rows, added["size"], simulated=False)
    if live.keys() == wanted.keys():
        return False
    now = time.time_ns() // 1_000_000
    actions: list[dict[str, Any]] = [
        {
            "commitInfo": {
                "timestamp": now,
                "operation": "RESTORE",
                "operationParameters": {},
                "engineInfo": "stamm",
            }
        },
        *(_remove(file, now) for path, file in live.items() if path not in wanted),
        *(_add(file, now) for path, file in wanted.items() if path not in live),
    ]
    content = "".join(json.dumps(action, separators=(",", ":")) + "\n" for action in actions)
    write_atomically(_entry(table, newest + 1), content.encode())
    return True


def checkpoint(table: Path, versions: Sequence[int]) -> None:
    """Write Delta's checkpoint where a hundredth version is among those just written.

    Only other readers of the Delta table profit from it; the lake itself reads manifests.
    """
    if not any(version and version % CHECKPOINT_EVERY == 0 for version in versions):
        return
    deltalake.DeltaTable(str(table)).create_checkpoint()
    log = table / "_delta_log"
    for path in log.iterdir():
        if "checkpoint" in path.name:
            sync_file(path)
    sync_file(log)


def forget(table: Path, before: float) -> int:
    """Remove what was written before a moment (seconds since 1970) and stands in a later checkpoint, too; how much.

    A stream is a version every second or two, and each is a file.
    """
    log = table / "_delta_log"
    newest = max((int(path.name.partition(".")[0]) for path in log.glob("*.checkpoint.parquet")), default=0)
    gone = [
        path
        for path in log.iterdir()
        if path.name[:20].isdigit() and int(path.name[:20]) < newest and path.stat().st_mtime < before
    ]
    for path in gone:
        path.unlink()
    if gone:
        sync_file(log)
    return len(gone)


def collapse(table: Path) -> int:
    """Leave of a log its newest version alone, with a checkpoint that says what was before; returns files removed.

    For erasing: entries of before, also those that other writers put there, may tell of values.
    """
    newest, log = head(table), table / "_delta_log"
    deltalake.DeltaTable(str(table)).create_checkpoint()
    kept = {f"{newest:020d}.json", f"{newest:020d}.checkpoint.parquet", "_last_checkpoint"}
    for path in log.iterdir():
        if path.name in kept:
            sync_file(path)
    sync_file(log)
    gone = sorted(path for path in log.iterdir() if path.name not in kept)
    for path in gone:
        path.unlink()
    sync_file(log)
    return len(gone)
