"""A refresh that is killed at any moment: the next one completes, and all is as made from nothing."""

from __future__ import annotations

import multiprocessing
import random
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from stamm.app.project import Project
from stamm.lang.window import windows
from tests.kept.shops import answers, check_kept, event, put, refresh, shop
from tests.thorough import turns

SPAWN = multiprocessing.get_context("spawn")
SPANS = windows(date(2024, 1, 1), date(2024, 5, 1), "week")
KEYS = ("conversion_rate", "conversions_per_visitor", "conversions_per_session", "session_duration")


def go_on(directory: str, ready: str) -> None:
    """Make what is missing, then everything from nothing, again and again, until somebody ends it."""
    project = Project.open(Path(directory))
    Path(ready).touch()
    refresh(project)
    while True:
        refresh(project, anew=True)


def kill_and_complete(directory: Path, times: int, seed: int) -> None:
    project, chance = shop(directory / "shop"), random.Random(seed)
    first = datetime(2024, 1, 5, 12, tzinfo=UTC)
    put(
        project,
        "events",
        [
            event(number, first + timedelta(hours=number), chance.choice((None, "anna", "ben")), f"d{number % 5}",
                  chance.choice(("page", "track")))
            for number in range(2_000)
        ],
    )  # fmt: skip
    for turn in range(times):
        put(project, "events", [event(f"{turn} more", first + timedelta(days=turn * 3), None, "d1")], minutes=turn)
        ready = directory / f"ready {turn}"
        process = SPAWN.Process(target=go_on, args=(str(project.directory), str(ready)))
        process.start()
        while not ready.exists():
            assert process.is_alive()
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 1.5))
        process.kill()
        process.join()
    refresh(project)
    assert not list(project.lake_directory.rglob("*.tmp"))
    found = answers(project, SPANS, KEYS)
    check_kept(project)
    refresh(project, anew=True)
    assert found == answers(project, SPANS, KEYS) == answers(project, SPANS, KEYS, use_kept=False)


@pytest.mark.long
def test_killed_at_a_random_moment(tmp_path: Path) -> None:
    kill_and_complete(tmp_path, times=1, seed=1)


@pytest.mark.long
def test_killed_again_and_again(tmp_path: Path) -> None:
    kill_and_complete(tmp_path, times=turns(20, 6), seed=2)
