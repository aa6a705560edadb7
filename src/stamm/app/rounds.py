"""What a worker does, again and again: what arrived becomes facts, and what is derived from them is kept current."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from stamm.app.doing import Doing, Stumbled, Unreachable
from stamm.app.fetching import Fetching
from stamm.app.following import Following
from stamm.app.kinds import kinds
from stamm.app.project import Project
from stamm.app.projecting import Projected, Projecting
from stamm.app.refreshing import Progress, Refreshed, Refreshing
from stamm.app.unread import UnreadFile
from stamm.app.watching import SETTLED, Watched, Watching
from stamm.lang.errors import BusyError, LogError
from stamm.lang.organisation import Organisation

#: after a refresh the worker takes in what arrives for so many times as long, before it makes the next one
REST = 5
#: old snapshots are removed this often; what was the newest within so long may still be read
VACUUM = timedelta(hours=1)
#: after something that passes, such as a full disk, it is tried again so many seconds later
PAUSE_SECONDS = 10.0


@dataclass(frozen=True)
class Delayed:
    """A round that came to nothing, and why; all is as it was, and it is tried again."""

    error: BusyError | LogError | OSError


def rounds(
    directory: Path,
    every_seconds: float,
    progress: Progress | None = None,
    *,
    once: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> Iterator[Projected | Watched | Refreshed | Delayed | Stumbled | Unreachable]:
    """One commit after the other of what has arrived, in the log and in the folder watched, and a refresh whenever
    facts or settings have changed; for ever, or (`once`) until nothing is left to do. Beside it jobs
    are done that are due.

    Looks every so many seconds. Somebody who writes for long, a full disk or a log that cannot be reached delays it;
    with `once` they are raised. Where it is `stopping`, KeyboardInterrupt is raised before the next look: it was asked
    for in a moment in which nothing can be raised. Only within `Refreshing.alone`.
    """
    with _Worker(directory, progress) as worker, Doing(directory, kinds) as doing:
        if not once:
            doing.start()
        while True:
            if stopping():
                raise KeyboardInterrupt
            yield from doing.told()
            try:
                yield from worker.round(once=once)
            except (BusyError, LogError, OSError) as error:
                if once:
                    raise
                yield Delayed(error)
                time.sleep(max(every_seconds, PAUSE_SECONDS))
                continue
            if once:
                yield from doing.once()
                return
            time.sleep(every_seconds)


class _Worker:
    """What is remembered from one round to the next."""

    def __init__(self, directory: Path, progress: Progress | None) -> None:
        self.directory, self.progress = directory, progress
        self.projecting, self.watching = Projecting(Project.open(directory)), Watching()
        self.following, self.fetching = Following(), Fetching()
        #: the snapshot and the settings of the last refresh, and from when on there may be another
        self._refreshed: tuple[int, Organisation] | None = None
        self._due, self._cleared = 0.0, time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.projecting.log is not None:
            self.projecting.log.close()

    def round(self, *, once: bool) -> Iterator[Projected | Watched | Refreshed]:
        """One look at all there is to do."""
        project = self.projecting.project = Project.open(self.directory)
        if self.projecting.log is None and project.has_log:
            self.projecting.log = project.log()
        yield from self._taken_in()
        yield from self._watched(project, once=once)
        yield from self.following.run(project, datetime.now(UTC), once=once)
        yield from self.fetching.run(project, datetime.now(UTC), once=once)
        failed = {**self.watching.failed, **self.following.failed, **self.fetching.failed}
        UnreadFile(project).keep(failed, datetime.now(UTC))
        yield from self._refresh(project, now=once)
        if time.monotonic() - self._cleared >= VACUUM.total_seconds():
            project.lake().vacuum(unused_for=VACUUM)
            self._cleared = time.monotonic()

    def _taken_in(self) -> Iterator[Projected]:
        """Commits until hardly anything is left: a refresh need not wait for the last message of a stream."""
        while True:
            done = self.projecting.run()
            if done.snapshot is not None:
                yield done
            if done.messages < self.projecting.most:
                return

    def _watched(self, project: Project, *, once: bool) -> Iterator[Watched]:
        """What has come into the folder watched; who looks once waits for files just written."""
        yield from self.watching.run(project, datetime.now(UTC))
        if once and self.watching.waits:
            time.sleep(SETTLED)
            yield from self.watching.run(project, datetime.now(UTC))

    def _refresh(self, project: Project, *, now: bool) -> Iterator[Refreshed]:
        refreshing = Refreshing(project, progress=self.progress)
        found = refreshing.newest(), project.organisation
        if found != self._refreshed and (now or time.monotonic() >= self._due):
            started = time.monotonic()
            yield refreshing.run()
            self._refreshed, self._due = found, time.monotonic() + REST * (time.monotonic() - started)
