"""Databases of a shop, each with an owner who writes, and the address by which Stamm reads."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from stamm.app.importing import Importing, ImportReport
from stamm.app.project import Project
from stamm.lang.organisation import Organisation
from tests.engines.postgres.server import Server
from tests.origins.mariadb import PASSWORD, USER, Maria

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")
_NUMBERS = itertools.count(1)


class Owner(Protocol):
    """Whoever writes into the shop's database."""

    def cursor(self) -> Any: ...


@dataclass(frozen=True)
class Shop:
    """A database, by its kind; `address` is how Stamm comes in."""

    kind: str
    owner: Owner
    address: str

    def run(self, *statements: str) -> None:
        """Makes what a test needs, each statement by itself."""
        for statement in statements:
            with closing(self.owner.cursor()) as cursor:
                cursor.execute(statement)


@contextmanager
def in_sqlite(folder: Path) -> Iterator[Shop]:
    with closing(sqlite3.connect(folder / "shop.sqlite", isolation_level=None)) as owner:
        yield Shop("sqlite", owner, f"sqlite:///{folder}/shop.sqlite")


@contextmanager
def in_postgres(server: Server) -> Iterator[Shop]:
    with server.database() as database:
        database.run(
            "SET TIME ZONE 'Asia/Tokyo'",
            f"DROP ROLE IF EXISTS {USER}",
            f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'",
            "GRANT pg_read_all_data TO stamm",
        )
        place = f"127.0.0.1:{server.port}/{database.name}"
        yield Shop("postgres", database.connection, f"postgresql://{USER}:{quote(PASSWORD, safe='')}@{place}")
        database.run(f"DROP ROLE {USER}")


@contextmanager
def in_mariadb(server: Maria) -> Iterator[Shop]:
    name = f"shop{next(_NUMBERS)}"
    with closing(server.owner()) as owner:
        with owner.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
            cursor.execute(f"USE {name}")
        place = f"127.0.0.1:{server.port}/{name}"
        yield Shop("mariadb", owner, f"mysql://{USER}:{quote(PASSWORD, safe='')}@{place}")


def project_of(directory: Path, settings: str) -> Project:
    """A project with more settings in its stamm.toml."""
    if not (directory / "stamm.toml").exists():
        Project.create(directory, BERLIN)
    file = directory / "stamm.toml"
    file.write_text(file.read_text().partition("# --")[0] + "# --\n" + settings)
    return Project.open(directory)


def importing(project: Project) -> Importing:
    """What takes its tables in."""
    return Importing(
        project.lake(),
        project.organisation,
        project.rejects_directory,
        project.settings.mappings,
        tables=project.tables(),
    )


def counts(report: ImportReport) -> dict[str, tuple[int, int, int, int]]:
    """By fact: new, changed, unchanged, rejected."""
    return {row.fact: (row.new, row.changed, row.unchanged, row.rejected) for row in report.rows}


def facts(project: Project, kind: str, *columns: str) -> list[tuple[Any, ...]]:
    """The current rows of a kind."""
    rows = project.lake().snapshot().dataset(kind).to_table(columns=list(columns)).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)
