"""stamm segment, as a person runs it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import ORDERS, Run

RULE = "who ordered at least 2 times in the last 90 days"


@pytest.fixture
def shop(run: Run, tmp_path: Path) -> Path:
    """The small shop, taken in."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    assert run("init", tmp_path / "shop").exit_code == 0
    assert run("--project", tmp_path / "shop", "import", tmp_path / "orders.csv").exit_code == 0
    return tmp_path / "shop"


def test_segments_are_asked_and_refused_in_words(run: Run, shop: Path) -> None:
    def ask(*words: str) -> str:
        done = run("--project", shop, "segment", *words)
        assert done.exit_code == 0, done.output
        return done.output

    assert "best_tenth" in ask()
    assert "who opened a ticket at least once" in ask("operators")
    assert "3 of 4 customers (75.0%) at the start of 1 April 2024" in ask("show", "--rule", RULE)
    told = json.loads(ask("show", "--rule", RULE, "--as-of", "2024-03-06", "--format", "json"))
    assert (told["customers"], told["everybody"], told["day"]) == (1, 4, "2024-03-06")
    assert told["rule"] == {"ordered": {"compare": "at_least", "times": 2, "days": 90}}
    assert ask("members", "--rule", json.dumps(told["rule"]), "--format", "csv").split() == [
        "customer_id", "anna", "ben", "dora",
    ]  # fmt: skip
    moved = csv.DictReader(ask("moves", "--rule", RULE, "--from", "2024-03-06", "--format", "csv").splitlines())
    assert [(row["customer_id"], row["moved"]) for row in moved] == [
        ("anna", "stayed"), ("ben", "entered"), ("dora", "entered"),
    ]  # fmt: skip
    assert "in both" in ask("overlap", "best_tenth", "--rule", RULE)

    refused = run("--project", shop, "--language", "de", "segment", "show", "--rule", "die bestelten")
    assert refused.exit_code == 2
    assert "Was mit 'die bestelten' beginnt, wird nicht verstanden." in refused.output
    assert "Schreiben Sie zum Beispiel: die mindestens einmal bestellten." in refused.output
    assert run("--project", shop, "segment", "show").exit_code == 2
    assert run("--project", shop, "segment", "overlap", "lapsed").exit_code == 2
    assert "no segment named 'nobody'" in run("--project", shop, "segment", "show", "nobody").output
    assert "fewer than 100 customers ordered" in ask("personas")
    assert json.loads(ask("personas", "--format", "json"))["personas"] == []
    missing = run("--project", shop, "segment", "save", "First", "--persona", "1")
    assert (missing.exit_code, "There is no persona 1." in missing.output) == (2, True)
