"""A connection that only reads, and sees one state of the database from its first query to its last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import psycopg
from psycopg import IsolationLevel, errors

from stamm.engines.postgres.address import Address
from stamm.lang.errors import EngineError

OLDEST = 13
CONNECT_SECONDS = 10
#: a question that takes longer is given up; the server's own limit holds where it is lower
STATEMENT_SECONDS = 600
#: characters of what the server says that are shown
LONGEST = 400
#: numbers depend on these; they hold for our transaction alone, since a pool may hand the session to somebody else
SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "extra_float_digits": "1",  # a real number is written as it is
    "standard_conforming_strings": "on",  # a backslash in a text is a backslash
}
_SET = "SELECT set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS given(name, value)"
_SET_LIMIT = """\
SELECT set_config('statement_timeout', %(ours)s::text, true) FROM pg_settings
WHERE name = 'statement_timeout' AND setting::bigint NOT BETWEEN 1 AND %(ours)s"""
#: memory for one step of a query; the usual 4 MB send every sort of some size to the disk
WORK_MEGABYTES = 32
_SET_MEMORY = """\
SELECT set_config('work_mem', %(ours)s::text || 'MB', true) FROM pg_settings
WHERE name = 'work_mem' AND setting::bigint < %(ours)s * 1024"""
#: transactions that had ended when the snapshot was taken: no two states of a database have the same number
_SNAPSHOT = """\
SELECT pg_snapshot_xmax(seen)::text::bigint - (SELECT count(*) FROM pg_snapshot_xip(seen)), transaction_timestamp()
FROM pg_current_snapshot() AS seen"""


class Connection:
    """One read-only transaction in which all queries see the same state.

    `snapshot` is the state's number, which grows with every change; `taken_at` the moment (UTC) it was taken.
    """

    def __init__(self, address: Address, connection: psycopg.Connection[Any]) -> None:
        self.address, self._connection = address, connection
        connection.autocommit = False
        connection.read_only = True
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.prepare_threshold = None
        with self._failing():
            connection.execute(_SET, (list(SETTINGS), list(SETTINGS.values())))
            connection.execute(_SET_LIMIT, {"ours": STATEMENT_SECONDS * 1000})
            connection.execute(_SET_MEMORY, {"ours": WORK_MEGABYTES})
            row = connection.execute(_SNAPSHOT).fetchone()
        assert row is not None  # it gives one row
        self.snapshot: int = row[0]
        self.taken_at: datetime = row[1]

    @classmethod
    def open(cls, address: Address) -> Connection:
        """Connect; raises EngineError where nobody answers, or the user is refused."""
        return cls(address, connect(address))

    @property
    def version(self) -> str:
        """The server's version, such as 15.4."""
        number = self._connection.info.server_version
        return f"{number // 10_000}.{number % 10_000}"

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query; after one that failed, others may still be asked of the same state."""
        with self._failing(), self._connection.transaction():
            return self._connection.execute(query.encode(), parameters, binary=True).fetchall()

    def interrupt(self) -> None:
        """Ask the server to end the query that runs."""
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=CONNECT_SECONDS)

    def close(self) -> None:
        """Leave; nothing was changed, so nothing is undone."""
        with suppress(psycopg.Error):
            self._connection.close()

    def __del__(self) -> None:
        """Whoever forgets a world leaves the database, too."""
        self.close()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """What the server says is told as something that a person can act on."""
        try:
            yield
        except psycopg.Error as error:
            raise _as_told(error, self.address, lost=self._connection.closed) from error


def connect(address: Address) -> psycopg.Connection[Any]:
    """A connection, every statement by itself; raises EngineError where there is none."""
    given = {"application_name": "stamm", "connect_timeout": CONNECT_SECONDS, **address.parameters}
    try:
        connection = psycopg.connect(**{**given, "client_encoding": "utf8"}, autocommit=True)
    except psycopg.Error as error:
        raise EngineError(
            f"The database {address.shown} cannot be reached: {_line(str(error))}.",
            remedy="Check the address in stamm.toml, the password (PGPASSWORD or ~/.pgpass), and that the server runs.",
        ) from error
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        connection.close()
        raise EngineError(
            f"Stamm needs PostgreSQL {OLDEST} or newer; {address.shown} is {version}.",
            remedy="Export the tables and import the files, or read a newer copy of the database.",
        )
    return connection


def _as_told(error: psycopg.Error, address: Address, *, lost: bool) -> EngineError:
    said = _line(error.diag.message_primary or str(error))
    if lost:
        return EngineError(f"The connection to {address.shown} was lost: {said}.", remedy="Ask again.")
    if isinstance(error, errors.InsufficientPrivilege):
        return EngineError(f"PostgreSQL refuses it: {said}.", remedy="Let the user read it: GRANT SELECT ON ... TO ...")
    if isinstance(error, errors.QueryCanceled):
        return EngineError(
            f"PostgreSQL gave up: {said}.",
            remedy="Ask for fewer windows, or raise the server's statement_timeout where it is lower than ten minutes.",
        )
    if isinstance(error, errors.SerializationFailure):
        return EngineError(f"PostgreSQL gave up: {said}.", remedy="Ask again.")
    return EngineError(f"PostgreSQL failed: {said}.", remedy="`stamm doctor` looks at the tables that are mapped.")


def _line(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line for line in lines if line)[:LONGEST].rstrip(".")
