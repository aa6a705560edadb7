"""What tests of several parts need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.postgres.server import Server, programs, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of its own."""
    place = programs()
    if place is None:
        pytest.skip("there is no PostgreSQL; `make system` installs it")
    with running(place) as found:
        yield found
