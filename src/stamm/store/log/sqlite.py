"""The log in an SQLite file of its own: one `fsync` for each transaction, before it is acknowledged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any

from stamm.lang.errors import LogError
from stamm.store.durable import make_directory, sync_directories
from stamm.store.log.kind import (
    SCHEMA_VERSION,
    Counters,
    Entry,
    Failed,
    Log,
    Outcome,
    Stored,
    check_mended,
    microseconds,
    moment_of,
    tally,
)

#: how long to wait for another process that is writing
BUSY_SECONDS = 20
#: rows of one statement
AT_ONCE = 200
#: WAL alone survives a kill; only FULL also brings each commit to the disk before it is acknowledged
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 8000",  # 32 MB: a checkpoint syncs twice more
    "PRAGMA cache_size = -65536",  # 64 MB: message ids are anywhere in `seen`
)
#: `seen` stays when entries go, so that a message is dropped however late it comes again
TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    message_id BLOB NOT NULL,
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    sent_at INTEGER
);
CREATE TABLE IF NOT EXISTS seen (key BLOB PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failed (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    message_id BLOB NOT NULL,
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    sent_at INTEGER,
    reason TEXT NOT NULL,
    held INTEGER NOT NULL,
    aside_key BLOB NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS counters (
    source TEXT PRIMARY KEY,
    received INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    conflict INTEGER NOT NULL,
    CHECK (received = accepted + duplicate + failed AND conflict <= duplicate)
) WITHOUT ROWID
"""
_SEE = "INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING"
_ADD = "INSERT INTO entries (source, message_id, body, received_at, sent_at) VALUES (?, ?, ?, ?, ?)"
_SET_ASIDE = """
INSERT INTO failed (source, message_id, body, received_at, sent_at, reason, held, aside_key)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
_COUNT = """
INSERT INTO counters VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET
    received = received + excluded.received, accepted = accepted + excluded.accepted,
    duplicate = duplicate + excluded.duplicate, failed = failed + excluded.failed,
    conflict = conflict + excluded.conflict"""
#: what was counted as one outcome now counts as another
_MOVE = """
UPDATE counters SET accepted = accepted + ?, duplicate = duplicate + ?, failed = failed + ?, conflict = conflict + ?
WHERE source = ?"""


class SqliteLog(Log):
    """The log in one file, made where there is none; after a failure it is opened anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        with self._connected():
            pass  # made, or refused at once

    # -- transactions ------------------------------------------------------------------
    def _open(self) -> sqlite3.Connection:
        fresh = not self.path.exists()
        named = make_directory(self.path.parent, self.path.parents[1])
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            for setting in SETTINGS:
                connection.execute(setting)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA_VERSION:
                raise LogError(
                    f"This log has schema version {version}; this program reads versions up to {SCHEMA_VERSION}.",
                    where=str(self.path),
                    remedy="Install the newer Stamm, or restore a backup made by this one.",
                )
            if version < SCHEMA_VERSION:
                connection.executescript(f"BEGIN IMMEDIATE; {TABLES}; PRAGMA user_version = {SCHEMA_VERSION}; COMMIT")
        except BaseException:
            connection.close()
            raise
        if fresh:
            sync_directories(named | {self.path.parent})
        return connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """The open file. After a failure it is opened anew, with nothing of before in memory."""
        try:
            if self._connection is None:
                self._connection = self._open()
            yield self._connection
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise LogError(
                f"The log cannot be used: {error}.",
                where=str(self.path),
                remedy="Check that the disk has space, and that the file may be written (`stamm doctor`).",
            ) from error
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[sqlite3.Connection]:
        """All of it, durably, or nothing."""
        with self._connected() as connection:
            connection.execute(begin)
            yield connection
            connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file; an open transaction is undone."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    # -- at the door -------------------------------------------------------------------
    def append(self, entries: Sequence[Entry]) -> list[Outcome]:
        with self._transaction() as run:
            entries = self.veil(entries)
            outcomes = _take_new(run, entries) or [_take(run, entry) for entry in entries]
            run.executemany(_COUNT, [(name, *astuple(more)) for name, more in tally(entries, outcomes).items()])
        return outcomes

    def touch(self) -> None:
        with self._transaction() as run:
            run.execute("INSERT INTO seen VALUES (x'', x'')")
            run.execute("DELETE FROM seen WHERE key = x''")

    def counters(self) -> dict[str, Counters]:
        with self._transaction("BEGIN") as run:
            rows = run.execute("SELECT * FROM counters ORDER BY source").fetchall()
        return {source: Counters(*counts) for source, *counts in rows}

    # -- the way into the lake ---------------------------------------------------------
    def read(self, after: int = 0, limit: int = 10_000) -> list[Stored]:
        query = """
            SELECT position, source, message_id, body, received_at, sent_at FROM entries
            WHERE position > ? ORDER BY position LIMIT ?"""
        with self._transaction("BEGIN") as run:
            return [Stored(position, _entry(row)) for position, *row in run.execute(query, (after, limit))]

    def trim(self, up_to: int) -> int:
        with self._transaction() as run:
            return run.execute("DELETE FROM entries WHERE position <= ?", (up_to,)).rowcount

    def span(self) -> tuple[int, int]:
        with self._transaction("BEGIN") as run:
            given = run.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
            (first,) = run.execute("SELECT min(position) FROM entries").fetchone()
        last = given[0] if given else 0
        return (last + 1 if first is None else first), last

    # -- what failed -------------------------------------------------------------------
    def fail(self, reasons: Mapping[int, str]) -> int:
        done = 0
        with self._transaction() as run:
            for position, reason in sorted(reasons.items()):
                row = run.execute(
                    "DELETE FROM entries WHERE position = ? RETURNING source, message_id, body, received_at, sent_at",
                    (position,),
                ).fetchone()
                if row is None:
                    continue
                run.execute(_SET_ASIDE, (*row, reason, True, _entry(row).aside_key))
                run.execute(_MOVE, (-1, 0, 1, 0, row[0]))
                done += 1
        return done

    def failures(self, after: int = 0, limit: int = 1_000) -> list[Failed]:
        query = """
            SELECT number, held, source, message_id, body, received_at, sent_at, reason FROM failed
            WHERE number > ? ORDER BY number LIMIT ?"""
        with self._transaction("BEGIN") as run:
            return [
                Failed(number, _entry(row), bool(held)) for number, held, *row in run.execute(query, (after, limit))
            ]

    def replay(self, mended: Mapping[int, Entry]) -> list[Outcome]:
        check_mended(mended)
        outcomes = []
        with self._transaction() as run:
            for number, entry in sorted(mended.items()):
                row = run.execute("DELETE FROM failed WHERE number = ? RETURNING held, source", (number,)).fetchone()
                if row is None:
                    continue
                held, source = row
                if held:
                    run.execute(_ADD, _row(entry))
                outcome = Outcome.ACCEPTED if held else _take(run, entry)
                accepted, conflict = outcome is Outcome.ACCEPTED, outcome is Outcome.CONFLICT
                run.execute(_MOVE, (accepted, not accepted, -1, conflict, source))
                outcomes.append(outcome)
        return outcomes

    # -- taking a person out -----------------------------------------------------------
    def amend(self, waiting: Mapping[int, Entry], failures: Mapping[int, Entry]) -> int:
        with self._transaction() as run:
            before = run.total_changes
            for table, place, entries in (("entries", "position", waiting), ("failed", "number", failures)):
                run.executemany(
                    f"UPDATE {table} SET message_id = ?, body = ? WHERE {place} = ?",  # noqa: S608 - names of ours
                    [(entry.message_id.encode(), entry.body, number) for number, entry in entries.items()],
                )
            return run.total_changes - before

    def scrub(self) -> None:
        with self._connected() as run:
            run.execute("VACUUM")
            busy, *_ = run.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LogError(
                "Somebody reads the log, so that what was taken out still lies in its journal.",
                where=str(self.path),
                remedy="Try again in a moment.",
            )


def _take_new(run: sqlite3.Connection, entries: Sequence[Entry]) -> list[Outcome] | None:
    """Keep all entries at once, where each of them is new, as nearly all are; else nothing is done."""
    if len(entries) < 2 or any(entry.reason for entry in entries):
        return None
    run.execute("SAVEPOINT new")
    before = run.total_changes
    _insert(run, _SEE, sorted((entry.key, entry.digest) for entry in entries))
    if run.total_changes - before < len(entries):
        run.execute("ROLLBACK TO new")
        return None
    _insert(run, _ADD, [_row(entry) for entry in entries])
    return [Outcome.ACCEPTED] * len(entries)


def _insert(run: sqlite3.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows by few statements: each one lets go of the interpreter and has to get it back."""
    head, _, tail = statement.partition(" VALUES ")
    row, _, tail = tail.partition(")")
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        run.execute(f"{head} VALUES {', '.join([row + ')'] * len(some))}{tail}", [v for one in some for v in one])


def _take(run: sqlite3.Connection, entry: Entry) -> Outcome:
    """Keep one entry unless it has come before."""
    key, digest = entry.key, entry.digest
    if entry.reason:
        known = run.execute("SELECT digest FROM seen WHERE key = ?", (key,)).fetchone() if entry.message_id else None
        if known is None:
            kept = run.execute(_SET_ASIDE, (*_row(entry), entry.reason, False, entry.aside_key)).rowcount
            return Outcome.FAILED if kept else Outcome.DUPLICATE
    elif run.execute(_SEE, (key, digest)).rowcount:
        run.execute(_ADD, _row(entry))
        return Outcome.ACCEPTED
    else:
        known = run.execute("SELECT digest FROM seen WHERE key = ?", (key,)).fetchone()
    return Outcome.DUPLICATE if known == (digest,) else Outcome.CONFLICT


def _row(entry: Entry) -> tuple[Any, ...]:
    sent = None if entry.sent_at is None else microseconds(entry.sent_at)
    return entry.source, entry.message_id.encode(), entry.body, microseconds(entry.received_at), sent


def _entry(row: Sequence[Any]) -> Entry:
    source, message_id, body, received, sent, *reason = row
    sent_at = None if sent is None else moment_of(sent)
    return Entry(source, bytes(message_id).decode(), bytes(body), moment_of(received), sent_at, *reason)
