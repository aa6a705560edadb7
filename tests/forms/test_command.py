"""Forms on the command line: made, opened, read and reviewed, as the pages do."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.forms.submitting import Sent, fresh_token, take_submission
from tests.forms.filled import nonce_for


def stamm(folder: Path, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["--project", str(folder), "form", *words])
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "shop"), "--time-zone", "Europe/Berlin"])
    assert done.exit_code == 0, done.output
    return tmp_path / "shop"


def test_a_form_is_made_opened_read_and_reviewed(shop: Path, tmp_path: Path) -> None:
    assert "No form is made yet." in stamm(shop, "list")
    stamm(shop, "make", "Fair", "--ready", "lead")
    plan = json.loads(stamm(shop, "show", "1", "--format", "json"))
    plan["title"]["fr"] = "Bonjour"
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    stamm(shop, "change", "1", "--file", str(tmp_path / "plan.json"))
    assert json.loads(stamm(shop, "show", "1", "--format", "json"))["title"]["fr"] == "Bonjour"
    stamm(shop, "open", "1")
    project, now = Project.open(shop), datetime.now(UTC)
    secret = secret_of(project)
    with closing(project.people()) as database, database.transaction() as run:
        for email, works in (("ina@example.com", True), ("bot@example.com", False)):
            token = fresh_token(1, secret, now - timedelta(seconds=20))
            fields = {"name": ["=1+1"], "email": [email], "newsletter": ["yes"]}
            sent = Sent(fields, "203.0.113.7", "en", nonce=nonce_for(token) if works else "", revision=3)
            take_submission(run, token, sent, secret=secret, now=now)
    rows = list(csv.DictReader(io.StringIO(stamm(shop, "received", "1", "--format", "csv"))))
    assert [(row["email"], row["held"], row["name"]) for row in rows] == [
        ("ina@example.com", "", "'=1+1"),
        ("bot@example.com", "work", "'=1+1"),
    ]
    assert "bot@example.com" in stamm(shop, "received", "1")
    stamm(shop, "review", "1", code=2)
    assert "Counted from now on: 0" in stamm(shop, "review", "1", "--count", "--submission", "1")
    assert "Counted from now on: 1" in stamm(shop, "review", "1", "--count", "--submission", "2")
    (listed,) = csv.DictReader(io.StringIO(stamm(shop, "list", "--format", "csv")))
    assert (listed["counted"], listed["held"], listed["state"]) == ("2", "0", "open")
    assert stamm(shop, "link", "1").startswith("http://localhost:8000/form/o1-")
    stamm(shop, "close", "1")
    assert "closed" in stamm(shop, "list")


@pytest.mark.parametrize("words", [("show", "7"), ("show", "x"), ("make", "Fair"), ("open",), ("change", "1")])
def test_what_cannot_be_done_is_told(shop: Path, words: tuple[str, ...]) -> None:
    assert "What to do" in stamm(shop, *words, code=2)
