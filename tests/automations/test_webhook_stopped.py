"""A webhook that took nothing for long: each owner is told once, in their language, through a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from stamm.app.framework import secret_of
from stamm.app.kinds import door_of
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.delivery import webhooks
from stamm.delivery.message import Message
from stamm.jobs import Worker
from stamm.people import Database
from tests.automations.conftest import BEGIN, by_type, done
from tests.delivery.receiver import Receiver, receiving, replied
from tests.delivery.server import Taken
from tests.jobs.conftest import Clock

THERE = (
    ("ines", "de", "owner", 1),
    ("otto", "en", "owner", 1),
    ("gone", "en", "owner", 0),
    ("anna", "de", "analyst", 1),
)
PEOPLE = "CREATE TABLE people_person (id integer PRIMARY KEY, email text, language text, role text, is_active boolean)"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shop = tmp_path / "shop"
    made = CliRunner().invoke(cli, ("init", str(shop), "--name", "Teeladen", "--time-zone", "Europe/Berlin"))
    assert made.exit_code == 0, made.output
    project = Project.open(shop)
    with closing(project.people()) as database, database.transaction() as run:
        run(PEOPLE, ())
        for number, (name, language, role, active) in enumerate(THERE, 1):
            values = (number, f"{name}@example.com", language, role, active)
            run("INSERT INTO people_person VALUES (?, ?, ?, ?, ?)", values)
    return project


@pytest.fixture
def database(project: Project) -> Iterator[Database]:
    with closing(project.people()) as opened:
        yield opened


@pytest.fixture
def receiver(project: Project) -> Iterator[Receiver]:
    with receiving() as found:
        file = project.directory / "stamm.toml"
        file.write_text(file.read_text("utf-8").replace("own_hosts = []", f'own_hosts = ["{found.place}"]'), "utf-8")
        found.answer = lambda connection: connection.sendall(replied(503))
        yield found


def made(project: Project, database: Database, receiver: Receiver) -> int:
    checked = door_of(Project.open(project.directory)).check(f"http://{receiver.place}/secret-path")
    with database.transaction() as run:
        number, _ = webhooks.make_webhook(run, "Team", checked, "json", secret_of(project), who="ines", now=BEGIN)
    return number


def days(count: int, number: int, database: Database, worker: Worker, clock: Clock) -> None:
    """Messages that nobody takes, one a day."""
    for _ in range(count):
        with database.transaction() as run:
            webhooks.tell(run, number, Message("test", "Hello"), f"{clock.now}", now=clock.now)
        done(worker)
        clock.now += timedelta(days=1)


def test_owners_are_told_once_when_it_is_stopped(
    receiver: Receiver, mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    number = made(project, database, receiver)
    days(5, number, database, worker, clock)
    assert mail.letters == []
    days(4, number, database, worker, clock)
    assert sorted(to for to, _ in mail.letters) == ["ines@example.com", "otto@example.com"], "owners, once each"
    letters = dict(mail.letters)
    german = by_type(letters["ines@example.com"])["text/plain"].get_content()
    english = by_type(letters["otto@example.com"])["text/plain"].get_content()
    # it failed first at noon in London, 13 in Berlin
    assert f"Its receiver at {receiver.place} has taken nothing since 28 March 2024, 13:00." in english
    assert "its receiver answers 503" in english
    assert "https://shop.example.com/settings/webhooks/" in english
    assert "503" in german
    assert letters["ines@example.com"]["Subject"].startswith("An den Webhook Team")
    for text in (german, english):
        assert "secret-path" not in text, "an address may be a secret"


def test_what_was_resumed_or_removed_before_the_mail_could_leave_is_not_told(
    receiver: Receiver, mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    number = made(project, database, receiver)
    mail.answers = {"ines@example.com": "451 later", "otto@example.com": "451 later"}
    days(6, number, database, worker, clock)
    with database.transaction() as run:
        webhooks.resume_webhook(run, number, who="ines", now=clock.now)
    mail.answers = {}
    clock.now += timedelta(hours=7)
    done(worker)
    assert mail.letters == []
    with database.transaction() as run:
        reasons = run("SELECT state, reason FROM job WHERE kind = 'webhook_stopped'", ())
    assert reasons == [("cancelled", "it is sent to again")] * 2


def test_without_a_mail_server_nothing_waits(
    receiver: Receiver, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    number = made(project, database, receiver)
    days(6, number, database, worker, clock)
    with database.transaction() as run:
        assert webhooks.webhook_of(run, number).stopped_at is not None
        assert run("SELECT id FROM job WHERE kind = 'webhook_stopped'", ()) == []
