"""A report on Monday morning: due at the local hour, composed from a real shop, through a real mail server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from stamm.app.framework import secret_of
from stamm.app.kinds import door_of
from stamm.app.project import Project
from stamm.automations import reports
from stamm.automations.reports import About
from stamm.cli.main import cli
from stamm.delivery import webhooks
from stamm.delivery.signing import signed
from stamm.jobs import Rhythm, Worker
from stamm.lang.errors import UsageError
from stamm.people import Database
from tests.automations.conftest import BEGIN, by_type, done
from tests.cli.conftest import ORDERS
from tests.delivery.receiver import receiving
from tests.delivery.server import Taken
from tests.jobs.conftest import Clock

BERLIN = "Europe/Berlin"
MONDAY = Rhythm("week", 9, 0, BERLIN, 1)
WEEKLY = About("Umsatz", MONDAY, metric="gross_revenue")
TO = [("anna@example.com", "de"), ("ben@example.com", "en")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    place = tmp_path_factory.mktemp("reports")
    (place / "orders.csv").write_text(ORDERS, encoding="utf-8")
    shop = str(place / "shop")
    for words in (
        ("init", shop, "--time-zone", BERLIN, "--currency", "EUR", "--history", "complete"),
        ("import", str(place / "orders.csv"), "--project", shop),
    ):
        assert CliRunner().invoke(cli, words).exit_code == 0
    return Project.open(Path(shop))


@pytest.fixture
def database(project: Project) -> Iterator[Database]:
    with closing(project.people()) as opened:
        yield opened
        with opened.transaction() as run:
            for table in (
                "report",
                "report_recipient",
                "report_sent",
                "webhook",
                "webhook_message",
                "job",
                "job_timer",
                "people_act",
            ):
                run(f"DELETE FROM {table}", ())


def test_it_goes_out_once_at_the_local_hour_in_each_ones_language(
    mail: Taken, database: Database, worker: Worker, clock: Clock
) -> None:
    with database.transaction() as run:
        number = reports.make_report(run, WEEKLY, TO, who="ines", now=BEGIN)
    clock.now = datetime(2024, 4, 1, 6, 59, tzinfo=UTC)
    done(worker)
    assert mail.letters == []
    clock.now = datetime(2024, 4, 1, 7, tzinfo=UTC)
    for _ in range(3):
        done(worker)
    assert sorted(to for to, _ in mail.letters) == ["anna@example.com", "ben@example.com"]
    letters = dict(mail.letters)
    german, english = (by_type(letters[name]) for name in ("anna@example.com", "ben@example.com"))
    # the week from 25 to 31 March holds one order of 25.00, the one before it one of 40.00
    assert "25,00" in german["text/plain"].get_content()
    assert "25.00" in english["text/plain"].get_content()
    assert german["image/png"].get_payload(decode=True)[:4] == b"\x89PNG"
    assert german["application/pdf"].get_payload(decode=True)[:4] == b"%PDF"
    assert "2024-03-18" in german["text/csv"].get_content()
    assert (
        "https://shop.example.com/metrics/gross_revenue?grain=week&window=2024-W" in german["text/plain"].get_content()
    )
    with database.transaction() as run:
        assert {(one.address, one.outcome) for one in reports.sent_of(run, number)} == {(to, "") for to, _ in TO}
        assert reports.report_of(run, number).due_at == datetime(2024, 4, 8, 7, tzinfo=UTC)


def test_it_goes_to_a_webhook_beside_mail_once_with_the_same_numbers(
    mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    with receiving() as receiver:
        file = project.directory / "stamm.toml"
        file.write_text(file.read_text("utf-8").replace("own_hosts = []", f'own_hosts = ["{receiver.place}"]'), "utf-8")
        checked = door_of(Project.open(project.directory)).check(f"http://{receiver.place}/in")
        with database.transaction() as run:
            hook, secret = webhooks.make_webhook(
                run, "Team", checked, "json", secret_of(project), who="ines", now=BEGIN
            )  # fmt: skip
            about = replace(WEEKLY, webhooks=(hook,), language="de")
            reports.make_report(run, about, TO[1:], who="ines", now=BEGIN)
            alone = reports.make_report(run, replace(about, name="Allein"), [], who="ines", now=BEGIN)
            with pytest.raises(UsageError, match="no webhook"):
                reports.make_report(run, replace(about, webhooks=(99,)), TO, who="ines", now=BEGIN)
        clock.now = datetime(2024, 4, 1, 7, tzinfo=UTC)
        for _ in range(3):
            done(worker)
        with database.transaction() as run:
            assert reports.send_now(run, alone, who="ines", now=clock.now) == 1
    assert [to for to, _ in mail.letters] == ["ben@example.com"]
    told = {json.loads(one.body)["data"]["title"]: one for one in receiver.requests}
    assert (sorted(told), len(receiver.requests)) == (["Allein", "Umsatz"], 2)
    (number,) = json.loads(told["Umsatz"].body)["data"]["numbers"]
    # the week from 25 to 31 March holds one order of 25.00
    assert "25,00" in number["value"]
    assert number["url"].startswith("https://shop.example.com/metrics/gross_revenue?grain=week&window=2024-W")
    one = told["Umsatz"]
    moment = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
    assert (
        one.headers["webhook-signature"]
        == signed(secret, one.headers["webhook-id"], one.body, moment)["webhook-signature"]
    )


def test_one_refused_address_stops_nobody_and_nobody_gets_it_twice(
    mail: Taken, database: Database, worker: Worker, clock: Clock
) -> None:
    mail.answers = {"gone@example.com": "550 no such user"}
    with database.transaction() as run:
        to = [("gone@example.com", "en"), *TO]
        number = reports.make_report(run, WEEKLY, to, who="ines", now=BEGIN)
        assert reports.send_now(run, number, who="ines", now=BEGIN) == 3
        assert reports.send_now(run, number, who="ines", now=BEGIN) == 0, "within the same minute"
    done(worker)
    clock.move(hours=7)
    done(worker)
    assert sorted(to for to, _ in mail.letters) == ["anna@example.com", "ben@example.com"]
    with database.transaction() as run:
        outcomes = {one.address: one.outcome for one in reports.sent_of(run, number)}
    assert outcomes["gone@example.com"] == "the mail server refused it (550)"


def test_who_does_not_want_it_any_more_between_planning_and_sending_gets_none(
    mail: Taken, project: Project, database: Database, worker: Worker
) -> None:
    secret = secret_of(project)
    with database.transaction() as run:
        number = reports.make_report(run, WEEKLY, TO, who="ines", now=BEGIN)
        reports.send_now(run, number, who="ines", now=BEGIN)
        anna = reports.report_of(run, number).recipients[0]
        token = reports.stop_token(secret, anna.id, anna.address)
        for wrong in (
            "",
            "1-",
            "x",
            f"{anna.id + 1}{token[1:]}",
            token[:-1] + "?",
            reports.stop_token("other", anna.id, anna.address),
        ):
            with pytest.raises(UsageError, match="Nobody made"):
                reports.stop(run, wrong, secret, now=BEGIN)
        reports.stop(run, token, secret, now=BEGIN)
    done(worker)
    assert [to for to, _ in mail.letters] == ["ben@example.com"]
    ((_, letter),) = mail.letters
    assert f"https://shop.example.com/reports/stop/{anna.id + 1}-" in by_type(letter)["text/plain"].get_content()


def test_without_a_server_it_waits_and_that_is_written_down(
    project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    with database.transaction() as run:
        number = reports.make_report(run, WEEKLY, TO[:1], who="ines", now=BEGIN)
        reports.send_now(run, number, who="ines", now=BEGIN)
    done(worker)
    with database.transaction() as run:
        assert [one.outcome for one in reports.sent_of(run, number)] == ["stamm.toml names no mail server"]


def test_a_removed_report_goes_out_no_more(mail: Taken, database: Database, worker: Worker, clock: Clock) -> None:
    with database.transaction() as run:
        number = reports.make_report(run, WEEKLY, TO, who="ines", now=BEGIN)
        reports.send_now(run, number, who="ines", now=BEGIN)
        reports.remove_report(run, number, who="ines", now=BEGIN)
        with pytest.raises(UsageError, match="no report"):
            reports.report_of(run, number)
    clock.move(days=30)
    done(worker)
    assert mail.letters == []


def test_what_cannot_be_a_report_is_refused(database: Database) -> None:
    for about, to in (
        (About("x", MONDAY), TO),
        (About("x", MONDAY, board=1, metric="revenue"), TO),
        (About(" ", MONDAY, metric="revenue"), TO),
        (About("x", Rhythm("week", 25, 0, BERLIN), metric="revenue"), TO),
        (WEEKLY, []),
        (WEEKLY, [("nobody", "en")]),
        (WEEKLY, [("anna@example.com", "fr")]),
        (WEEKLY, [(f"a{number}@example.com", "en") for number in range(101)]),
    ):
        with pytest.raises(UsageError), database.transaction() as run:
            reports.make_report(run, about, to, who="ines", now=BEGIN)
    with database.transaction() as run:
        assert run("SELECT count(*) FROM report", ()) == [(0,)]
