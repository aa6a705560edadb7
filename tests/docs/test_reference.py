"""The reference is what the definitions say, and says when it is not."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from stamm.analyses import ANALYSES
from stamm.facts import FACTS
from stamm.facts.mapping import Rule, Writing, keys
from stamm.facts.mapping.dates import DIRECTIVES
from stamm.facts.mapping.rules import TESTS
from stamm.metrics import METRICS
from stamm.sources.mapped.file_mapping import MEANING
from stamm.sources.reading import Reading
from tools import reference


def test_it_is_up_to_date() -> None:
    assert reference.stale(reference.PLACE) == [], "run `make docs`"


def test_it_holds_every_definition(tmp_path: Path) -> None:
    text = "".join(reference.pages().values())
    for metric in METRICS:
        assert f"\n## {metric.key}\n" in text
        assert metric.sentence() in text
        assert metric.sentence("de") in text
    for analysis in ANALYSES:
        assert f"\n## {analysis.key}\n" in text
        assert analysis.sentence("de") in text
        assert all(f"| `{name}` |" in text for name in analysis.settings_declared())
    for fact in FACTS:
        assert f"\n## {fact.key}\n" in text


def test_it_explains_every_key_of_a_mapping() -> None:
    page = reference.pages()["mappings.md"]
    files = {"files", *(field.name for field in fields(Reading))}
    rules = {field.name for field in fields(Rule)} | {"column"}
    assert set(MEANING) == files
    assert {field.name for field in fields(Writing)} == set(keys.WRITING)
    assert {*keys.SOURCES, *keys.RULE} == rules
    assert set(TESTS) < set(keys.CONDITION)
    for key in (*files, *keys.WRITING, *keys.FACT, *rules, *keys.CONDITION, *(f"%{one}" for one in DIRECTIVES)):
        assert f"| `{key}` |" in page


def test_stale_missing_and_superfluous_pages_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--into", str(tmp_path)]) == 0
    assert reference.main(["--check", "--into", str(tmp_path)]) == 0
    (tmp_path / "facts.md").write_text("wrong", encoding="utf-8")
    (tmp_path / "settings.md").unlink()
    (tmp_path / "old.md").write_text("superfluous", encoding="utf-8")
    capsys.readouterr()
    assert reference.main(["--check", "--into", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert [name for name in ("facts.md", "settings.md", "old.md") if name in said] == [
        "facts.md",
        "settings.md",
        "old.md",
    ]
    assert reference.main(["--into", str(tmp_path)]) == 0
    assert reference.stale(tmp_path) == []
