"""Worlds at hand: the newest snapshot, opened once and lent to one question at a time.

A server that is asked all day opens the data when it has changed and not for each question. Whoever borrows a world has
one snapshot from the first query to the last, whatever is written beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from stamm.answers.world import World
from stamm.app.leaving.erasing import finish_begun
from stamm.app.project import Project
from stamm.app.settings import SETTINGS
from stamm.engines.kind import Engine
from stamm.lang.errors import LakeError, StoppedError
from stamm.store import manifest
from stamm.store.kept.files import DIRECTORY

#: what of a lake's kept files changes with every answer, and means nothing for the world
_ANSWERS = "answers"

State = tuple[object, ...]


class Stop:
    """Ends the work for one question, from any thread; it can be told before the work begins."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self._engine: Engine | None = None

    def __bool__(self) -> bool:
        return self._told.is_set()

    def now(self) -> None:
        """Interrupt what runs and begin nothing more.

        A query that is just about to begin may miss it: who waits for the end says it again.
        """
        self._told.set()
        if (engine := self._engine) is not None:
            engine.interrupt()

    def over(self, engine: Engine) -> Engine:
        """The same engine, which stops when it is told to."""
        return _Stoppable(engine, self)

    @contextmanager
    def watching(self, engine: Engine) -> Iterator[None]:
        """While something runs on the engine, it is what is interrupted; what ends for that reason is StoppedError."""
        if self:
            raise _stopped()
        self._engine = engine
        try:
            yield
        except Exception as error:
            if self:
                raise _stopped() from error
            raise
        finally:
            self._engine = None
        if self:
            raise _stopped()


def _stopped() -> StoppedError:
    return StoppedError("The question was stopped.", remedy="Ask for fewer days, or ask again later.")


class _Stoppable:
    """An engine for one question, which somebody else may stop."""

    def __init__(self, engine: Engine, stop: Stop) -> None:
        self._engine, self._stop = engine, stop
        self.name, self.most_distinct = engine.name, engine.most_distinct

    def table(self, kind: str) -> ir.Table:
        with self._stop.watching(self._engine):
            return self._engine.table(kind)

    def held(self, expression: ir.Table) -> ir.Table:
        with self._stop.watching(self._engine):
            return self._engine.held(expression)

    def run(self, expression: ir.Table) -> pa.Table:
        with self._stop.watching(self._engine):
            return self._engine.run(expression)

    def interrupt(self) -> None:
        self._engine.interrupt()

    def close(self) -> None:
        self._engine.close()


@dataclass(frozen=True)
class _Opened:
    world: World
    state: State | None


class Worlds:
    """The worlds of one project, as many open as are lent at the same time; threads may call all methods."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._free: list[_Opened] = []
        self._guard = threading.Lock()
        self._closed = False

    @contextmanager
    def lent(self, stop: Stop | None = None) -> Iterator[World]:
        """The newest snapshot, for one question; raises what opening a project raises.

        Where a file is gone because a person was erased, LakeError is raised and the next loan is of a newer snapshot.
        """
        state = self._state()
        opened = self._taken(state) or _Opened(self._open(), state)
        world = opened.world
        try:
            yield replace(world, engine=stop.over(world.engine)) if stop is not None else world
        except LakeError:
            world.engine.close()
            raise
        except BaseException:
            self._give_back(opened)
            raise
        else:
            self._give_back(opened)

    def close(self) -> None:
        """Give back memory and files; what is lent is closed when it comes back."""
        with self._guard:
            self._closed, waiting, self._free = True, self._free, []
        for opened in waiting:
            opened.world.engine.close()

    # -- keeping ---------------------------------------------------------------------
    def _taken(self, state: State | None) -> _Opened | None:
        """A world of that state that nobody has; those of other states are closed."""
        with self._guard:
            old = [opened for opened in self._free if opened.state != state]
            self._free = [opened for opened in self._free if opened.state == state]
            found = self._free.pop() if self._free else None
        for opened in old:
            opened.world.engine.close()
        return found

    def _give_back(self, opened: _Opened) -> None:
        with self._guard:
            keep = not self._closed and opened.state is not None
            if keep:
                self._free.append(opened)
        if not keep:
            opened.world.engine.close()

    def _open(self) -> World:
        project = Project.open(self.directory)
        if project.has_erased:
            finish_begun(project)
        return project.world()

    def _state(self) -> State | None:
        """What a world depends on, as far as it can change; None where that cannot be told (a shop's own database)."""
        lake = self.directory / "lake"
        numbers = manifest.numbers(lake)
        if not numbers:
            return None
        kept = lake / DIRECTORY
        folders = sorted(path for path in kept.iterdir() if path.name != _ANSWERS) if kept.is_dir() else ()
        files = (self.directory / SETTINGS, self.directory / "rates.csv", *folders)
        return (numbers[-1], *((str(file), file.stat().st_mtime_ns) for file in files if file.exists()))
