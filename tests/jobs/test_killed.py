"""Workers that are killed again and again: each thing is done, inside once, outside with at most one repeat."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from stamm.jobs import TABLES, enqueue, looking
from stamm.people import open_database
from tests.jobs.conftest import Place
from tests.jobs.working import DID, work

#: half of them inside, half outside
MANY = 500
#: done between two kills; seconds between two that nothing is done in, and after which it has to be over
DONE, KILLED, LONGEST = 150, 2.0, 60.0


@pytest.mark.long
def test_workers_killed_again_and_again(place: Place, tmp_path: Path) -> None:
    database, lines = open_database(place.file, place.address, (*TABLES, DID)), tmp_path / "lines"
    now = datetime.now(UTC)
    with database.transaction() as run:
        for number in range(MANY):
            for kind in ("inside", "outside"):
                enqueue(run, kind, f"{kind}{number}", {}, due_at=now, now=now)
    # forked by a process that has loaded everything: a worker that is killed has worked before
    forking = get_context("forkserver")
    forking.set_forkserver_preload(["tests.jobs.working"])

    def started() -> BaseProcess:
        worker = forking.Process(target=work, args=(place.file, place.address, lines), daemon=True)
        worker.start()
        return worker

    def undone() -> int:
        with database.transaction() as run:
            left = looking.counts(run)
        return left["waiting"] + left["running"]

    workers = [started() for _ in range(2)]
    kills, begun = 0, time.monotonic()
    try:
        while True:
            until, still = time.monotonic() + KILLED, undone() - DONE
            while time.monotonic() < until and undone() > still:
                time.sleep(0.1)
                if not undone():
                    break
            else:
                assert time.monotonic() - begun < LONGEST, undone()
                workers[kills % 2].kill()
                workers[kills % 2].join()
                workers[kills % 2] = started()
                kills += 1
                continue
            break
    finally:
        for worker in workers:
            worker.kill()
            worker.join()
    with database.transaction() as run:
        inside = Counter(key for (key,) in run("SELECT key FROM did", ()))
        failed = looking.jobs_in(run, "failed")
    database.close()
    sent = Counter(lines.read_text().split())
    assert inside == {f"inside{number}": 1 for number in range(MANY)}
    assert sent.keys() == {f"outside{number}" for number in range(MANY)}
    assert max(sent.values()) <= 2
    assert kills >= 2
    # one that was cut off twice in the middle is set aside for somebody to look at: it went out, and it is not sent on
    assert {job.key for job in failed} <= {key for key, count in sent.items() if count == 2}
