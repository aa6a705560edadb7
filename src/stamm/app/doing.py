"""Jobs that are due are done beside everything else a worker does, so that neither waits for the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from random import SystemRandom
from types import TracebackType
from typing import Self

from stamm.app.keeping_predictions import plan
from stamm.app.project import Project
from stamm.jobs import Job, Kind, Worker
from stamm.lang.errors import StammError
from stamm.lang.organisation import Organisation
from stamm.people import Database

#: seconds between two looks, and after something that passes
LOOKS, PAUSE = 1.0, 10.0
#: what was over long ago is forgotten this often
TIDY = timedelta(hours=1)
#: makes the kinds of jobs there are
Kinds = Callable[[Path], Sequence[Kind]]


@dataclass(frozen=True)
class Stumbled:
    """A job came to nothing; it is tried again. What an error says may name somebody: only its kind is told."""

    job: int
    kind: str
    error: str


@dataclass(frozen=True)
class Unreachable:
    """The database cannot be used just now; jobs wait."""

    error: StammError


class Doing:
    """Does jobs that are due as long as this lasts; none where the project was restored and not released."""

    def __init__(self, directory: Path, kinds: Kinds) -> None:
        self.directory, self.kinds = directory, kinds
        self._ending = threading.Event()
        self._told: SimpleQueue[Stumbled | Unreachable | BaseException] = SimpleQueue()
        self._thread = threading.Thread(target=self._keep, name="jobs", daemon=True)
        self._database: Database | None = None
        self._tidied = 0.0
        self._planned: Organisation | None = None

    def __enter__(self) -> Self:
        return self

    def start(self) -> None:
        """Look again and again from now on, beside whoever called this."""
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._let_go()

    def told(self) -> Iterator[Stumbled | Unreachable]:
        """What went wrong since this was asked last; raises what nobody foresaw."""
        while True:
            try:
                one = self._told.get_nowait()
            except Empty:
                return
            if isinstance(one, BaseException):
                raise one
            yield one

    def once(self) -> Iterator[Stumbled | Unreachable]:
        """Do all there is to do now, here; raises StammError where the database cannot be used."""
        self._due()
        yield from self.told()

    def _keep(self) -> None:
        while not self._ending.wait(LOOKS):
            try:
                self._due()
            except StammError as error:
                self._let_go()
                self._told.put(Unreachable(error))
                self._ending.wait(PAUSE)
            except BaseException as error:  # noqa: BLE001 - raised by `told`, in the thread that can end
                self._told.put(error)
                return

    def _due(self) -> None:
        """Everything that is due now, one batch after the other."""
        project = Project.open(self.directory)
        if not project.has_people or project.is_held:
            return
        if self._database is None:
            self._database = project.people()
        self._plan(self._database, project)
        worker = self._worker(self._database)
        while not self._ending.is_set() and worker.round(stopping=self._ending.is_set):
            continue
        if time.monotonic() - self._tidied > TIDY.total_seconds():
            worker.tidy()
            self._tidied = time.monotonic()

    def _plan(self, database: Database, project: Project) -> None:
        """What is due by the settings, once each time they change."""
        if self._planned != project.organisation:
            with database.transaction() as run:
                plan(run, project.organisation, now=datetime.now(UTC))
            self._planned = project.organisation

    def _let_go(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _worker(self, database: Database) -> Worker:
        def stumbled(job: Job, error: Exception) -> None:
            self._told.put(Stumbled(job.id, job.kind, type(error).__name__))

        return Worker(
            database,
            self.kinds(self.directory),
            clock=lambda: datetime.now(UTC),
            chance=SystemRandom(),
            on_failure=stumbled,
        )
