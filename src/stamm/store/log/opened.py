"""Where a log lies: in the project's own file, or in PostgreSQL."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from stamm.lang.errors import ProjectError
from stamm.store.log.kind import Log
from stamm.store.log.sqlite import SqliteLog

#: the variable that names a database beside the project
SETTING = "STAMM_DATABASE"
SCHEMES = ("postgresql://", "postgres://")


def open_log(file: Path, database: str = "") -> Log:
    """The log in that file, or in the PostgreSQL database at an address where one is given; made where there is none.

    Raises ProjectError for an address that cannot be used, LogError where the log cannot be opened.
    """
    if not database:
        return SqliteLog(file)
    if not database.startswith(SCHEMES):
        raise ProjectError(
            "This is no address of a PostgreSQL database.",
            where=SETTING,
            remedy="Write for example postgresql://stamm@db.example.com/stamm, or leave it away for a file.",
        )
    if find_spec("psycopg") is None:
        raise ProjectError(
            "psycopg is not installed.", where=SETTING, remedy="Install it: `pip install 'stamm[postgres]'`."
        )
    from stamm.store.log.postgres import PostgresLog  # noqa: PLC0415 - may not be installed

    return PostgresLog(database)
