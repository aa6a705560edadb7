"""Tickets that wait: told once, to those of a role in their language, through a real mail server and a webhook."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from stamm.app.framework import secret_of
from stamm.app.kinds import door_of, kinds
from stamm.app.project import Project
from stamm.app.reminding import MOST, letter_about, waiting_in
from stamm.automations.looking_for_tickets import EACH
from stamm.automations.reminding import Reminder, choose_reminder, note_reminded, reminded, told
from stamm.cli.main import cli
from stamm.delivery import webhooks
from stamm.jobs import Worker
from stamm.lang.errors import UsageError
from stamm.people import Database
from stamm.people.roles import Role
from tests.automations.conftest import BEGIN, by_type, done
from tests.delivery.receiver import receiving
from tests.delivery.server import Taken
from tests.jobs.conftest import Clock

NOW = BEGIN
#: by the clock of Berlin, an hour ahead: anna's and ben's wait; cleo's is 47 hours old; dora's is solved; emil's was
#: solved and is open again since an hour; fay's was opened again and then solved
TICKETS = """\
ticket_id,customer_id,opened_at,first_reply_at,resolved_at,reopened_at,channel,topic
t1,anna,2024-03-20T12:00,,,,email,"<b>Delivery</b>"
t2,ben,2024-03-26T11:00,2024-03-26T11:30,,,chat,
t3,cleo,2024-03-26T14:00,,,,email,
t4,dora,2024-03-01T12:00,2024-03-01T13:00,2024-03-02T12:00,,email,
t5,emil,2024-03-01T12:00,2024-03-01T13:00,2024-03-02T12:00,2024-03-28T12:00,email,
t6,fay,2024-03-01T12:00,2024-03-01T13:00,2024-03-05T12:00,2024-03-03T12:00,email,
"""
ON = Reminder(on=True)
#: what is looked at of the pages' own table
PEOPLE = "CREATE TABLE people_person (id integer PRIMARY KEY, email text, language text, role text, is_active boolean)"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    place = tmp_path_factory.mktemp("reminders")
    (place / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    shop = str(place / "shop")
    for words in (
        ("init", shop, "--name", "Teeladen", "--time-zone", "Europe/Berlin", "--currency", "EUR"),
        ("import", str(place / "tickets.csv"), "--project", shop),
    ):
        ended = CliRunner().invoke(cli, words)
        assert ended.exit_code == 0, ended.output
    made = Project.open(Path(shop))
    with closing(made.people()) as database, database.transaction() as run:
        run(PEOPLE, ())
        for number, (name, language, role, active) in enumerate(
            (("anna", "de", "support", 1), ("ben", "en", "support", 1), ("gone", "de", "support", 0),
             ("ines", "de", "owner", 1), ("vera", "de", "viewer", 1)), 1
        ):  # fmt: skip
            address = f"{name}@example.com"
            run("INSERT INTO people_person VALUES (?, ?, ?, ?, ?)", (number, address, language, role, active))
    return made


@pytest.fixture
def database(project: Project) -> Iterator[Database]:
    with closing(project.people()) as opened:
        yield opened
        with opened.transaction() as run:
            for table in ("ticket_reminder", "ticket_reminded", "job", "webhook", "webhook_message", "people_act"):
                run(f"DELETE FROM {table}", ())


def choose(database: Database, about: Reminder, now: datetime = NOW) -> None:
    with database.transaction() as run:
        choose_reminder(run, about, who="ines", now=now)


def test_which_wait(project: Project) -> None:
    assert [each.ticket for each in waiting_in(project, 48, NOW)] == ["t1", "t2"]
    assert [each.ticket for each in waiting_in(project, 1, NOW)] == ["t1", "t2", "t3", "t5"]
    assert [each.ticket for each in waiting_in(project, 50, NOW)] == ["t1", "t2"], "to the minute"
    assert [each.ticket for each in waiting_in(project, 50, NOW - timedelta(minutes=1))] == ["t1"]
    assert waiting_in(project, 48, NOW)[0].since == datetime(2024, 3, 20, 11, tzinfo=UTC), "the shop is an hour ahead"


def test_each_ticket_is_told_once_to_everybody_of_the_role(
    mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    choose(database, ON)
    done(worker)
    letters = dict(mail.letters)
    assert sorted(to for to, _ in mail.letters) == ["anna@example.com", "ben@example.com"], "once each"
    assert letters["anna@example.com"]["Subject"] == "2 Tickets warten seit über 48 Stunden"
    english = by_type(letters["ben@example.com"])
    text = english["text/plain"].get_content()
    assert "Ticket t1: open for 8 days" in text
    assert "Ticket t2: open for 50 h" in text
    assert text.count("nobody has answered yet") == 1
    assert "https://shop.example.com/customers/of/anna" in text
    assert "t3" not in text
    html = english["text/html"].get_content()
    assert "<b>Delivery" not in html
    assert "&lt;b&gt;Delivery" in html
    clock.now += EACH
    done(worker)
    assert len(mail.letters) == 2, "nothing new waits"
    clock.now = NOW + timedelta(hours=2)
    done(worker)
    clock.now = NOW + timedelta(hours=47)
    done(worker)
    done(worker)
    told_of = [by_type(message)["text/plain"].get_content() for to, message in mail.letters if to == "ben@example.com"]
    assert ["Ticket t3" in text for text in told_of] == [False, True, False]
    assert ["Ticket t5" in text for text in told_of] == [False, False, True], "47 hours and one since it is open again"
    with database.transaction() as run:
        ((choice,),) = run("SELECT id FROM ticket_reminder", ())
        assert told(run, choice) == (4, clock.now)
        kept = [mark for (mark,) in run("SELECT mark FROM ticket_reminded", ())]
    assert all(len(mark) == 32 and "t1" not in mark for mark in kept)


def test_another_choice_tells_nobody_twice_and_the_job_of_the_one_before_ends(
    mail: Taken, database: Database, worker: Worker, clock: Clock
) -> None:
    choose(database, ON)
    done(worker)
    choose(database, Reminder(on=True, hours=50, roles=(Role.OWNER,)))
    done(worker)
    assert [to for to, _ in mail.letters].count("ines@example.com") == 0, "of both tickets somebody was told"
    clock.now = NOW + timedelta(hours=3)
    done(worker)
    assert [to for to, _ in mail.letters].count("ines@example.com") == 1
    with database.transaction() as run:
        looks = run("SELECT state, reason FROM job WHERE kind = 'tickets_look' ORDER BY id", ())
    assert looks == [("cancelled", "something else was chosen"), ("waiting", "")]
    choose(database, Reminder())
    clock.now = NOW + timedelta(hours=100)
    done(worker)
    assert len(mail.letters) == 3, "it is off"


def test_what_is_solved_or_no_more_wanted_when_the_mail_leaves_is_not_told(
    mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    mail.answers = {"ben@example.com": "450 later"}
    choose(database, ON)
    done(worker)
    assert [to for to, _ in mail.letters] == ["anna@example.com"]
    mail.answers = {}
    with database.transaction() as run:
        run("UPDATE people_person SET role = 'viewer' WHERE email = 'ben@example.com'", ())
    clock.now = NOW + timedelta(minutes=10)
    done(worker)
    with database.transaction() as run:
        run("UPDATE people_person SET role = 'support' WHERE email = 'ben@example.com'", ())
        letters = run("SELECT state, reason FROM job WHERE kind = 'tickets_letter' ORDER BY id", ())
    assert letters == [("done", ""), ("cancelled", "not wanted any more")]


def test_who_waits_for_the_mail_server_is_not_told_of_what_is_solved_by_then(
    mail: Taken, project: Project, tmp_path: Path
) -> None:
    shutil.copytree(project.directory, tmp_path / "shop")
    with closing(Project.open(tmp_path / "shop").people()) as database:
        mail.answers = {"anna@example.com": "450 later", "ben@example.com": "450 later"}
        choose(database, ON)
        clock = Clock(NOW)
        worker = Worker(database, kinds(tmp_path / "shop"), clock=clock, chance=Random(1))
        done(worker)
        mail.answers = {"ben@example.com": "450 later"}

        def solve(*lines: str) -> None:
            file = tmp_path / f"tickets-{len(mail.letters)}.csv"
            file.write_text("\n".join((TICKETS.splitlines()[0], *lines)) + "\n", encoding="utf-8")
            ended = CliRunner().invoke(cli, ("import", str(file), "--project", str(tmp_path / "shop")))
            assert ended.exit_code == 0, ended.output

        solve("t1,anna,2024-03-20T12:00,,2024-03-28T12:30,,email,")
        clock.move(minutes=10)
        done(worker)
        ((to, letter),) = mail.letters
        text = by_type(letter)["text/plain"].get_content()
        assert (to, "t1" in text, "Ticket t2" in text) == ("anna@example.com", False, True)
        solve("t2,ben,2024-03-26T11:00,,2024-03-28T12:40,,chat,")
        mail.answers = {}
        clock.move(minutes=10)
        done(worker)
        with database.transaction() as run:
            letters = run("SELECT state, reason FROM job WHERE kind = 'tickets_letter' ORDER BY id", ())
    assert len(mail.letters) == 1
    assert letters == [("done", ""), ("cancelled", "they are solved by now")]


def test_who_waits_for_years_is_told_once(database: Database) -> None:
    years = NOW + timedelta(days=800)
    with database.transaction() as run:
        assert note_reminded(run, ["old", "solved"], "1:a", now=NOW) == ["old", "solved"]
        assert note_reminded(run, ["old", "new"], "1:b", now=years) == ["new"]
        assert reminded(run) == {"old", "new"}, "what is solved is forgotten"


def test_a_webhook_is_told_in_the_same_transaction(project: Project, database: Database, worker: Worker) -> None:
    with receiving() as receiver:
        file = project.directory / "stamm.toml"
        before = file.read_text("utf-8")
        file.write_text(before.replace("own_hosts = []", f'own_hosts = ["{receiver.place}"]'), "utf-8")
        checked = door_of(Project.open(project.directory)).check(f"http://{receiver.place}/in")
        with database.transaction() as run:
            hook, _ = webhooks.make_webhook(run, "Team", checked, "json", secret_of(project), who="ines", now=NOW)
        choose(database, Reminder(on=True, roles=(), webhooks=(hook,), language="de"))
        done(worker)
        file.write_text(before, "utf-8")
    (one,) = receiver.requests
    data = json.loads(one.body)["data"]
    assert data["title"] == "2 Tickets warten seit über 48 Stunden"
    assert [(number["name"], number["url"]) for number in data["numbers"]] == [("Ticket t1", ""), ("Ticket t2", "")]
    assert b"anna" not in one.body


def test_a_long_letter_names_the_oldest_and_counts_the_rest(project: Project) -> None:
    found = waiting_in(project, 48, NOW)
    letter = letter_about(project, found * (MOST - 5), 48, NOW, "en")
    assert len(letter.numbers) == MOST
    assert "10 more are open" in letter.text()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (Reminder(on=True, hours=0), "cannot wait 0"),
        (Reminder(on=True, hours=8_761), "cannot wait"),
        (Reminder(on=True, roles=(Role.VIEWER,)), "may see no customer"),
        (Reminder(on=True, roles=()), "needs somebody"),
        (Reminder(on=True, webhooks=(9,)), "no webhook"),
    ],
)
def test_a_choice_that_cannot_be(database: Database, wrong: Reminder, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        choose(database, wrong)
