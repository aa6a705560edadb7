"""An answer that was given before is given again without a query, as long as nothing it depends on has changed."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import make_dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from stamm.analyses.kind import Found
from stamm.answers import Answer, Answers
from stamm.answers import remembered as module
from stamm.answers.remembered import Remembered, digest, program
from stamm.answers.table import TableAnswer
from stamm.answers.tables_told import read, told
from stamm.app.project import Project
from stamm.engines.duckdb import DuckDB
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window, windows
from tests.kept.shops import event, put, shop

WEEKS = windows(date(2024, 1, 1), date(2024, 2, 1), "week")
ORDER = {"order_id": "o1", "customer_id": None, "amount_minor": 1000, "currency": "EUR"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A shop with three visits and an order of nobody known."""
    made = shop(tmp_path / "shop")
    put(made, "events", [event(day, f"2024-01-{day:02}T10:00", None, "phone", "track") for day in (2, 10, 20)])
    moment = event(0, "2024-01-09T10:00", None, "phone")["happened_at"]
    put(made, "orders", [{**ORDER, "ordered_at": moment}])
    return made


def ask(project: Project, monkeypatch: pytest.MonkeyPatch | None = None) -> tuple[Answer, Answer]:
    """Two answers; with a `monkeypatch` the engine refuses to compute."""
    world = project.world()
    with closing(world.engine):
        if monkeypatch is not None:
            monkeypatch.setattr(DuckDB, "run", lambda *_: pytest.fail("a query was run"))
        asked = Answers(world)
        return asked.ask("conversions_per_visitor", WEEKS), asked.ask("repeat_purchase_rate", WEEKS, by="channel")


def entries(project: Project) -> list[Path]:
    return sorted((project.lake_directory / "kept" / "answers").glob("*/*.json"))


def test_asked_again_nothing_is_computed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(project)
    assert [row.parts for row in first[0].rows][:3] == [{"visitors": 1, "conversions": 0}] * 3
    assert first[1].left_out
    again = ask(project, monkeypatch)
    assert [each.rows for each in again] == [each.rows for each in first]
    assert [each.left_out for each in again] == [each.left_out for each in first]


def test_other_facts_settings_or_questions_are_computed(project: Project) -> None:
    ask(project)
    known = len(entries(project))
    put(project, "events", [event("more", "2024-01-11T10:00", None, "tablet")])
    more, _ = ask(project)
    assert [row.parts["visitors"] for row in more.rows][1] == 2
    assert len(entries(project)) == 2 * known
    ask(project.with_settings(replace(project.organisation, history="cut")))
    assert len(entries(project)) == 3 * known
    world = project.world()
    with closing(world.engine):
        Answers(world).ask("conversions_per_visitor", WEEKS, where="channel=web")
        assert len(entries(project)) > 3 * known


def test_what_cannot_be_read_is_computed_and_told(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    first = ask(project)
    for number, path in enumerate(entries(project)):
        path.write_bytes(b"" if number % 2 else b"[1, 2]")
    with caplog.at_level(logging.WARNING):
        again = ask(project)
    assert [each.rows for each in again] == [each.rows for each in first]
    assert "cannot be read and is computed anew" in caplog.text


def test_where_nothing_can_be_written_all_is_computed(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    (project.lake_directory / "kept").mkdir()
    (project.lake_directory / "kept" / "answers").write_text("in the way")
    first = ask(project)
    assert first[0].rows[0].parts["visitors"] == 1
    assert caplog.text.count("Answers cannot be kept") == 1


def test_it_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    for state in "abcd":
        memory = Remembered(tmp_path, state)
        for number in range(4):
            memory.put(digest(number), {(0, None): number, (1, "web"): 0.5, (2, None): None})
        time.sleep(0.02)
    assert {path.name for path in tmp_path.iterdir()} == {"b", "c", "d"}
    assert len(list((tmp_path / "d").iterdir())) == 1
    assert Remembered(tmp_path, "d").get(digest(3)) == {(0, None): 3, (1, "web"): 0.5, (2, None): None}
    assert Remembered(tmp_path, "d").get(digest(0)) is None


def test_another_program_has_another_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one = 1")
    monkeypatch.setattr(module, "PROGRAM", tmp_path)
    before = program()
    assert before == program()
    (tmp_path / "a.py").write_text("one = 1.0")
    assert program() != before


def test_a_question_is_told_by_all_that_it_is_asked_over() -> None:
    as_of = event(0, "2024-03-01T00:00", None, "phone")["happened_at"]
    names = {
        Remembered.question("sum", WEEKS, None, (), as_of),
        Remembered.question("count", WEEKS, None, (), as_of),
        Remembered.question("sum", WEEKS[1:], None, (), as_of),
        Remembered.question("sum", WEEKS, "channel", (), as_of),
        Remembered.question("sum", WEEKS, None, (), as_of + timedelta(days=1)),
    }
    assert len(names) == 5


SPAN = Window(date(2024, 1, 1), date(2024, 2, 1))
OWN_METRIC = """
[metrics.app_orders]
en = "App orders"
de = "App-Bestellungen"
fact = "orders"
count = true
"""
TABLES = ("retention_table", "lifecycle", "survival", "rfm", "concentration", "compare_definitions", "paths", "drivers")


def tables(project: Project, keys: Sequence[str] = TABLES) -> list[TableAnswer]:
    """Answers of analyses."""
    world = project.world()
    with closing(world.engine):
        return [Answers(world).analyse(key, SPAN) for key in keys]


def test_tables_asked_again_are_the_same_without_a_query(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    at = event(0, "2024-01-09T10:00", None, "phone")["happened_at"]
    put(
        project, "orders", [{**ORDER, "order_id": who, "customer_id": who, "ordered_at": at} for who in ("anna", "ben")]
    )
    first = tables(project)
    assert all(any(answer.tables.values()) for answer in first)
    monkeypatch.setattr(DuckDB, "run", lambda *_: pytest.fail("a query was run"))
    again = tables(project)
    for one, other in zip(first, again, strict=True):
        assert repr(replace(one, analysis=other.analysis)) == repr(other)


def test_tables_of_other_settings_spans_and_formulas_are_found_anew(project: Project) -> None:
    tables(project, ("lifecycle", "compare_definitions"))
    known, own = len(entries(project)), project.directory / "stamm.toml"
    world = project.world()
    with closing(world.engine):
        Answers(world).analyse("lifecycle", Window(SPAN.start, date(2024, 1, 31)))
        Answers(world).analyse("lifecycle", SPAN, settings={"people": "visitors"})
        Answers(world).analyse("lifecycle", SPAN, where="country=DE")
    assert len(entries(project)) == known + 3
    # a formula of the shop's own may change without anything else; other tables are known by another name
    own.write_text(own.read_text() + OWN_METRIC)
    found = Project.open(project.directory)
    tables(found, ("lifecycle",))
    assert len(entries(project)) == known + 4
    tables(found, ("compare_definitions",))
    assert len(entries(project)) == known + 4


def test_cells_are_told_as_they_are() -> None:
    phrase = Phrase("here", "da")
    cells = (None, True, 1, 1.0, 0.1 + 0.2, "anna", SPAN, phrase, SPAN.start, ("a", ("b", 2)))
    kind = make_dataclass("Row", [f"cell_{number}" for number in range(len(cells))], frozen=True)
    found = Found({"rows": (kind(*cells),)}, {"left": 2}, (phrase,))
    text = told(found, {"rows": kind})
    assert text is not None
    assert repr(read(text, {"rows": kind})) == repr(replace(found, tables={"rows": [kind(*cells)]}))
    assert told(replace(found, tables={"rows": (kind(*cells[:-1], {1}),)}), {"rows": kind}) is None
    assert told(found, {"rows": str}) is None
