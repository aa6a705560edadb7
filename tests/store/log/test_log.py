"""What every durable log promises, on each database that keeps one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm.lang.errors import LogError, ProjectError
from stamm.store.log import Counters, Entry, Log, Outcome, open_log
from tests.store.log.messages import NOON, entry

A, D, C, F = Outcome.ACCEPTED, Outcome.DUPLICATE, Outcome.CONFLICT, Outcome.FAILED


def bodies(log: Log, after: int = 0) -> list[str]:
    return [stored.entry.body.decode() for stored in log.read(after)]


def test_what_is_appended_is_read_in_its_order_and_as_it_was(opener: Callable[[], Log]) -> None:
    exact = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    early = datetime(1969, 7, 20, 20, 17, 40, 1, tzinfo=UTC)
    first = Entry("shop", "m\0ü'", b'\x00\xff"', exact, early)
    assert opener().append([first, entry("m2")]) == [A, A]
    assert opener().append([entry("m3")]) == [A]
    found = opener().read()
    assert [one.entry for one in found] == [first, entry("m2"), entry("m3")]
    positions = [one.position for one in found]
    assert positions == sorted(set(positions))
    assert [one.entry for one in opener().read(positions[0], limit=1)] == [entry("m2")]


def test_a_message_id_counts_once_for_ever(opener: Callable[[], Log]) -> None:
    log = opener()
    assert log.append([entry("m1"), entry("m1"), entry("m1", "other"), entry("m1", source="app")]) == [A, D, C, A]
    log.trim(log.read()[-1].position)
    log.close()
    again = opener()
    assert again.append([entry("m1", "other"), entry("m1"), entry("m2")]) == [C, D, A]
    assert bodies(again) == ["hello"]
    assert again.counters() == {"app": Counters(1, 1), "shop": Counters(6, 2, 4, 0, 2)}


def test_the_first_body_stays(log: Log) -> None:
    log.append([entry("m1", "first"), entry("m1", "second")])
    log.append([entry("m1", "third")])
    assert bodies(log) == ["first"]
    assert log.append([entry("m1", "first")]) == [D]
    assert log.append([entry("m1", "second")]) == [C]


def test_the_time_of_an_attempt_makes_no_other_message(log: Log) -> None:
    later = datetime(2024, 3, 12, tzinfo=UTC)  # forty days
    assert log.append([entry("m1")]) == [A]
    assert log.append([Entry("shop", "m1", b"hello", later, later)]) == [D]


def test_positions_are_never_used_again(opener: Callable[[], Log]) -> None:
    log = opener()
    assert log.span() == (1, 0)
    log.append([entry(f"m{number}") for number in range(5)])
    assert log.span() == (1, 5)
    assert log.trim(2) == 2
    assert log.span() == (3, 5)
    assert log.trim(5) == 3
    assert log.trim(5) == 0
    assert log.span() == (6, 5)
    log.close()
    again = opener()
    assert again.span() == (6, 5)
    again.append([entry("m9")])
    assert [one.position for one in again.read()] == [6]


def test_what_fails_is_kept_with_its_reason(log: Log) -> None:
    bad = entry("m1", "{", reason="not_json")
    assert log.append([bad, entry("m2"), bad]) == [F, A, D]
    assert log.append([bad]) == [D]
    assert bodies(log) == ["hello"]
    assert [(one.entry, one.held) for one in log.failures()] == [(bad, False)]
    assert log.append([entry("", "{", reason="no_id"), entry("", "}", reason="no_id")]) == [F, F]
    assert [one.entry.body for one in log.failures(log.failures()[0].number)] == [b"{", b"}"]
    assert len(log.failures(limit=2)) == 2
    assert log.counters() == {"shop": Counters(6, 1, 2, 3, 0)}


def test_a_message_that_failed_comes_again_mended(log: Log) -> None:
    bad = entry("m1", "{", reason="not_json")
    assert log.append([bad, entry("m1", "{}")]) == [F, A]
    assert log.append([bad]) == [C]
    assert log.append([entry("m1", "{}")]) == [D]
    assert log.append([entry("m2", "x"), entry("m2", "{", reason="not_json")]) == [A, C]


def test_failed_messages_are_put_back_after_a_fix(log: Log) -> None:
    log.append([entry("m1", "{", reason="not_json"), entry("m2", "{", reason="not_json"), entry("m3")])
    log.append([entry("m2", "mended by the sender")])
    numbers = [one.number for one in log.failures()]
    mended = {numbers[0]: entry("m1", "now"), numbers[1]: entry("m2", "now"), 99: entry("m9")}
    assert log.replay(mended) == [A, C]
    assert log.failures() == []
    assert bodies(log) == ["hello", "mended by the sender", "now"]
    assert log.counters() == {"shop": Counters(4, 3, 1, 0, 1)}
    assert log.replay(mended) == []
    assert log.append([entry("m1", "now")]) == [D]
    with pytest.raises(ValueError, match="no reason"):
        log.replay({1: entry("m1", reason="still")})


def test_what_turns_out_not_to_be_a_fact_is_set_aside_and_keeps_its_id(log: Log) -> None:
    log.append([entry("m1", "a"), entry("m2", "b"), entry("m3", "c")])
    second = log.read()[1].position
    assert log.fail({second: "amount", 99: "gone"}) == 1
    assert log.fail({second: "amount"}) == 0
    assert bodies(log) == ["a", "c"]
    assert log.counters() == {"shop": Counters(3, 2, 0, 1)}
    assert log.append([entry("m2", "b"), entry("m2", "B")]) == [D, C]
    (failed,) = log.failures()
    assert failed.held
    assert failed.entry == entry("m2", "b", reason="amount")
    last = log.span()[1]
    assert log.replay({failed.number: entry("m2", "b")}) == [A]
    assert [one.position > last for one in log.read()] == [False, False, True]
    assert log.counters() == {"shop": Counters(5, 3, 2, 0, 1)}
    # and once more
    again = log.read()[-1].position
    assert log.fail({again: "amount"}) == 1
    assert [one.entry.message_id for one in log.failures()] == ["m2"]


def test_a_person_is_taken_out(log: Log, tmp_path: Path) -> None:
    secret = "anna@example.com" * 400
    log.append([entry(f"m{number}", secret if number % 3 else "x" * 3000) for number in range(60)])
    log.append([entry("f1", secret, reason="bad"), entry("f2", "other", reason="bad")])
    whose = [one.position for one in log.read() if b"anna" in one.entry.body]
    before = log.counters()
    nobody = {position: entry("nobody", "{}") for position in whose}
    assert log.amend(nobody, {log.failures()[0].number: entry("f1", ""), 99: entry("gone", "")}) == 41
    log.trim(log.read()[4].position)
    log.scrub()
    assert log.counters() == before
    assert sorted({(one.entry.message_id[0], bytes(one.entry.body[:2])) for one in log.read()}) == [
        ("m", b"xx"),
        ("n", b"{}"),
    ]
    assert [(one.entry.message_id, one.entry.body) for one in log.failures()] == [("f1", b""), ("f2", b"other")]
    assert log.append([entry("m1", secret), entry("f1", secret, reason="bad")]) == [D, D]
    held = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"anna@" not in held


def test_writers_do_not_overtake_each_other(opener: Callable[[], Log]) -> None:
    """Whoever reads on from the last position sees everything, whatever several writers do."""
    ready = threading.Barrier(3)

    def write(name: str) -> None:
        log = opener()
        ready.wait()
        for number in range(40):
            log.append([entry(f"{name}{number}")])

    writers = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for writer in writers:
        writer.start()
    reader = opener()
    ready.wait()
    found: list[str] = []
    position = 0
    while len(found) < 80 and (any(w.is_alive() for w in writers) or reader.read(position)):
        for stored in reader.read(position, limit=7):
            position = stored.position
            found.append(stored.entry.message_id)
    for writer in writers:
        writer.join()
    assert sorted(found) == sorted(f"{name}{number}" for name in "ab" for number in range(40))


def test_a_database_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no address"):
        open_log(tmp_path / "log", "mysql://user:secret@host/shop")
    with pytest.raises(LogError) as caught:
        open_log(tmp_path / "log", "postgresql://user:secret@127.0.0.1:1/shop")
    assert "secret" not in str(caught.value)
    (tmp_path / "log.sqlite").write_bytes(b"this is no database, it is a text" * 100)
    with pytest.raises(match="not a database"):
        open_log(tmp_path / "log.sqlite")


def test_a_log_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    import sqlite3  # noqa: PLC0415

    log = open_log(tmp_path / "log.sqlite")
    log.append([entry()])
    log.close()
    with sqlite3.connect(tmp_path / "log.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(match="schema version 99"):
        open_log(tmp_path / "log.sqlite")


def test_moments_are_kept_to_the_microsecond(log: Log) -> None:
    log.append([Entry("shop", "m", b"", NOON.replace(microsecond=7), None)])
    assert log.read()[0].entry.received_at.microsecond == 7
