"""What tests of several parts need."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from stamm.cli.main import COLLECTED
from tests.engines.postgres.server import Server, programs, running

# as the program does: a sixth of the time of a test that asks
gc.set_threshold(*COLLECTED)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of its own."""
    place = programs()
    if place is None:
        pytest.skip("there is no PostgreSQL; `make system` installs it")
    with running(place) as found:
        yield found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Where a database of people is opened: a file, or the address of one on PostgreSQL."""
    if request.param == "sqlite":
        yield tmp_path / "stamm.sqlite", ""
        return
    with request.getfixturevalue("server").database() as known:
        yield tmp_path / "unused", known.address()
