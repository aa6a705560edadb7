"""An erasure that is killed at any step: either it was not begun, or the next command ends it."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from pathlib import Path

import pytest

from stamm.app.leaving.erasing import Erasing, finish_begun
from stamm.app.project import Project
from stamm.store.erasing.ledger import Ledger
from tests.leaving import planted as p
from tests.leaving.dying import NOW, erase
from tests.thorough import turns

SPAWN = multiprocessing.get_context("spawn")
FEW = ("gross_revenue", "visitors")


def killed_at(planted: Path, place: Path, step: int) -> bool:
    """Whether the process died before it was done; afterwards all is as it was, or all is done."""
    directory = Path(shutil.copytree(planted, place))
    before = p.numbers(Project.open(directory), keys=FEW)
    process = SPAWN.Process(target=erase, args=(str(directory), p.ID, step))
    process.start()
    process.join(120)
    project = Project.open(directory)
    ledger = Ledger.read(project.lake_directory)
    begun = ledger is not None and bool(ledger.people)
    if begun:
        finish_begun(project)
        assert p.traces(directory) == []
        assert not Ledger.read(project.lake_directory).pending  # type: ignore[union-attr]
        assert not list(directory.rglob("*.tmp"))
    else:
        assert p.traces(directory) == p.traces(planted)
    assert p.numbers(Project.open(directory), keys=FEW) == before
    shutil.rmtree(directory)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


@pytest.mark.parametrize("step", [60])
def test_killed_at_a_step(planted: Path, tmp_path: Path, step: int) -> None:
    assert killed_at(planted, tmp_path / "shop", step)


@pytest.mark.long
def test_killed_at_many_steps(planted: Path, tmp_path: Path) -> None:
    step = 1
    while killed_at(planted, tmp_path / "shop", step):
        step += turns(7, 13)
    assert step > 100


def test_another_erasure_ends_first_what_was_begun(planted: Path, tmp_path: Path) -> None:
    directory = Path(shutil.copytree(planted, tmp_path / "shop"))
    process = SPAWN.Process(target=erase, args=(str(directory), p.ID, 60))
    process.start()
    process.join(120)
    Erasing(Project.open(directory)).erase("ben", now=NOW)
    assert p.traces(directory) == []
    assert len(Ledger.read(directory / "lake").people) == 2  # type: ignore[union-attr]
