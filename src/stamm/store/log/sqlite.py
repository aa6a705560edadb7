"""The log in an SQLite file of its own: one `fsync` for each transaction, before it is acknowledged."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from stamm.lang.errors import LogError
from stamm.store.durable import make_directory, remedy, sync_directories
from stamm.store.log import layout, parcels
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
from stamm.store.log.seen import Seen

#: how long to wait for another process that is writing
BUSY_SECONDS = 20
#: WAL alone survives a kill; only FULL also brings each commit to the disk before it is acknowledged
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 8000",  # 32 MB: a checkpoint syncs twice more
    "PRAGMA cache_size = -65536",  # 64 MB: message ids are anywhere in `seen`
)
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
        self._seen = Seen()
        with self._connected():
            pass  # made, or refused at once

    # -- transactions ------------------------------------------------------------------
    def _open(self) -> sqlite3.Connection:
        named = make_directory(self.path.parent, self.path.parents[1], 0o700)  # what is in it names people
        with _alone(self.path.parent):
            fresh = not self.path.exists()
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                self._make(connection)
            except BaseException:
                connection.close()
                raise
            if fresh:
                sync_directories(named | {self.path.parent})
        return connection

    def _make(self, connection: sqlite3.Connection) -> None:
        for setting in SETTINGS:
            connection.execute(setting)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > layout.SCHEMA_VERSION:
            raise LogError(
                f"This log has schema version {version}; this program reads versions up to {layout.SCHEMA_VERSION}.",
                where=str(self.path),
                remedy="Install the newer Stamm, or restore a backup made by this one.",
            )
        if version < layout.SCHEMA_VERSION:
            layout.made(connection)

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
                remedy=remedy(error),
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
            self._connection, self._seen = None, Seen()

    # -- at the door -------------------------------------------------------------------
    def append(self, entries: Sequence[Entry]) -> list[Outcome]:
        with self._transaction() as run:
            outcomes = self._take(run, entries, self.veil(entries))
            run.executemany(_COUNT, [(name, *astuple(more)) for name, more in tally(entries, outcomes).items()])
            self._seen.settle(run, len(entries))
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
        with self._transaction("BEGIN") as run:
            return [Stored(*found) for found in islice(parcels.after(run, after), limit)]

    def trim(self, up_to: int) -> int:
        with self._transaction() as run:
            return parcels.trim(run, up_to)

    def span(self) -> tuple[int, int]:
        with self._transaction("BEGIN") as run:
            return parcels.span(run)

    # -- what failed -------------------------------------------------------------------
    def fail(self, reasons: Mapping[int, str]) -> int:
        with self._transaction() as run:
            taken = parcels.take_out(run, reasons)
            for position, entry in taken.items():
                run.execute(_SET_ASIDE, (*_row(entry), reasons[position], True, entry.aside_key))
                run.execute(_MOVE, (-1, 0, 1, 0, entry.source))
        return len(taken)

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
                    self._seen.catch_up(run)
                    self._add(run, [entry], {})
                outcome = Outcome.ACCEPTED if held else self._take(run, [entry], [entry])[0]
                accepted, conflict = outcome is Outcome.ACCEPTED, outcome is Outcome.CONFLICT
                run.execute(_MOVE, (accepted, not accepted, -1, conflict, source))
                outcomes.append(outcome)
        return outcomes

    # -- what is new -------------------------------------------------------------------
    def _take(self, run: sqlite3.Connection, came: Sequence[Entry], kept: Sequence[Entry]) -> list[Outcome]:
        """Keep what has not come before; of each entry that came, what is to be kept of it."""
        self._seen.catch_up(run)
        marked = marks(came)
        known = self._seen.known(run, [key for key, _ in marked])
        new = dict(marked)
        if not known and len(new) == len(came) and not any(entry.reason for entry in came):
            self._add(run, kept, new)  # as nearly always
            return [Outcome.ACCEPTED] * len(came)
        new, added, outcomes = {}, [], []
        for entry, ours, (key, digest) in zip(came, kept, marked, strict=True):
            before = known.get(key) or new.get(key)
            if before is not None and (entry.message_id or not entry.reason):
                outcomes.append(Outcome.DUPLICATE if before == digest else Outcome.CONFLICT)
            elif entry.reason:
                values = (*_row(ours), entry.reason, False, entry.aside_key)
                outcomes.append(Outcome.FAILED if run.execute(_SET_ASIDE, values).rowcount else Outcome.DUPLICATE)
            else:
                new[key] = digest
                added.append(ours)
                outcomes.append(Outcome.ACCEPTED)
        self._add(run, added, new)
        return outcomes

    def _add(self, run: sqlite3.Connection, entries: Sequence[Entry], new: dict[bytes, bytes]) -> None:
        """Put entries behind all others; `new` are the keys and digests of those that have not come before."""
        if entries:
            last = self._seen.last + len(entries)
            parcels.put(run, last, entries)
            self._seen.add(run, new, last)

    # -- taking a person out -----------------------------------------------------------
    def amend(self, waiting: Mapping[int, Entry], failures: Mapping[int, Entry]) -> int:
        with self._transaction() as run:
            amended = parcels.change(run, waiting, lambda position, entry: _amended(entry, waiting[position]))
            failed = run.executemany(
                "UPDATE failed SET message_id = ?, body = ? WHERE number = ?",
                [(entry.message_id.encode(), entry.body, number) for number, entry in failures.items()],
            )
            return len(amended) + max(0, failed.rowcount)

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


def _amended(entry: Entry, other: Entry) -> Entry:
    return msgspec.structs.replace(entry, message_id=other.message_id, body=other.body)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One opens a file of a directory at a time: SQLite waits for nobody while it turns to a journal of writes."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _row(entry: Entry) -> tuple[Any, ...]:
    sent = None if entry.sent_at is None else microseconds(entry.sent_at)
    return entry.source, entry.message_id.encode(), entry.body, microseconds(entry.received_at), sent


def _entry(row: Sequence[Any]) -> Entry:
    source, message_id, body, received, sent, *reason = row
    sent_at = None if sent is None else moment_of(sent)
    return Entry(source, bytes(message_id).decode(), bytes(body), moment_of(received), sent_at, *reason)
