"""A process that works until it is killed: writes inside, and outside into a file, a line with the job's key each."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import SystemRandom

from stamm.jobs import TABLES, Done, Job, Kind, Outcome, Worker
from stamm.people import open_database
from stamm.people.database import Run

#: what is written inside
DID = "CREATE TABLE IF NOT EXISTS did (key varchar(200) NOT NULL, at {moment} NOT NULL)"

LEASE = timedelta(seconds=1)


class Inside(Kind):
    """One row a job."""

    name = "inside"
    title = "Inside"
    lease = LEASE

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        run("INSERT INTO did (key, at) VALUES (?, ?)", (job.key, now))
        return Done()


class Outside(Kind):
    """One line a time, on the disk before it is done."""

    name = "outside"
    title = "Outside"
    lease = LEASE
    goes_outside = True

    def __init__(self, file: Path) -> None:
        self.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def outside(self, job: Job, now: datetime) -> Outcome:
        os.write(self.file, f"{job.key}\n".encode())
        os.fsync(self.file)
        time.sleep(0.004)
        return Done()


def work(file: Path, address: str, lines: Path) -> None:
    """Until it is killed."""
    worker = Worker(
        open_database(file, address, (*TABLES, DID)),
        [Inside(), Outside(lines)],
        clock=lambda: datetime.now(UTC),
        chance=SystemRandom(),
    )
    while True:
        if not worker.round():
            time.sleep(0.05)
