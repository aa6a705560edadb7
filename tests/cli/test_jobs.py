"""Jobs by the command line: listed with reasons, tried again, given up."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from stamm.app.project import Project
from stamm.jobs import Kind, Rhythm, Worker, enqueue, set_timer
from tests.cli.conftest import Run

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)


class Sent(Kind):
    """Fails at once, for a reason."""

    name = "sent"
    title = "Sent"
    goes_outside = True
    most_tries = 1

    def outside(self, *_: object) -> None:  # type: ignore[override]
        raise ConnectionError("anna@example.com")


@pytest.fixture
def busy(shop: Path) -> Path:
    with closing(Project.open(shop).people()) as database:
        with database.transaction() as run:
            enqueue(run, "sent", "one", {}, due_at=NOON, now=NOON)
            enqueue(run, "later", "two", {}, due_at=NOON, now=NOON)
            set_timer(run, "monday", "later", {}, Rhythm("week", 9, 0, "Europe/Berlin"), now=NOON)
        Worker(database, [Sent()], clock=lambda: NOON, chance=Random(1)).round()
    return shop


def test_they_are_listed_with_reasons_and_no_names(run: Run, busy: Path) -> None:
    told = run("jobs", "--project", busy).stdout
    assert "ConnectionError" in told
    assert "anna" not in told
    assert "monday" in told
    german = run("--language", "de", "jobs", "list", "--project", busy).stdout
    assert "gescheitert" in german
    assert "zu fester Stunde" in german


def test_they_are_tried_again_and_given_up_all_or_none(run: Run, busy: Path) -> None:
    assert run("jobs", "retry", 1, "--project", busy).stdout == "Job 1 is tried again.\n"
    assert run("jobs", "cancel", 1, 2, "--project", busy).stdout == "Job 1 is given up.\nJob 2 is given up.\n"
    failed = run("--language", "de", "jobs", "retry", 2, "--project", busy)
    assert failed.exit_code == 2
    assert "Auftrag 2 ist vorbei oder läuft gerade." in failed.stderr
    assert "Es gibt keinen Auftrag 9." in run("--language", "de", "jobs", "cancel", 9, "--project", busy).stderr
    told = run("keys", "history", "--project", busy).stdout
    assert "job tried again" in told


def test_what_is_not_asked_rightly_is_told(run: Run, shop: Path) -> None:
    assert run("jobs", "--project", shop).stdout == "There are no jobs.\n"
    assert "takes no numbers" in run("jobs", "list", 1, "--project", shop).stderr
    assert "numbers are missing" in run("jobs", "retry", "--project", shop).stderr
