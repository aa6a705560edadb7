"""Every event of a published name does what its examples say, and so does every recorded message."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import stamm.sources.segment
from stamm.facts import imported
from stamm.sources.segment import SEMANTICS, Semantic
from stamm.sources.segment.semantic import Told, plain
from tests.sources.segment.told import shown, told, track, wanted

RECORDED = sorted((Path(stamm.sources.segment.__file__).parent / "recorded").glob("*.json"))
EXAMPLES = [
    pytest.param(each, example, id=f"{each.key}-{number}")
    for each in SEMANTICS
    for number, example in enumerate(each.examples)
]


@pytest.mark.parametrize(("semantic", "example"), EXAMPLES)
def test_an_event_becomes_what_its_example_says(semantic: type[Semantic], example: Told) -> None:
    found = track(semantic.names[0], example.properties, **example.beside)
    assert found.problem is None
    assert {row.fact for row in found.rows} == set(example.gives)
    for kind, lines in example.gives.items():
        assert shown(found.rows, kind, lines[0]) == wanted(lines)
    for name in semantic.names:
        again = track(name.upper().replace(" ", "_"), example.properties, **example.beside)
        assert [row for row in again.rows if row.fact != "events"] == [
            row for row in found.rows if row.fact != "events"
        ]


@pytest.mark.parametrize("semantic", SEMANTICS, ids=lambda each: each.key)
def test_an_event_says_what_it_fills(semantic: type[Semantic]) -> None:
    assert semantic.examples
    assert semantic.de
    assert semantic.sentence_de
    assert semantic.spec.startswith("https://")
    filled = {
        f"{row.fact}.{name}"
        for example in semantic.examples
        for row in track(semantic.names[0], example.properties, **example.beside).rows
        if row.fact != "events"
        for name in row.values
    }
    stated = set(semantic.fills)
    for column in stated:
        kind, _, name = column.partition(".")
        assert name in imported()[kind].carried()
    taken_over = {"order_id", "customer_id", "ordered_at", "currency", "valid_from"}
    assert {column for column in filled - stated if column.partition(".")[2] not in taken_over} == set()
    assert {column.partition(".")[0] for column in stated} <= {column.partition(".")[0] for column in filled}


def test_no_name_means_two_things() -> None:
    names = [plain(name) for each in SEMANTICS for name in each.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_recorded_message_is_read(file: Path) -> None:
    recorded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    moments = {name: recorded[name] and datetime.fromisoformat(recorded[name]) for name in ("received_at", "sent_at")}
    found = told(recorded["message"], **moments)
    assert found.problem is None
    assert {row.fact for row in found.rows} == set(recorded["gives"])
    for kind, lines in recorded["gives"].items():
        assert shown(found.rows, kind, lines[0]) == wanted(lines)
