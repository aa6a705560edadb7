"""What a worker does from round to round, and what delays it."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from stamm.app import rounds as module
from stamm.app.projecting import Projected, Projecting
from stamm.app.refreshing import Refreshed
from stamm.app.rounds import Delayed, rounds
from stamm.lang.errors import BusyError, LogError
from tests.projecting.shops import arrive, rows, shop, track


def test_a_round_takes_in_what_arrived_and_then_refreshes(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    going = rounds(project.directory, 0.01)
    assert isinstance(next(going), Refreshed)
    arrive(project, [track("clicked", 1)])
    taken = next(going)
    assert isinstance(taken, Projected)
    assert taken.messages == 1
    refreshed = next(going)
    assert isinstance(refreshed, Refreshed)
    assert refreshed.snapshot == taken.snapshot
    going.close()


@pytest.mark.parametrize("error", [BusyError("busy"), LogError("gone"), OSError(errno.ENOSPC, "No space left")])
def test_what_passes_delays_a_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    project = shop(tmp_path / "shop")
    arrive(project, [track("clicked", 1)])
    real, failing = Projecting.run, [error, error]

    def run(projecting: Projecting) -> Any:
        if failing:
            raise failing.pop()
        return real(projecting)

    monkeypatch.setattr(Projecting, "run", run)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.01)
    with pytest.raises(type(error)):
        list(rounds(project.directory, 0.01, once=True))
    going = rounds(project.directory, 0.01)
    assert next(going) == Delayed(error)
    assert isinstance(next(going), Projected)
    going.close()
    assert rows(project, "events", "event_id") == [("web/m1",)]
