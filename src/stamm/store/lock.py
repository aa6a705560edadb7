"""One writer at a time."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stamm.lang.errors import BusyError

PAUSE_SECONDS = 0.05


def _owner(handle: int) -> int | None:
    text = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdigit() else None


@contextmanager
def exclusive(
    path: Path,
    wait_seconds: float,
    on_wait: Callable[[int | None], None] | None,
    doing: str = "The data is being written",
) -> Iterator[None]:
    """Hold the lock file; the system frees it when the process ends, however it ends.

    `on_wait` is told once which process is being waited for. Raises BusyError after `wait_seconds`; `doing` begins
    its sentence.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(handle, path, wait_seconds, on_wait, doing)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(handle)


def _acquire(
    handle: int, path: Path, wait_seconds: float, on_wait: Callable[[int | None], None] | None, doing: str
) -> None:
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            owner = _owner(handle)
        if on_wait is not None and not told:
            on_wait(owner)
            told = True
        if time.monotonic() >= deadline:
            who = f"process {owner}" if owner is not None else "another process"
            raise BusyError(
                f"{doing} by {who}; waited {wait_seconds:g} seconds.",
                where=str(path.parent),
                remedy=f"Wait until it has finished (`ps -p {owner}` shows what it does) and try again."
                if owner is not None
                else "Wait until it has finished and try again.",
            )
        time.sleep(PAUSE_SECONDS)
