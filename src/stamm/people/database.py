"""The database of people and programmes: a file of the project, or PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from stamm.lang.errors import ProjectError
from stamm.store.durable import remedy

if TYPE_CHECKING:
    import psycopg

#: a statement with `?` for its values -> its rows
Run = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
SETTING = "STAMM_DATABASE"
#: as Django would make them, so that its first migration finds them there (`migrate --fake-initial`)
TABLES = (
    """CREATE TABLE IF NOT EXISTS people_key (
        id {identity},
        source varchar(100) NOT NULL,
        scope varchar(10) NOT NULL,
        start varchar(20) NOT NULL,
        hash varchar(64) NOT NULL UNIQUE,
        per_second integer NOT NULL,
        created_at {moment} NOT NULL,
        revoked_at {moment} NULL
    )""",
    """CREATE TABLE IF NOT EXISTS people_act (
        id {identity},
        at {moment} NOT NULL,
        who varchar(200) NOT NULL,
        what varchar(50) NOT NULL,
        about varchar(500) NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS people_key_use (
        key_id bigint NOT NULL PRIMARY KEY,
        used_at {moment} NOT NULL
    )""",
)


class Database(ABC):
    """A place for rows that change. Threads may share one: each transaction, and the end, waits for the one before."""

    #: what a SELECT for a claim ends with, so that of several who claim none waits for another
    skipping: ClassVar[str] = ""

    def __init__(self) -> None:
        self._turn = threading.RLock()

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Run]:
        """All of it, durably, or nothing; raises ProjectError where the database cannot be used."""

    @abstractmethod
    def tables(self, run: Run) -> frozenset[str]:
        """The tables that there are, those of the pages only where they were ever served."""

    @abstractmethod
    def scrub(self, *tables: str) -> None:
        """Leave no byte of deleted rows of these tables; raises ProjectError where somebody reads for long."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""


def open_database(file: Path, address: str = "", more: Sequence[str] = ()) -> Database:
    """The database in that file, or the PostgreSQL one at an address where one is given; made where there is none.

    `more` are tables of programmes, with `{identity}` and `{moment}` where the two databases differ.
    """
    if not address:
        return _File(file, more)
    if find_spec("psycopg") is None:
        raise ProjectError(
            "psycopg is not installed.", where=SETTING, remedy="Install it: `pip install 'stamm[postgres]'`."
        )
    return _Server(address, more)


class _File(Database):
    def __init__(self, file: Path, more: Sequence[str] = ()) -> None:
        super().__init__()
        self._file = file
        try:
            file.touch(0o600)  # what is in it signs people in
            self._connection = sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA secure_delete = ON")
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error
        with self.transaction() as run:
            for table in (*TABLES, *more):
                run(table.format(identity="integer NOT NULL PRIMARY KEY AUTOINCREMENT", moment="datetime"), ())

    @contextmanager
    def transaction(self) -> Iterator[Run]:
        def run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
            given = [_as_text(value) if isinstance(value, datetime) else value for value in values]
            return self._connection.execute(statement, given).fetchall()

        with self._turn:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield run
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> ProjectError:
        return ProjectError(
            f"The database of people cannot be used: {error}.",
            where=str(self._file),
            remedy=remedy(error),
        )

    def tables(self, run: Run) -> frozenset[str]:
        return frozenset(name for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'table'", ()))

    def scrub(self, *tables: str) -> None:
        try:  # the file itself has none (secure_delete), its journal may
            with self._turn:
                busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        if busy:
            raise ProjectError(
                "Somebody reads the database of people, so that what was taken out still lies in its journal.",
                where=str(self._file),
                remedy="Try again in a moment.",
            )

    def close(self) -> None:
        with self._turn:
            self._connection.close()


class _Server(Database):
    """A database at an address (libpq's); where its connection broke, the next transaction has another one."""

    skipping = "FOR UPDATE SKIP LOCKED"

    def __init__(self, address: str, more: Sequence[str] = ()) -> None:
        import psycopg  # noqa: PLC0415 - may not be installed

        super().__init__()
        self._psycopg, self._address, self._more = psycopg, address, more
        self._connection: psycopg.Connection[Any] | None = None
        with self.transaction():
            pass  # made, or refused at once

    def _open(self) -> psycopg.Connection[Any]:
        connection = self._psycopg.connect(
            self._address, autocommit=True, connect_timeout=10, application_name="stamm", client_encoding="utf8"
        )
        try:
            with connection.transaction():
                # made by one process at a time: IF NOT EXISTS alone does not keep two from making the same
                connection.execute("SELECT pg_advisory_xact_lock(7236402)")
                connection.execute("CREATE SCHEMA IF NOT EXISTS stamm")
                connection.execute("SET LOCAL search_path TO stamm")
                for table in (*TABLES, *self._more):
                    identity = "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
                    connection.execute(table.format(identity=identity, moment="timestamptz").encode())
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def transaction(self) -> Iterator[Run]:
        with self._turn:
            try:
                if self._connection is None or self._connection.closed:
                    self.close()
                    self._connection = self._open()
                connection = self._connection

                def run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
                    cursor = connection.execute(statement.replace("?", "%s").encode(), values)
                    return cursor.fetchall() if cursor.description else []

                with connection.transaction():
                    run("SELECT set_config('search_path', 'stamm', true), set_config('TimeZone', 'UTC', true)", ())
                    yield run
            except self._psycopg.Error as error:
                raise self._unusable(error) from error

    def tables(self, run: Run) -> frozenset[str]:
        found = run("SELECT table_name FROM information_schema.tables WHERE table_schema = 'stamm'", ())
        return frozenset(name for (name,) in found)

    def scrub(self, *tables: str) -> None:
        with self.transaction():
            pass  # connected, or refused
        assert self._connection is not None
        try:
            for table in tables:
                self._connection.execute(f"VACUUM (FULL) stamm.{table}".encode())
        except self._psycopg.Error as error:
            raise self._unusable(error) from error

    @staticmethod
    def _unusable(error: Exception) -> ProjectError:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        return ProjectError(
            f"The database of people cannot be used: {said}.",
            where=SETTING,
            remedy="Check that the server runs, has space, and lets this user write into the schema stamm.",
        )

    def close(self) -> None:
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _as_text(moment: datetime) -> str:
    """A moment as Django writes it into SQLite."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def as_moment(value: Any) -> datetime:
    """A moment as it was read from either database."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
