"""The log when the process is killed at a sync, and when the power fails and all that was not synced is gone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stamm.store.log import Outcome
from stamm.store.log.sqlite import SqliteLog
from tests.faults.appender import MESSAGES, append_all, message
from tests.thorough import one_in

PROGRAM = Path(__file__).parent / "appender.py"
NAMES = ("log.sqlite", "log.sqlite-wal", "log.sqlite-journal", "told")
TRACED = "openat,write,pwrite64,ftruncate,unlink,fsync,fdatasync"
_CALL = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += +(-?\d+).*")
_HANDLE = re.compile(r"\d+<([^>]*)>")
_DATA = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@pytest.fixture(autouse=True)
def _strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("there is no strace; `make system` installs it")


def unknown(folder: Path, acknowledged: list[str]) -> set[str]:
    """Messages that the log in a folder does not know, though they were acknowledged; the counters add up."""
    log = SqliteLog(folder / "log.sqlite")
    counted = log.counters().get("shop")
    assert counted is None or counted.received == counted.accepted + counted.duplicate + counted.failed
    outcomes = log.append([message(one) for one in acknowledged])
    log.close()
    return {one for one, outcome in zip(acknowledged, outcomes, strict=True) if outcome is not Outcome.DUPLICATE}


# -- power ---------------------------------------------------------------------------------------------------
class Disk:
    """What a disk would hold if the power failed now: of each file what was synced, under names that were."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seen: dict[str, bytearray] = {}
        self.synced: dict[str, bytes] = {}
        #: files whose name in the directory is on the disk
        self.named: set[str] = set()
        self.told: list[str] = []

    def happens(self, call: str, told: str) -> None:
        """One system call."""
        paths = [bytes.fromhex(found.replace("\\x", "")).decode() for found in _HANDLE.findall(told)]
        data = [bytes.fromhex(found.replace("\\x", "")) for found in _DATA.findall(told)]
        path = Path(paths[0]) if paths else self.root / Path(data[0].decode()).name
        if call == "openat":
            path = Path(data[0].decode())
            if path.parent == self.root and "O_CREAT" in told:
                self.seen.setdefault(path.name, bytearray())
        elif call == "unlink":
            self.seen.pop(path.name, None)
        elif path == self.root:
            self.named = set(self.seen)
        elif path.name == "told":
            self.told += data[0].decode().split()
        elif call in ("fsync", "fdatasync"):
            self.synced[path.name] = bytes(self.seen[path.name])
        elif call == "ftruncate":
            del self.seen[path.name][int(told.rsplit(",", 1)[1]) :]
        else:
            start = int(told.rsplit(",", 1)[1]) if call == "pwrite64" else len(self.seen[path.name])
            content = self.seen[path.name]
            content.extend(bytes(max(0, start - len(content))))
            content[start : start + len(data[0])] = data[0]

    def leave(self, folder: Path) -> None:
        """Write what is left into a folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in self.named & set(self.synced):
            (folder / name).write_bytes(self.synced[name])


def lost(folder: Path, *words: str) -> set[str]:
    """What is acknowledged and gone where the power fails at the moment of an acknowledgement, of any of them."""
    work, trace = folder / "work", folder / "trace"
    work.mkdir()
    only = [word for name in NAMES for word in ("-P", str(work / name))]
    strace = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={TRACED}", "-o", str(trace)]
    command = [*strace, *only, "-P", str(work), sys.executable, str(PROGRAM), str(work), *words]
    subprocess.run(command, check=True, timeout=120)
    disk, gone, before = Disk(work), set[str](), 0
    for line in trace.read_text().splitlines():
        found = _CALL.fullmatch(line)
        if found and int(found[3]) >= 0:
            disk.happens(found[1], found[2])
        if len(disk.told) > before:
            before = len(disk.told)
            disk.leave(folder / "left")
            gone |= unknown(folder / "left", disk.told)
    assert before == MESSAGES
    return gone


def test_a_loss_of_power_takes_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    assert lost(tmp_path) == set()


def test_the_same_is_lost_where_commits_are_not_synced(tmp_path: Path) -> None:
    """What this test would say if somebody saved the sync: it can fail."""
    assert lost(tmp_path, "normal")


# -- kill ----------------------------------------------------------------------------------------------------
def kill_at(folder: Path, sync: int) -> None:
    folder.mkdir()
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync"]
    killing = ["-e", f"inject=fdatasync,fsync:signal=KILL:when={sync}"]
    done = subprocess.run([*strace, *killing, sys.executable, str(PROGRAM), str(folder)], check=False, timeout=120)
    told = (folder / "told").read_text().split()
    assert done.returncode != 0, "it was killed"
    assert unknown(folder, told) == set()
    append_all(folder)
    log = SqliteLog(folder / "log.sqlite")
    counted = log.counters()["shop"]
    log.close()
    assert counted.accepted == MESSAGES, "each counts once"


@pytest.mark.long
def test_killed_at_syncs_from_the_first_on(tmp_path: Path) -> None:
    for sync in one_in(4, range(1, 41)):
        kill_at(tmp_path / str(sync), sync)
