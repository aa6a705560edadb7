"""A database of its own for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.postgres.server import Database, Server


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[Database]:
    with server.database() as made:
        yield made
