"""Whatever is written into a table, and whenever its reader is killed: the facts are those of the whole table."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamm.app.project import Project
from tests.origins.dying import import_until
from tests.origins.shops import facts, importing, project_of
from tests.thorough import turns

SPAWN = multiprocessing.get_context("spawn")
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
COLUMNS = ("order_id", "customer_id", "amount_minor", "currency")
SETTINGS = """
[database.shop]
address = "sqlite:///shop.sqlite"
table = "orders"
by = "changed"
"""
TABLE = "create table orders (order_id integer primary key, customer_id, ordered_at, amount, currency, changed)"
BEGIN = datetime(2024, 3, 1, 8)  # noqa: DTZ001 - as the shop writes its moments


def shop(directory: Path) -> Project:
    project = project_of(directory, SETTINGS)
    with closing(sqlite3.connect(directory / "shop.sqlite", isolation_level=None)) as owner:
        owner.execute(TABLE)
    return project


def write(directory: Path, number: int, cents: int, minute: int) -> None:
    row = (number, "anna", "2024-02-10 10:00:00", cents / 100, "EUR", str(BEGIN + timedelta(minutes=minute)))
    with closing(sqlite3.connect(directory / "shop.sqlite", isolation_level=None)) as owner:
        owner.execute("insert or replace into orders values (?, ?, ?, ?, ?, ?)", row)


def whole(directory: Path) -> list[tuple[Any, ...]]:
    """The facts of the table, by its rows alone."""
    with closing(sqlite3.connect(directory / "shop.sqlite")) as owner:
        rows = owner.execute("select order_id, customer_id, round(amount * 100), currency from orders").fetchall()
    return sorted(((str(row[0]), row[1], int(row[2]), row[3]) for row in rows), key=str)


# -- killed --------------------------------------------------------------------------------------------------
def killed_at(step: int, directory: Path) -> bool:
    """Whether there was such a step; after it, all is as if nobody had been killed."""
    place = directory / str(step)
    shutil.copytree(directory / "shop", place)
    told = directory / f"told-{step}"
    process = SPAWN.Process(target=import_until, args=(str(place), step, str(told)))
    process.start()
    process.join(120)
    project = Project.open(place)
    held, marks = facts(project, "orders", *COLUMNS), project.lake().snapshot().manifest.marks
    old = facts(Project.open(directory / "shop"), "orders", *COLUMNS)
    assert (held, "10:00" in marks["shop"]) in ((old, False), (whole(place), True)), "both of them, or none"
    importing(project).take(["shop"], now=NOW)
    assert facts(project, "orders", *COLUMNS) == whole(place)
    assert importing(project).take(["shop"], now=NOW).rows == []
    shutil.rmtree(place)
    return not told.exists()


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """A shop of which two orders are in, one is changed and one is new."""
    directory = tmp_path / "shop"
    project = shop(directory)
    write(directory, 1, 1230, 0)
    write(directory, 2, 500, 1)
    importing(project).take(["shop"], now=NOW)
    write(directory, 2, 700, 120)
    write(directory, 3, 1, 120)
    return tmp_path


def test_killed_at_a_step(waiting: Path) -> None:
    assert killed_at(8, waiting)


@pytest.mark.long
def test_killed_at_every_step(waiting: Path) -> None:
    step = 1
    while killed_at(step, waiting):
        step += 1
    assert step > 8


# -- whatever is written -------------------------------------------------------------------------------------
#: an order, its cents, how late its transaction ends, and whether somebody reads afterwards
STEP = st.tuples(st.integers(1, 5), st.integers(1, 99_999), st.integers(0, 15), st.booleans())


@settings(max_examples=turns(8, 4), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=8))
def test_the_facts_are_those_of_the_whole_table(
    steps: list[tuple[int, int, int, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("world") / "shop"
    project, minute, known = shop(directory), 0, dict[int, int]()
    for number, cents, late, read in steps:
        minute += 5
        begun = max(minute - late, known.get(number, 0) + 1)  # a row is changed by one after the other
        known[number] = begun
        write(directory, number, cents, begun)
        if read:
            importing(project).take(["shop"], now=NOW)
            assert facts(project, "orders", *COLUMNS) == whole(directory)
    importing(project).take(["shop"], now=NOW)
    assert facts(project, "orders", *COLUMNS) == whole(directory)
