"""In which order things reach the disk: data, then Delta's log, then the manifest; nothing unsynced is named."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from parcels import after, current, new_lake, put, row, whole_row

from stamm.store import Lake, manifest


class Disk:
    """What a power cut would leave: only what was synced."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, Path]] = []
        self._fsync, self._replace, self._rename = os.fsync, os.replace, os.rename
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "replace", self.replace)
        monkeypatch.setattr(os, "rename", self.rename)

    def fsync(self, handle: int) -> None:
        self.calls.append(("sync", Path(f"/proc/self/fd/{handle}").readlink()))
        self._fsync(handle)

    def replace(self, origin: Any, target: Any) -> None:
        self.calls.append(("name", Path(target)))
        self._replace(origin, target)

    def rename(self, origin: Any, target: Any) -> None:
        assert ("sync", Path(origin)) in self.calls, "data is synced before it is named"
        self.calls.append(("name", Path(target)))
        self._rename(origin, target)

    def named(self, path: Path) -> int:
        return self.calls.index(("name", path))

    def check(self, path: Path, *, before: int) -> None:
        """The file was given its name, and every directory on the way to it synced, before that call."""
        named = self.named(path)
        assert ("sync", path.parent) in self.calls[named:before]


def names(lake: Lake, disk: Disk) -> None:
    """Every file that the newest manifest names was durable before it, as were the Delta logs."""
    snapshot = lake.snapshot()
    moment = disk.named(manifest.path_of(lake.root, snapshot.number))
    assert ("sync", lake.root / "manifests") in disk.calls[moment:]
    temporary = manifest.path_of(lake.root, snapshot.number).name + ".tmp"
    assert ("sync", lake.root / "manifests" / temporary) in disk.calls[:moment]
    for table, state in snapshot.manifest.tables.items():
        log = lake.root / table / "_delta_log" / f"{state.version:020d}.json"
        disk.check(log, before=moment)
        assert ("sync", log.with_name(log.name + ".tmp")) in disk.calls[: disk.named(log)]
        added = [json.loads(line).get("add") for line in log.read_text().splitlines()]
        for action in filter(None, added):
            disk.check(lake.root / table / action["path"], before=disk.named(log))


def test_everything_is_on_the_disk_before_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    lake = new_lake(tmp_path)
    assert ("sync", lake.root) in disk.calls
    put(lake, whole_row())
    # directories that are new have to be synced in the ones that hold them
    for directory in ("parcels", "parcels/month=2024-01", "parcels/_delta_log"):
        assert ("sync", (lake.root / directory).parent) in disk.calls
    names(lake, disk)
    with lake.writing() as writer:
        writer.remember("abc", {})
        writer.commit()
    disk.calls.clear()
    put(lake, row(weight=2), at=after(1))
    monkeypatch.undo()
    snapshot = lake.snapshot()
    moment = disk.named(manifest.path_of(lake.root, snapshot.number))
    for file in (*snapshot.files("parcels"), *snapshot.history_files("parcels")):
        disk.check(Path(file), before=moment)


@pytest.mark.parametrize("stop", range(14))
def test_a_full_disk_at_any_moment_leaves_the_old_or_the_new_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    """The n-th sync fails; whatever was reached, the next writer goes on from a whole state."""
    lake = new_lake(tmp_path)
    put(lake, whole_row(weight=1))
    calls = 0
    real = os.fsync

    def fsync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls > stop:
            raise OSError(28, "No space left on device")
        real(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        try:
            put(lake, row(weight=2), whole_row("p2"), at=after(1))
            failed = False
        except OSError:
            failed = True
    states = [[1], [2, 100]]
    found = [one["weight"] for one in current(lake)]
    assert found in states if failed else found == states[1]
    put(lake, row(weight=2), whole_row("p2"), at=after(1))
    assert [one["weight"] for one in current(lake)] == [2, 100]
    put(lake, row(weight=3), at=after(2))
    assert [one["weight"] for one in current(lake)] == [3, 100]
    assert [one["weight"] for one in lake.state_at("parcels", after(1)).to_pylist()] == [2, 100]
    from deltalake import DeltaTable  # noqa: PLC0415 - keeps its threads out of the patched part

    assert sorted(DeltaTable(str(lake.root / "parcels")).file_uris()) == sorted(lake.snapshot().files("parcels"))
