"""A worker: claims what is due, does it, and writes its effect and its end in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from stamm.jobs import queue
from stamm.jobs.kind import Job, Kind
from stamm.jobs.outcome import Done, Outcome, Retry
from stamm.jobs.queue import LeaseLostError
from stamm.jobs.timers import fire
from stamm.lang.errors import StammError
from stamm.people.database import Database, Run

#: jobs claimed at once
BATCH = 20
#: a job and why it came to nothing
Failed = Callable[[Job, Exception], None]


class Worker:
    """Does jobs of these kinds, as long as somebody asks it to. Time and chance are given."""

    def __init__(
        self,
        database: Database,
        kinds: Sequence[Kind],
        *,
        clock: Callable[[], datetime],
        chance: Random,
        on_failure: Failed | None = None,
    ) -> None:
        self.database = database
        self.kinds: Mapping[str, Kind] = {kind.name: kind for kind in kinds}
        self.clock, self.chance, self.on_failure = clock, chance, on_failure
        self.lease = max((kind.lease for kind in kinds), default=timedelta(minutes=2))

    def round(self, *, most: int = BATCH, stopping: Callable[[], bool] = lambda: False) -> int:
        """Timers that are due become jobs, and up to so many jobs that are due are done; how many were claimed.

        Where it is `stopping`, the job under way is ended, and the others are given back.
        """
        lease = str(UUID(int=self.chance.getrandbits(128), version=4))
        with self.database.transaction() as run:
            now = self.clock()
            fire(run, now)
            for kind in self.kinds.values():
                for job in queue.set_aside_lost(run, kind.name, kind.most_begun, now):
                    kind.failed(run, job, queue.LOST, now)
            claimed = queue.claim(
                self.database, run, self.kinds.keys(), lease=lease, until=now + self.lease, most=most, now=now
            )
        if claimed:
            with self._heartbeat(lease):
                for job in claimed:
                    if stopping():
                        break
                    self._do(job, lease)
            with self.database.transaction() as run:
                queue.give_back(run, lease)
        return len(claimed)

    def tidy(self) -> None:
        """Forget what was over long ago."""
        with self.database.transaction() as run:
            queue.forget(run, self.clock())

    def _do(self, job: Job, lease: str) -> None:
        kind = self.kinds[job.kind]
        try:
            with self.database.transaction() as run:
                queue.begin(run, job, lease)
            outcome = kind.outside(job, self.clock()) if kind.goes_outside else Done()
            with self.database.transaction() as run:
                queue.hold(run, job, lease)
                self._settle(run, job, lease, kind.inside(run, job, outcome, self.clock()))
        except LeaseLostError:
            return  # whoever has it now does it
        except Exception as error:  # noqa: BLE001 - told, written down, and tried again
            if self.on_failure is not None:
                self.on_failure(job, error)
            self._came_to_nothing(job, lease, error)

    def _came_to_nothing(self, job: Job, lease: str, error: Exception) -> None:
        """What was raised is a try; what else it says may name somebody, so that only its kind is kept."""
        reason = error.what if isinstance(error, StammError) else type(error).__name__
        try:
            with self.database.transaction() as run:
                self._settle(run, job, lease, Retry(reason))
        except LeaseLostError:
            return

    def _settle(self, run: Run, job: Job, lease: str, outcome: Outcome) -> None:
        kind, now = self.kinds[job.kind], self.clock()
        over = queue.settle(run, job, lease, outcome, most_tries=kind.most_tries, now=now, chance=self.chance)
        if over:
            assert isinstance(outcome, Retry)
            kind.failed(run, job, outcome.reason, now)

    @contextmanager
    def _heartbeat(self, lease: str) -> Iterator[None]:
        """Says again and again that the worker is there; where it cannot, the lease runs out, and that is found."""
        ending = threading.Event()

        def beat() -> None:
            while not ending.wait(self.lease.total_seconds() / 4):
                try:
                    with self.database.transaction() as run:
                        queue.renew(run, lease, self.clock() + self.lease)
                except StammError:
                    continue  # the job's own transaction tells

        beating = threading.Thread(target=beat, name="heartbeat", daemon=True)
        beating.start()
        try:
            yield
        finally:
            ending.set()
            beating.join()
