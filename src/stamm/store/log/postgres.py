"""The log in a schema of its own in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple
from typing import Any

import psycopg

from stamm.lang.errors import LogError
from stamm.store.log.kind import (
    Counters,
    Entry,
    Failed,
    Log,
    Outcome,
    Stored,
    check_mended,
    marks,
    microseconds,
    moment_of,
    tally,
)

SCHEMA_VERSION = 1
CONNECT_SECONDS = 10
#: a commit has returned only when it is on the server's disk, whatever is usual there
SETTINGS = "SET synchronous_commit TO on; SET lock_timeout TO '20s'; SET statement_timeout TO '300s'"
#: one writer at a time: positions become visible in their order, since the next one waits for the commit
ALONE = 7_236_401
TABLES = """
CREATE SCHEMA IF NOT EXISTS stamm_log;
CREATE TABLE IF NOT EXISTS stamm_log.version (version integer NOT NULL);
CREATE TABLE IF NOT EXISTS stamm_log.entries (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    message_id bytea NOT NULL,
    body bytea NOT NULL,
    received_at bigint NOT NULL,
    sent_at bigint
);
CREATE TABLE IF NOT EXISTS stamm_log.seen (key bytea PRIMARY KEY, digest bytea NOT NULL);
CREATE TABLE IF NOT EXISTS stamm_log.failed (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    message_id bytea NOT NULL,
    body bytea NOT NULL,
    received_at bigint NOT NULL,
    sent_at bigint,
    reason text NOT NULL,
    held boolean NOT NULL,
    aside_key bytea NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS stamm_log.counters (
    source text PRIMARY KEY,
    received bigint NOT NULL,
    accepted bigint NOT NULL,
    duplicate bigint NOT NULL,
    failed bigint NOT NULL,
    conflict bigint NOT NULL,
    CHECK (received = accepted + duplicate + failed AND conflict <= duplicate)
)
"""
_ADD = """
INSERT INTO stamm_log.entries (source, message_id, body, received_at, sent_at)
SELECT source, message_id, body, received_at, sent_at
FROM unnest(%s::text[], %s::bytea[], %s::bytea[], %s::bigint[], %s::bigint[])
    WITH ORDINALITY AS given(source, message_id, body, received_at, sent_at, place) ORDER BY place"""
_SEE = """
INSERT INTO stamm_log.seen SELECT key, digest FROM unnest(%s::bytea[], %s::bytea[]) AS given(key, digest)
ON CONFLICT DO NOTHING RETURNING key"""
_SET_ASIDE = """
INSERT INTO stamm_log.failed (source, message_id, body, received_at, sent_at, reason, held, aside_key)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_COUNT = """
INSERT INTO stamm_log.counters AS known VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (source) DO UPDATE SET
    received = known.received + excluded.received, accepted = known.accepted + excluded.accepted,
    duplicate = known.duplicate + excluded.duplicate, failed = known.failed + excluded.failed,
    conflict = known.conflict + excluded.conflict"""
_MOVE = """
UPDATE stamm_log.counters SET accepted = accepted + %s, duplicate = duplicate + %s, failed = failed + %s,
    conflict = conflict + %s WHERE source = %s"""

_AMEND_ENTRY = "UPDATE stamm_log.entries SET message_id = %s, body = %s WHERE position = %s"
_AMEND_FAILED = "UPDATE stamm_log.failed SET message_id = %s, body = %s WHERE number = %s"


class PostgresLog(Log):
    """The log in a database at an address (libpq's); after a failure it is connected anew."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection: psycopg.Connection[Any] | None = None
        with self._connected():
            pass  # made, or refused at once

    # -- transactions ------------------------------------------------------------------
    def _open(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(
            self._address,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="stamm log",
            client_encoding="utf8",
        )
        try:
            connection.execute(SETTINGS)
            with connection.transaction():
                self._make(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _make(connection: psycopg.Connection[Any]) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ALONE,))
        if connection.execute("SELECT to_regclass('stamm_log.version')").fetchone() == (None,):
            connection.execute(TABLES)
        found = connection.execute("SELECT max(version) FROM stamm_log.version").fetchone()
        version = (found and found[0]) or 0
        if version > SCHEMA_VERSION:
            raise LogError(
                f"This log has schema version {version}; this program reads versions up to {SCHEMA_VERSION}.",
                where="STAMM_DATABASE",
                remedy="Install the newer Stamm, or restore a backup made by this one.",
            )
        if version < SCHEMA_VERSION:
            connection.execute("INSERT INTO stamm_log.version VALUES (%s)", (SCHEMA_VERSION,))

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        """The connection, every statement by itself. After a failure there will be another one."""
        try:
            if self._connection is None:
                self._connection = self._open()
            yield self._connection
        except psycopg.Error as error:
            self.close()
            said = (error.diag.message_primary or str(error)).strip().splitlines() or [type(error).__name__]
            raise LogError(
                f"The log cannot be used: {said[0].rstrip('.')}.",
                where="STAMM_DATABASE",
                remedy="Check that the server runs, has space, and lets this user write into the schema stamm_log.",
            ) from error
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _transaction(self, *, alone: bool = False) -> Iterator[psycopg.Connection[Any]]:
        """All of it, durably, or nothing; `alone` waits for other writers."""
        with self._connected() as connection, connection.transaction():
            if alone:
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (ALONE,))
            yield connection

    def close(self) -> None:
        """Leave the database; an open transaction is undone."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    # -- at the door -------------------------------------------------------------------
    def append(self, entries: Sequence[Entry]) -> list[Outcome]:
        with self._transaction(alone=True) as run:
            outcomes = _take(run, entries, self.veil(entries))
            with run.cursor() as cursor:
                counted = sorted(tally(entries, outcomes).items())
                cursor.executemany(_COUNT, [(source, *astuple(more)) for source, more in counted])
        return outcomes

    def touch(self) -> None:
        with self._transaction(alone=True) as run:
            run.execute("INSERT INTO stamm_log.seen VALUES ('', '')")
            run.execute("DELETE FROM stamm_log.seen WHERE key = ''")

    def counters(self) -> dict[str, Counters]:
        query = """
            SELECT source, received, accepted, duplicate, failed, conflict FROM stamm_log.counters
            ORDER BY source COLLATE "C\""""
        with self._transaction() as run:
            return {source: Counters(*counts) for source, *counts in run.execute(query)}

    # -- the way into the lake ---------------------------------------------------------
    def read(self, after: int = 0, limit: int = 10_000) -> list[Stored]:
        query = """
            SELECT position, source, message_id, body, received_at, sent_at FROM stamm_log.entries
            WHERE position > %s ORDER BY position LIMIT %s"""
        with self._transaction() as run:
            rows = run.execute(query, (after, limit), binary=True)
            return [Stored(position, _entry(row)) for position, *row in rows]

    def trim(self, up_to: int) -> int:
        with self._transaction(alone=True) as run:
            return run.execute("DELETE FROM stamm_log.entries WHERE position <= %s", (up_to,)).rowcount

    def span(self) -> tuple[int, int]:
        query = """
            SELECT (SELECT min(position) FROM stamm_log.entries), CASE WHEN is_called THEN last_value ELSE 0 END
            FROM stamm_log.entries_position_seq"""
        with self._transaction(alone=True) as run:
            row = run.execute(query).fetchone()
        assert row is not None  # a sequence has one row
        first, last = row
        return (last + 1 if first is None else first), last

    # -- what failed -------------------------------------------------------------------
    def fail(self, reasons: Mapping[int, str]) -> int:
        query = """
            DELETE FROM stamm_log.entries WHERE position = %s
            RETURNING source, message_id, body, received_at, sent_at"""
        done = 0
        with self._transaction(alone=True) as run:
            for position, reason in sorted(reasons.items()):
                row = run.execute(query, (position,), binary=True).fetchone()
                if row is None:
                    continue
                run.execute(_SET_ASIDE, (*row, reason, True, _entry(row).aside_key))
                run.execute(_MOVE, (-1, 0, 1, 0, row[0]))
                done += 1
        return done

    def failures(self, after: int = 0, limit: int = 1_000) -> list[Failed]:
        query = """
            SELECT number, held, source, message_id, body, received_at, sent_at, reason FROM stamm_log.failed
            WHERE number > %s ORDER BY number LIMIT %s"""
        with self._transaction() as run:
            rows = run.execute(query, (after, limit), binary=True)
            return [Failed(number, _entry(row), held) for number, held, *row in rows]

    def replay(self, mended: Mapping[int, Entry]) -> list[Outcome]:
        check_mended(mended)
        outcomes = []
        query = "DELETE FROM stamm_log.failed WHERE number = %s RETURNING held, source"
        with self._transaction(alone=True) as run:
            for number, entry in sorted(mended.items()):
                row = run.execute(query, (number,)).fetchone()
                if row is None:
                    continue
                held, source = row
                if held:
                    run.execute(_ADD, _columns([entry]))
                outcome = Outcome.ACCEPTED if held else _take(run, [entry], [entry])[0]
                accepted, conflict = outcome is Outcome.ACCEPTED, outcome is Outcome.CONFLICT
                run.execute(_MOVE, (int(accepted), int(not accepted), -1, int(conflict), source))
                outcomes.append(outcome)
        return outcomes

    # -- taking a person out -----------------------------------------------------------
    def amend(self, waiting: Mapping[int, Entry], failures: Mapping[int, Entry]) -> int:
        done = 0
        with self._transaction(alone=True) as run:
            for query, entries in ((_AMEND_ENTRY, waiting), (_AMEND_FAILED, failures)):
                for number, entry in entries.items():
                    done += run.execute(query, (entry.message_id.encode(), entry.body, number)).rowcount
        return done

    def scrub(self) -> None:
        with self._connected() as run:
            run.execute("VACUUM (FULL) stamm_log.entries")
            run.execute("VACUUM (FULL) stamm_log.failed")


def _take(run: psycopg.Connection[Any], came: Sequence[Entry], kept: Sequence[Entry]) -> list[Outcome]:
    """Keep what has not come before; four questions, however many entries. Of each that came, what is to be kept."""
    marked = marks(came)
    first = {key: digest for entry, (key, digest) in zip(came[::-1], marked[::-1], strict=True) if not entry.reason}
    rows = run.execute(_SEE, (list(first), list(first.values())), binary=True)
    new = {bytes(key) for (key,) in rows}
    asked = "SELECT key, digest FROM stamm_log.seen WHERE key = ANY(%s)"
    known = {bytes(key): bytes(d) for key, d in run.execute(asked, ([key for key, _ in marked],), binary=True)}
    outcomes, added = [], []
    for entry, ours, (key, digest) in zip(came, kept, marked, strict=True):
        if entry.reason and (not entry.message_id or key not in known or key in new):
            columns = next(zip(*_columns([ours]), strict=True))
            aside = run.execute(_SET_ASIDE, (*columns, entry.reason, False, entry.aside_key)).rowcount
            outcomes.append(Outcome.FAILED if aside else Outcome.DUPLICATE)
        elif key in new and not entry.reason:
            new.discard(key)
            added.append(ours)
            outcomes.append(Outcome.ACCEPTED)
        else:
            outcomes.append(Outcome.DUPLICATE if known[key] == digest else Outcome.CONFLICT)
    run.execute(_ADD, _columns(added))
    return outcomes


def _columns(entries: Sequence[Entry]) -> tuple[list[Any], ...]:
    return (
        [entry.source for entry in entries],
        [entry.message_id.encode() for entry in entries],
        [entry.body for entry in entries],
        [microseconds(entry.received_at) for entry in entries],
        [None if entry.sent_at is None else microseconds(entry.sent_at) for entry in entries],
    )


def _entry(row: Sequence[Any]) -> Entry:
    source, message_id, body, received, sent, *reason = row
    sent_at = None if sent is None else moment_of(sent)
    return Entry(source, bytes(message_id).decode(), bytes(body), moment_of(received), sent_at, *reason)
