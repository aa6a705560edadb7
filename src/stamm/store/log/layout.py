"""The tables of a log in SQLite, and from one schema version to the next."""

from __future__ import annotations

import sqlite3
from itertools import islice
from typing import Any

from stamm.store.log import parcels
from stamm.store.log.kind import Entry, moment_of

SCHEMA_VERSION = 2
#: rows that a migration holds in memory; each may have megabytes
AT_ONCE = 100
#: what has come before stays when entries go, so that a message is dropped however late it comes again: first in
#: `fresh`, as many keys and digests as came with one transaction in one row, later sorted in `seen`
TABLES = (
    parcels.TABLE,
    "CREATE TABLE seen (key BLOB PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE fresh (last INTEGER PRIMARY KEY, marks BLOB NOT NULL)",
    """CREATE TABLE failed (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        message_id BLOB NOT NULL,
        body BLOB NOT NULL,
        received_at INTEGER NOT NULL,
        sent_at INTEGER,
        reason TEXT NOT NULL,
        held INTEGER NOT NULL,
        aside_key BLOB NOT NULL UNIQUE
    )""",
    """CREATE TABLE counters (
        source TEXT PRIMARY KEY,
        received INTEGER NOT NULL,
        accepted INTEGER NOT NULL,
        duplicate INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        conflict INTEGER NOT NULL,
        CHECK (received = accepted + duplicate + failed AND conflict <= duplicate)
    ) WITHOUT ROWID""",
)


def made(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an older version up to this one; all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        for table in TABLES:
            connection.execute(table)
    elif version == 1:
        _into_parcels(connection)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _into_parcels(connection: sqlite3.Connection) -> None:
    """Version 1 had a row for each entry."""
    for table in TABLES[0], TABLES[2]:
        connection.execute(table)
    rows = connection.execute(
        "SELECT position, source, message_id, body, received_at, sent_at FROM entries ORDER BY position"
    )
    while some := [(position, _entry(row)) for position, *row in islice(rows, AT_ONCE)]:
        start = 0
        for place in range(1, len(some) + 1):
            if place == len(some) or some[place][0] != some[place - 1][0] + 1:
                parcels.put(connection, some[place - 1][0], [entry for _, entry in some[start:place]])
                start = place
    (last,) = connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'entries'").fetchone()
    connection.execute("DROP TABLE entries")
    parcels.go_on_after(connection, last or 0)


def _entry(row: list[Any]) -> Entry:
    source, message_id, body, received, sent = row
    return Entry(source, message_id.decode(), body, moment_of(received), None if sent is None else moment_of(sent))
