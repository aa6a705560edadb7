"""What tests of several parts need."""

from __future__ import annotations

import gc
from collections.abc import Iterator

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
