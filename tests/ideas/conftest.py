"""The database of people with the tables of ideas and of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from stamm.delivery.tables import TABLES as DELIVERY
from stamm.ideas import TABLES
from stamm.jobs import TABLES as JOBS
from stamm.people import Database, open_database


@pytest.fixture
def database(place: tuple[Path, str]) -> Iterator[Database]:
    with closing(open_database(*place, (*TABLES, *JOBS, *DELIVERY))) as opened:
        yield opened
