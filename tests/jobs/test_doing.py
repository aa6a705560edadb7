"""Jobs beside everything else that a worker does."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm.app import doing as module
from stamm.app import rounds as rounds_module
from stamm.app.doing import Doing, Stumbled
from stamm.app.project import HELD, Project
from stamm.app.rounds import rounds
from stamm.jobs import Job, Kind, Outcome, enqueue
from stamm.jobs.looking import counts
from stamm.people.database import Run
from tests.projecting.shops import shop


@dataclass
class Told(Kind):
    """Says that it was done, or raises."""

    done: list[str]
    name = "told"
    title = "Told"

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        if job.given.get("fails"):
            raise ValueError("anna@example.com is no number")
        self.done.append(job.key)
        return outcome


def put(project: Project, key: str, *, fails: bool = False) -> None:
    now = datetime.now(UTC)
    with closing(project.people()) as database, database.transaction() as run:
        enqueue(run, "told", key, {"fails": fails}, due_at=now, now=now)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop(tmp_path / "shop")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    keys: list[str] = []
    monkeypatch.setattr(rounds_module, "kinds", lambda _: [Told(keys)])
    monkeypatch.setattr(module, "LOOKS", 0.02)
    return keys


def until(true: Callable[[], object]) -> None:
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < 20
        time.sleep(0.02)


def test_a_worker_that_looks_once_does_all_that_is_due(project: Project, done: list[str]) -> None:
    for number in range(45):
        put(project, f"k{number:02}")
    list(rounds(project.directory, 0.01, once=True))
    assert done == [f"k{number:02}" for number in range(45)]


def test_jobs_are_done_while_nobody_asks_for_the_next_round_and_no_name_is_told(
    project: Project, done: list[str]
) -> None:
    going = rounds(project.directory, 0.01)
    next(going)
    put(project, "a")
    put(project, "b", fails=True)
    until(lambda: done)
    told = next(one for one in going if isinstance(one, Stumbled))
    assert (told.kind, told.error) == ("told", "ValueError")
    going.close()


def test_a_project_that_was_restored_does_nothing_until_it_is_released(project: Project, done: list[str]) -> None:
    put(project, "a")
    (project.directory / HELD).write_text("{}")
    list(rounds(project.directory, 0.01, once=True))
    assert done == []
    (project.directory / HELD).unlink()
    list(rounds(project.directory, 0.01, once=True))
    assert done == ["a"]


def test_what_nobody_foresaw_ends_the_worker(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKS", 0.01)

    def kinds(directory: Path) -> list[Kind]:
        raise RuntimeError("a mistake of ours")

    put(project, "a")
    with Doing(project.directory, kinds) as doing:
        doing.start()
        with pytest.raises(RuntimeError, match="ours"):
            until(lambda: list(doing.told()))


def test_who_stops_waits_for_the_job_under_way_and_gives_back_the_others(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKS", 0.01)
    keys: list[str] = []

    class Slow(Told):
        def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
            time.sleep(0.3)
            return super().inside(run, job, outcome, now)

    for number in range(3):
        put(project, f"k{number}")
    with Doing(project.directory, lambda _: [Slow(keys)]) as doing:
        doing.start()
        until(lambda: keys)
    with closing(project.people()) as database, database.transaction() as run:
        found = counts(run)
    assert found["running"] == 0
    assert (found["done"], found["waiting"]) == (len(keys), 3 - len(keys))
    assert len(keys) < 3
