"""The database of people with the tables of forms, of jobs and of mails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from stamm.delivery.tables import TABLES as MAILS
from stamm.forms import TABLES
from stamm.jobs import TABLES as JOBS
from stamm.people import Database, open_database


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little work, so that tests are quick; what a browser does is looked at in a browser."""
    monkeypatch.setattr("stamm.intake.spam.BITS", 8)


@pytest.fixture
def database(place: tuple[Path, str]) -> Iterator[Database]:
    with closing(open_database(*place, (*TABLES, *JOBS, *MAILS))) as opened:
        yield opened
