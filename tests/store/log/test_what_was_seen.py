"""What a log in a file knows of all that ever came, while it goes from memory into its place for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from stamm.store.log import Outcome, parcels, seen
from stamm.store.log.sqlite import SqliteLog
from tests.store.log.messages import entry

A, D, C = Outcome.ACCEPTED, Outcome.DUPLICATE, Outcome.CONFLICT


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten are much, and two go at a time."""
    monkeypatch.setattr(seen, "MOST_FRESH", 10)
    monkeypatch.setattr(seen, "SLICE", 2)


def test_a_message_is_known_wherever_what_stands_for_it_lies(tmp_path: Path) -> None:
    """Also to a log opened at any moment, and to one that others have overtaken."""
    ours, theirs = SqliteLog(tmp_path / "log.sqlite"), SqliteLog(tmp_path / "log.sqlite")
    for number in range(40):
        writer, other = (ours, theirs) if number % 7 < 5 else (theirs, ours)
        assert writer.append([entry(f"m{number}", f"body {number}")]) == [A]
        new = SqliteLog(tmp_path / "log.sqlite")
        for log in (writer, other, new):
            came = [entry(f"m{each}", f"body {each}") for each in range(number + 1)]
            assert log.append(came) == [D] * (number + 1)
            assert log.append([entry(f"m{each}", "other") for each in range(number + 1)]) == [C] * (number + 1)
        new.close()
    assert [stored.position for stored in ours.read()] == list(range(1, 41))
    counted = ours.counters()["shop"]
    assert (counted.accepted, counted.conflict) == (40, 3 * sum(range(1, 41)))
    ours.close()
    theirs.close()


def test_most_of_it_is_in_its_place_and_no_longer_held_twice(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "log.sqlite")
    for number in range(100):
        log.append([entry(f"m{number}")])
    with log._transaction() as run:
        (settled,) = run.execute("SELECT count(*) FROM seen").fetchone()
        (fresh,) = run.execute("SELECT sum(length(marks)) / 32 FROM fresh").fetchone()
    log.close()
    assert settled >= 80
    assert fresh <= 30
    assert settled + fresh >= 100


def test_parcels_are_read_trimmed_and_amended_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "MOST", 3)
    log = SqliteLog(tmp_path / "log.sqlite")
    log.append([entry(f"m{number}") for number in range(1, 9)])  # 1 2 3, 4 5 6, 7 8
    log.append([entry("m9")])
    assert [stored.entry.message_id for stored in log.read(2, limit=4)] == ["m3", "m4", "m5", "m6"]
    assert log.fail({4: "bad", 6: "bad", 8: "bad"}) == 3
    assert [stored.position for stored in log.read()] == [1, 2, 3, 5, 7, 9]
    assert log.amend({5: entry("nobody", "{}"), 6: entry("gone")}, {}) == 1
    assert log.read(3, limit=1)[0].entry == entry("nobody", "{}")
    assert log.trim(2) == 2
    assert log.span() == (3, 9)
    assert log.trim(4) == 1
    assert log.span() == (5, 9)
    assert log.trim(7) == 2
    assert log.span() == (9, 9)
    assert [(stored.position, stored.entry) for stored in log.read()] == [(9, entry("m9"))]
    assert log.fail({9: "bad"}) == 1
    assert log.span() == (10, 9)
    assert log.append([entry("m10")]) == [A]
    assert log.span() == (10, 10)
    log.close()
