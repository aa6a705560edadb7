"""What the server writes about itself: lines that a program reads, and never so many that they fill a disk."""

from __future__ import annotations

import json

import pytest

from stamm.ingest import records
from stamm.ingest.records import MOST_ALIKE, MOST_KINDS, Told, tell


def test_very_many_lines_that_are_alike_are_counted_instead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(records, "_TOLD", Told(lambda: now[0]))
    for _ in range(MOST_ALIKE + 7):
        tell("refused", code="no_key")
    tell("refused", code="no_json")
    now[0] += 61
    tell("refused", code="no_key")
    tell("refused", code="no_key")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["code"] for line in lines] == ["no_key"] * MOST_ALIKE + ["no_json", "no_key", "no_key"]
    assert [line["untold"] for line in lines if "untold" in line] == [7]
    assert lines[-2]["untold"] == 7
    assert list(lines[0]) == ["at", "what", "code"]


def test_kinds_take_no_memory_without_end() -> None:
    told = Told(lambda: 0.0)
    for number in range(3 * MOST_KINDS):
        assert told.untold(str(number).encode()) == 0
    assert len(told._kinds) <= MOST_KINDS + 1
