"""One transaction for all who wait; everybody hears what became of theirs."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from stamm.lang.errors import LogError
from stamm.store.log import Entry, GroupCommit, Outcome, OverloadedError, group_commit
from stamm.store.log.sqlite import SqliteLog
from tests.store.log.messages import entry


class Slow(SqliteLog):
    """A log whose transactions wait for a sign, and fail when told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.go, self.begun, self.failing = threading.Event(), threading.Event(), False

    def append(self, entries: Sequence[Entry]) -> list[Outcome]:
        self.begun.set()
        assert self.go.wait(10)
        if self.failing:
            raise LogError("The log cannot be used: disk I/O error.")
        return super().append(entries)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Slow]:
    log = Slow(tmp_path / "log.sqlite")
    yield log
    log.close()


def test_whoever_waits_shares_the_next_transaction(slow: Slow) -> None:
    writing = GroupCommit(slow)
    first = writing.append([entry("m0")])
    slow.begun.wait(10)
    later = [writing.append([entry(f"m{number}"), entry("m0")]) for number in range(1, 50)]
    slow.go.set()
    assert first.result(10) == [Outcome.ACCEPTED]
    assert [one.result(10) for one in later] == [[Outcome.ACCEPTED, Outcome.DUPLICATE]] * 49
    assert writing.commits == 2
    writing.close()
    assert len(slow.read()) == 50


def test_a_failure_is_told_to_all_of_its_transaction_and_passes(slow: Slow) -> None:
    writing = GroupCommit(slow)
    slow.failing = True
    failing = [writing.append([entry(f"m{number}")]) for number in range(3)]
    slow.go.set()
    for one in failing:
        with pytest.raises(match="disk"):
            one.result(10)
    assert writing.failure is not None
    slow.failing = False
    assert writing.append([entry("m1")]).result(10) == [Outcome.ACCEPTED]
    assert writing.failure is None
    writing.close()
    assert [one.entry.message_id for one in slow.read()] == ["m1"]


def test_too_much_waiting_is_refused_and_not_kept(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "MOST_WAITING_BYTES", 4_000)
    writing = GroupCommit(slow)
    kept = [writing.append([entry("m0", "x" * 1_000)]), writing.append([entry("m1", "x" * 1_000)])]
    with pytest.raises(OverloadedError):
        writing.append([entry("m2", "x" * 3_000)])
    slow.go.set()
    assert [one.result(10) for one in kept] == [[Outcome.ACCEPTED]] * 2
    assert writing.append([entry("m2", "x" * 3_000)]).result(10) == [Outcome.ACCEPTED]
    assert writing.waiting_bytes == 0
    writing.close()


def test_closing_writes_what_waits_and_refuses_the_rest(slow: Slow) -> None:
    writing = GroupCommit(slow)
    waiting = [writing.append([entry(f"m{number}")]) for number in range(10)]
    slow.go.set()
    writing.close()
    assert [one.result(0) for one in waiting] == [[Outcome.ACCEPTED]] * 10
    with pytest.raises(OverloadedError):
        writing.append([entry("late")])
    writing.close()
