"""A writer that is killed, at any moment: what it acknowledged is there, what it did not finish is not."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from pathlib import Path

import pytest
from deltalake import DeltaTable
from parcels import after, current, new_lake, put, row, whole_row
from writers import KEYS, generations, last_told

from stamm.store import Lake
from tests.thorough import one_in, turns

SPAWN = multiprocessing.get_context("spawn")


def check_whole(lake: Lake, told: Path) -> int:
    """All rows are of one generation, nothing acknowledged is lost; the generation."""
    rows = current(lake)
    found = {one["weight"] for one in rows}
    assert len(found) <= 1, "half a commit is seen"
    number = max(found, default=0)
    assert number in (last_told(told), last_told(told) + 1)
    assert len(rows) == (KEYS + number if number else 0)
    for earlier in {1, number // 2, number} - {0}:
        past = lake.state_at("parcels", after(earlier)).to_pylist()
        assert len(past) == (KEYS + earlier if number else 0)
        assert {one["weight"] for one in past} <= {earlier}
    with lake.writing() as writer:
        assert (writer.seen(f"file {number}") is None) == (number == 0)
        assert writer.seen(f"file {number + 1}") is None
        assert len(list((lake.root / ".staging").iterdir())) == 1, "only this writer's own"
    assert not list(lake.root.rglob("*.tmp")), "half-written files are cleared away"
    snapshot = lake.snapshot()
    for table, files in (
        ("parcels", snapshot.files("parcels")),
        ("parcels_history", snapshot.history_files("parcels")),
    ):
        if files or any((lake.root / table).glob("_delta_log/*.json")):
            assert sorted(DeltaTable(str(lake.root / table)).file_uris()) == sorted(files)
    return number


def kill_and_go_on(tmp_path: Path, rounds: int, seed: int) -> None:
    lake, told = new_lake(tmp_path), tmp_path / "told"
    chance = random.Random(seed)
    for _ in range(rounds):
        process = SPAWN.Process(target=generations, args=(str(lake.root), str(told)))
        known = last_told(told)
        process.start()
        while last_told(told) == known and process.is_alive():
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.6))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        check_whole(lake, told)
    lake.vacuum(keep=1)
    check_whole(lake, told)


def test_killed_at_a_random_moment(tmp_path: Path) -> None:
    kill_and_go_on(tmp_path, rounds=2, seed=1)


@pytest.mark.long
def test_killed_at_many_random_moments(tmp_path: Path) -> None:
    kill_and_go_on(tmp_path, rounds=turns(25, 10), seed=2)


def die_at(tmp_path: Path, call: int) -> None:
    lake, told = new_lake(tmp_path), tmp_path / "told"
    for _ in range(2):
        process = SPAWN.Process(target=generations, args=(str(lake.root), str(told), call))
        process.start()
        process.join(120)
        assert process.exitcode == -signal.SIGKILL
        number = check_whole(lake, told)
        if number:
            # somebody goes on: every key that is there, one generation further
            names = [one["parcel_id"] for one in current(lake)] + [f"new {number + 1}"]
            rows = [row(name, weight=number + 1) for name in names[:-1]]
            put(lake, *rows, whole_row(names[-1], weight=number + 1), at=after(number + 1))
            with lake.writing() as writer:
                writer.remember(f"file {number + 1}", {})
                writer.commit()
            told.write_text(f"{number + 1}\n")
            check_whole(lake, told)


@pytest.mark.parametrize("call", [17])
def test_killed_while_a_commit_is_brought_to_the_disk(tmp_path: Path, call: int) -> None:
    die_at(tmp_path, call)


@pytest.mark.long
@pytest.mark.parametrize("call", one_in(2, range(1, 48, 3)))
def test_killed_at_steps_all_over_a_commit(tmp_path: Path, call: int) -> None:
    die_at(tmp_path, call)
