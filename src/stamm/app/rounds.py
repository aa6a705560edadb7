"""What a worker does, again and again: what arrived becomes facts, and what is derived from them is kept current."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from stamm.app.leaving.erasing import keep_out
from stamm.app.project import Project
from stamm.app.projecting import Projected, Projecting
from stamm.app.refreshing import Progress, Refreshed, Refreshing
from stamm.lang.organisation import Organisation

#: after a refresh the worker takes in what arrives for so many times as long, before it makes the next one
REST = 5
#: old snapshots are removed this often; what was the newest within so long may still be read
VACUUM = timedelta(hours=1)


def rounds(
    directory: Path, every_seconds: float, progress: Progress | None = None, *, once: bool = False
) -> Iterator[Projected | Refreshed]:
    """One commit after the other of what has arrived, and a refresh whenever facts or settings have changed; for ever,
    or (`once`) until nothing is left to do.

    Looks every so many seconds. Only within `Refreshing.alone`.
    """
    seen: tuple[int, Organisation] | None = None
    due, cleared = 0.0, time.monotonic()
    with ExitStack() as stack:
        projecting = Projecting(Project.open(directory))
        while True:
            project = projecting.project = Project.open(directory)
            if projecting.log is None and project.has_log:
                projecting.log = project.log()
                stack.callback(projecting.log.close)
            yield from _taken_in(projecting)
            refreshing = Refreshing(project, progress=progress)
            found = refreshing.newest(), project.organisation
            if found != seen and (once or time.monotonic() >= due):
                started = time.monotonic()
                yield refreshing.run()
                seen, due = found, time.monotonic() + REST * (time.monotonic() - started)
            if time.monotonic() - cleared >= VACUUM.total_seconds():
                project.lake().vacuum(unused_for=VACUUM)
                _kept_out(projecting)
                cleared = time.monotonic()
            if once:
                _kept_out(projecting)
                return
            time.sleep(every_seconds)


def _kept_out(projecting: Projecting) -> None:
    if projecting.log is not None:
        keep_out(projecting.project, projecting.log)


def _taken_in(projecting: Projecting) -> Iterator[Projected]:
    """Commits until hardly anything is left: a refresh need not wait for the last message of a stream."""
    while True:
        done = projecting.run()
        if done.snapshot is not None:
            yield done
        if done.messages < projecting.most:
            return
