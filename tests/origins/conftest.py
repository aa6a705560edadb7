"""Databases of a shop, one of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.postgres.server import Server
from tests.origins import mariadb as maria
from tests.origins.shops import Shop, in_mariadb, in_postgres, in_sqlite


@pytest.fixture(scope="session")
def mariadb() -> Iterator[maria.Maria]:
    """A MariaDB server of its own."""
    place = maria.program()
    if place is None:
        pytest.skip("there is no MariaDB; `make system` installs it")
    with maria.running(place) as found:
        yield found


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        with in_sqlite(tmp_path) as found:
            yield found
    elif request.param == "postgres":
        server: Server = request.getfixturevalue("server")
        with in_postgres(server) as found:
            yield found
    else:
        with in_mariadb(request.getfixturevalue("mariadb")) as found:
            yield found
