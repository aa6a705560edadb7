"""A log in a file as version 1 wrote it, a row for each entry, is read and goes on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from stamm.store.log import Counters, Outcome
from stamm.store.log.kind import microseconds
from stamm.store.log.sqlite import SqliteLog
from tests.store.log.messages import NOON, entry

A, D, C, F = Outcome.ACCEPTED, Outcome.DUPLICATE, Outcome.CONFLICT, Outcome.FAILED

VERSION_1 = """
PRAGMA journal_mode = WAL;
CREATE TABLE entries (position INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, message_id BLOB NOT NULL,
    body BLOB NOT NULL, received_at INTEGER NOT NULL, sent_at INTEGER);
CREATE TABLE seen (key BLOB PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE failed (number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, message_id BLOB NOT NULL,
    body BLOB NOT NULL, received_at INTEGER NOT NULL, sent_at INTEGER, reason TEXT NOT NULL, held INTEGER NOT NULL,
    aside_key BLOB NOT NULL UNIQUE);
CREATE TABLE counters (source TEXT PRIMARY KEY, received INTEGER NOT NULL, accepted INTEGER NOT NULL,
    duplicate INTEGER NOT NULL, failed INTEGER NOT NULL, conflict INTEGER NOT NULL,
    CHECK (received = accepted + duplicate + failed AND conflict <= duplicate)) WITHOUT ROWID;
PRAGMA user_version = 1
"""
#: positions that are still there: 1 and 2 are in the lake, 5 failed, 8 was the last and is gone
LEFT = (3, 4, 6, 7)
#: what version 1 kept for the message m4 with the body `body 4` of the source shop
KEY, DIGEST = "489554fe2c8d74157b973dcb6bcf37a7", "5e157a13d042b40a6126501edf209918"
ASIDE = "ff283570dd29187574eedfc0a6f5eddf"


def written(file: Path, *, left: tuple[int, ...] = LEFT) -> None:
    connection = sqlite3.connect(file)
    connection.executescript(VERSION_1)
    noon = microseconds(NOON)
    for number in range(1, 9):
        one = entry(f"m{number}", f"body {number}")
        connection.execute(
            "INSERT INTO entries VALUES (?, 'shop', ?, ?, ?, ?)",
            (number, one.message_id.encode(), one.body, noon, noon - 5 if number == 4 else None),
        )
        connection.execute("INSERT INTO seen VALUES (?, ?)", (one.key, one.digest))
    kept = ", ".join(map(str, left)) or "0"
    connection.execute(f"DELETE FROM entries WHERE position NOT IN ({kept})")
    bad = entry("m5", "body 5")
    connection.execute(
        "INSERT INTO failed VALUES (1, 'shop', x'6d35', ?, ?, NULL, 'amount', 1, ?)", (bad.body, noon, bad.aside_key)
    )
    connection.execute("INSERT INTO counters VALUES ('shop', 9, 7, 1, 1, 0)")
    connection.commit()
    connection.close()


def test_all_of_it_is_there_at_its_place(tmp_path: Path) -> None:
    written(tmp_path / "log.sqlite")
    log = SqliteLog(tmp_path / "log.sqlite")
    found = log.read()
    assert [stored.position for stored in found] == list(LEFT)
    assert [stored.entry.body.decode() for stored in found] == [f"body {number}" for number in LEFT]
    assert [microseconds(stored.entry.sent_at) - microseconds(NOON) for stored in found if stored.entry.sent_at] == [-5]
    assert {stored.entry.received_at for stored in found} == {NOON}
    assert log.span() == (3, 8)
    assert log.counters() == {"shop": Counters(9, 7, 1, 1, 0)}
    (failed,) = log.failures()
    assert (failed.entry, failed.held) == (entry("m5", "body 5", reason="amount"), True)
    log.close()


def test_what_stands_for_a_message_is_as_it_was() -> None:
    one = entry("m4", "body 4")
    assert [found.hex() for found in (one.key, one.digest, one.aside_key)] == [KEY, DIGEST, ASIDE]


def test_it_goes_on(tmp_path: Path) -> None:
    written(tmp_path / "log.sqlite")
    log = SqliteLog(tmp_path / "log.sqlite")
    assert log.append([entry("m1", "body 1"), entry("m8", "other"), entry("m9")]) == [D, C, A]
    assert [stored.position for stored in log.read(7)] == [9]
    assert log.replay({1: entry("m5", "body 5")}) == [A]
    assert log.trim(6) == 3
    assert log.span() == (7, 10)
    log.close()


def test_one_whose_entries_are_all_in_the_lake_gives_no_position_again(tmp_path: Path) -> None:
    written(tmp_path / "log.sqlite", left=())
    log = SqliteLog(tmp_path / "log.sqlite")
    assert log.span() == (9, 8)
    log.append([entry("new")])
    assert [stored.position for stored in log.read()] == [9]
    log.close()
