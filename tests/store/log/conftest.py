"""A durable log on each database that can keep one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stamm.store.log import Log, open_log

Opener = Callable[[], Log]


@pytest.fixture(params=["sqlite", "postgres"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens the same log again and again, as other processes would."""
    opened: list[Log] = []

    def opening(address: str) -> Opener:
        def call() -> Log:
            opened.append(open_log(tmp_path / "log" / "log.sqlite", address))
            return opened[-1]

        return call

    if request.param == "sqlite":
        yield opening("")
    else:
        with request.getfixturevalue("server").database() as database:
            yield opening(database.address())
            for log in opened:
                log.close()
    for log in opened:
        log.close()


@pytest.fixture
def log(opener: Opener) -> Log:
    return opener()
