"""What is sent to customers, comes back or is not wanted any more becomes facts: the next round measures it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from stamm.answers.ask import Answers
from stamm.app.framework import secret_of
from stamm.app.kinds import kinds
from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.exporting import held
from stamm.app.project import Project
from stamm.app.projecting.persons import CUSTOMER
from stamm.app.sending import Knowing, digests_of, kinds_of_mail
from stamm.app.surveying import Wanted, candidates, candidates_after, chosen
from stamm.cli.main import cli
from stamm.delivery.customer_door import NO_ADDRESS, Consent, Whom
from stamm.delivery.customer_mail import Planned, newest_mails, send_to_customer, stop_token, unsubscribe
from stamm.delivery.letter import Letter
from stamm.delivery.suppression import mark_of, suppress, suppressed
from stamm.facts import imported
from stamm.jobs import Worker
from stamm.lang.window import Window
from stamm.people import Database
from stamm.saved.keeping import Rules
from stamm.surveys import keeping
from stamm.surveys.answering import Sent, take_answers
from stamm.surveys.by_itself import Asking, ask_by_itself, asking_of
from stamm.surveys.letters import ready_words
from stamm.surveys.mailing import ASKED, progress_of, send_survey
from stamm.surveys.ready import ready
from stamm.surveys.results import results_of
from tests.delivery.server import Taken, running
from tests.jobs.conftest import Clock
from tests.projecting.shops import NOON, project_all, rows, shop

BEFORE = NOON - timedelta(days=20)


def put(project: Project, kind: str, cells: list[dict[str, Any]], at: datetime = BEFORE) -> None:
    columns = imported()[kind].columns()
    table = pa.table({name: pa.array([row[name] for row in cells], columns[name].arrow) for name in cells[0]})
    with project.lake().writing() as writer:
        writer.put(kind, (table,), source="shop", received_at=at, simulated=False)
        writer.commit()


@pytest.fixture
def sending(tmp_path: Path) -> Iterator[tuple[Project, Taken]]:
    project = shop(tmp_path / "shop")
    names = ("anna", "ben", "cleo")
    put(
        project,
        "customers",
        [
            {
                "customer_id": name,
                "valid_from": BEFORE,
                "email": f"{name}@example.com",
                "language": code,
                "time_zone": zone,
            }
            for name, code, zone in zip(names, ("de-AT", None, "en"), ("Asia/Tokyo", "Mars/North", None), strict=True)
        ],
    )
    put(
        project,
        "consents",
        [{"consent_id": f"c{name}", "customer_id": name, "purpose": "news", "granted": True, "recorded_at": BEFORE}
         for name in names],
    )  # fmt: skip
    file = project.directory / "stamm.toml"
    with running() as (taken, server):
        text = file.read_text("utf-8").replace(
            '[mail]\nserver = ""', f'[mail]\nserver = "127.0.0.1"\nport = {server.port}\nsecurity = "none"'
        )
        text = text.replace('sender = ""', 'sender = "shop@example.com"')
        file.write_text(text.replace('address = ""', 'address = "https://shop.example.com"'), "utf-8")
        yield Project.open(project.directory), taken


def plan(database: Database, customer: str, issue: int = 1) -> None:
    with database.transaction() as run:
        planned = Planned(
            customer, "news", "marketing", "news", f"{issue}:{customer[0]}", {"issue": issue}, campaign="spring"
        )
        send_to_customer(run, planned, now=NOON)


def work(project: Project, database: Database, now: datetime = NOON) -> None:
    def composed(about: Mapping[str, Any], whom: Whom, _now: datetime) -> Letter:
        return Letter(whom.language, f"News {about['issue']}", title="News")

    kinds = kinds_of_mail(project.directory, lambda: database, {"news": composed})
    worker = Worker(database, kinds, clock=Clock(now), chance=Random(1))
    while worker.round():
        continue
    project_all(project)


def test_what_became_of_mail_is_measured(sending: tuple[Project, Taken]) -> None:
    project, taken = sending
    taken.answers = {"ben@example.com": "550 5.1.1 no such user"}
    with closing(project.people()) as database:
        for name in ("anna", "ben", "cleo", "nobody"):
            plan(database, name)
        work(project, database)
        found = rows(project, "messages", "customer_id", "channel", "campaign", "purpose", "sent_at", "bounced_at")
        assert sorted(found) == [
            ("ben", "email", "spring", "news", "12:00", "12:00"),
            ("cleo", "email", "spring", "news", "12:00", None),
        ]
        # anna's evening in Tokyo is quiet; ben's zone is none, so that the shop's counts
        assert [to for to, _ in taken.letters] == ["cleo@example.com"]
        work(project, database, NOON + timedelta(hours=12))
        assert [to for to, _ in taken.letters] == ["cleo@example.com", "anna@example.com"]
        assert taken.letters[1][1]["Content-Language"] == "de"
        assert "Abbestellen" in taken.letters[1][1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        with database.transaction() as run:
            cleo = next(mail for mail in newest_mails(run) if mail.customer == "cleo")
            unsubscribe(run, stop_token(digests_of(project), cleo), digests_of(project), now=NOON + timedelta(days=1))
        work(project, database, NOON + timedelta(days=1))
    days = [Window.parse("2024-02-01/2024-02-03")]
    world = project.world()
    measured = {
        key: Answers(world).ask(key, days).rows[0].value
        for key in ("messages_sent", "messages_delivered", "unsubscribe_rate")
    }
    world.engine.close()
    assert measured == {"messages_sent": 3, "messages_delivered": 2, "unsubscribe_rate": 0.5}
    assert rows(project, "consents", "customer_id", "granted")[-1] == ("cleo", False)
    known = Knowing(project.directory)("cleo", "news", NOON + timedelta(days=2))
    assert known is not None
    assert known.consent == Consent(granted=False, at=NOON + timedelta(days=1))


def mails(database: Database) -> Any:
    with database.transaction() as run:
        return newest_mails(run)


def test_a_customer_is_known_as_they_are_now(sending: tuple[Project, Taken]) -> None:
    project, _ = sending
    later = NOON + timedelta(days=1)
    put(project, "customers", [{"customer_id": "cleo", "valid_from": later, "email": "c@example.org"}], later)
    put(
        project,
        "consents",
        [{"consent_id": "x", "customer_id": "former", "purpose": "news", "granted": False, "recorded_at": NOON}],
    )
    put(project, "links", [{"anonymous_id": f"{CUSTOMER}former", "linked_at": NOON, "customer_id": "cleo"}])
    knowing = Knowing(project.directory)
    now, then = (knowing("cleo", "news", at) for at in (NOON, later))
    assert now is not None and then is not None  # noqa: PT018
    assert (now.address, then.address) == ("cleo@example.com", "c@example.org")
    assert (now.zone, now.language) == ("Europe/Berlin", "en")
    # what a former number said counts for whoever stands for it
    assert (now.numbers, now.consent) == ({"cleo", "former"}, Consent(granted=False, at=NOON))
    assert knowing("former", "news", NOON) == now
    assert knowing("cleo", "calls", NOON) is not None
    assert knowing("nobody", "news", NOON) is None


def test_erasing_reaches_what_was_planned_and_the_mark_of_an_address_stays(sending: tuple[Project, Taken]) -> None:
    project, taken = sending
    with closing(project.people()) as database:
        plan(database, "cleo")
        work(project, database)
        plan(database, "cleo", 2)
        mark = mark_of(digests_of(project), "cleo@example.com")
        with database.transaction() as run:
            suppress(run, mark, "asked", who="owner@example.com", now=NOON)
        assert [row["about"] for row in held(project, "cleo").mails] == ['{"issue":1}', '{"issue":2}']
        assert Erasing(project).look("cleo").mails == 2
        told = Erasing(project).erase("cleo", now=NOON + timedelta(days=1))
        assert told.mails == 2
        assert [mail.customer for mail in mails(database)] == [None, None]
        work(project, database, NOON + timedelta(days=2))
        assert len(taken.letters) == 1
        with database.transaction() as run:
            assert suppressed(run, mark) is not None
    assert b"cleo" not in (project.directory / "stamm.sqlite").read_bytes()
    assert [who for (who,) in rows(project, "messages", "customer_id")] != ["cleo"]
    assert Knowing(project.directory)("cleo", "news", datetime(2024, 3, 1, tzinfo=UTC)) is None


def test_a_survey_goes_out_by_mail_and_is_answered_by_its_link(sending: tuple[Project, Taken]) -> None:
    project, taken = sending
    taken.answers = {"ben@example.com": "550 5.1.1 no such user"}
    put(project, "customers", [{"customer_id": "dora", "valid_from": BEFORE, "email": None, "language": "en"}])
    with closing(project.people()) as database:
        with database.transaction() as run:
            number = keeping.make_survey(run, ready("nps", "Spring", "de"), who="i", now=NOON)
            keeping.open_survey(run, number, who="i", now=NOON)
        wanted = Wanted(purpose="news")

        def press() -> tuple[int, dict[str, int]]:
            world = project.world()
            with closing(world.engine):
                among = candidates(project, world, Rules(()), wanted, NOON)
            with database.transaction() as run:
                would = chosen(run, project, number, among, wanted, NOON)
                words = ready_words(keeping.survey_of(run, number).plan)
                done = send_survey(run, number, would.customers, words, purpose="news", who="i", now=NOON)
                return done, dict(would.left_out)

        assert [press(), press()] == [(3, {NO_ADDRESS: 1}), (0, {NO_ADDRESS: 1, ASKED: 3})]
        kinds_there = kinds(project.directory)

        def rounds(now: datetime) -> None:
            worker = Worker(database, kinds_there, clock=Clock(now), chance=Random(1))
            while worker.round():
                continue

        rounds(NOON)
        ((to, letter),) = taken.letters
        assert (to, letter["Subject"], letter["Content-Language"]) == ("cleo@example.com", "One question for you", "en")
        assert "List-Unsubscribe" in letter
        page, text = (letter.get_body((kind,)).get_content() for kind in ("html", "plain"))  # type: ignore[union-attr]
        link = re.findall(r"/ask/(p[0-9a-f-]+)/", text)
        assert len(link) == 1
        assert page.count(f"/ask/{link[0]}/?lang=en&amp;answer=") == 11
        with database.transaction() as run:
            found = progress_of(run, number)
        assert (found.planned, found.waiting, found.sent, len(found.held)) == (3, 1, 1, 1)
        with database.transaction() as run:
            take_answers(
                run, link[0], Sent("score", {"recommend": ["9"]}, 1, "203.0.113.7"), secret=secret_of(project), now=NOON
            )
        rounds(NOON + timedelta(hours=12))  # anna's morning
        assert [to for to, _ in taken.letters] == ["cleo@example.com", "anna@example.com"]
        with database.transaction() as run:
            results = results_of(run, keeping.survey_of(run, number), "Europe/Berlin")
        assert (results.asked, results.answered) == (2, 1)
    # who got no mail is in no fact, and a skipped question in no n
    told = rows(project, "responses", "customer_id", "question", "score", "touchpoint")
    assert sorted(told) == [
        *(("anna", question, None, "mail") for question in ("recommend", "why")),
        *(("cleo", "recommend", 9.0, "mail"), ("cleo", "why", None, "mail")),
    ]


def test_a_week_after_the_delivery_a_customer_is_asked_once(sending: tuple[Project, Taken]) -> None:
    project, taken = sending
    berlin = ZoneInfo("Europe/Berlin")
    # by days of the shop: a week old, ten minutes less, and two weeks; cleo has another one that was cancelled
    arrived = {
        "anna": datetime(2024, 1, 25, 23, 50, tzinfo=berlin),
        "ben": datetime(2024, 1, 26, 0, 0, tzinfo=berlin),
        "cleo": datetime(2024, 1, 18, 23, 59, tzinfo=berlin),
    }
    usual = {"ordered_at": BEFORE, "cancelled_at": None, "amount_minor": 1_000, "currency": "EUR"}
    cells = [{"order_id": f"o{name}", "customer_id": name, "delivered_at": at, **usual} for name, at in arrived.items()]
    cells.append({**cells[0], "order_id": "x", "customer_id": "cleo", "cancelled_at": NOON - timedelta(days=1)})
    put(project, "orders", cells)
    asks = Asking(on=True, after="delivery", purpose="news")

    def meant(about: Asking, now: datetime = NOON) -> list[str]:
        world = project.world()
        with closing(world.engine):
            return sorted(whom.customer for whom in candidates_after(project, world, about, now))

    assert meant(asks) == ["anna"]
    assert meant(asks, NOON + timedelta(days=1)) == ["anna", "ben"]
    assert meant(replace(asks, days=14)) == ["cleo"]
    assert meant(replace(asks, after="order", days=20)) == ["anna", "ben", "cleo"]
    assert meant(replace(asks, after="order", days=21)) == []
    assert meant(replace(asks, after="order", days=13)) == []
    with closing(project.people()) as database:
        with database.transaction() as run:
            number = keeping.make_survey(run, ready("nps", "Spring", "de"), who="i", now=NOON)
            keeping.open_survey(run, number, who="i", now=NOON)
            ask_by_itself(run, number, asks, zone="Europe/Berlin", who="i", now=NOON)
        there = kinds(project.directory)
        for hours in (0, 21, 22, 45):  # until it is ten o'clock, and the day after
            worker = Worker(database, there, clock=Clock(NOON + timedelta(hours=hours)), chance=Random(1))
            while worker.round():
                continue
    assert sorted(to for to, _ in taken.letters) == ["anna@example.com", "ben@example.com"]


def test_it_is_told_so_on_the_command_line_and_keeps_what_is_not_said_again(sending: tuple[Project, Taken]) -> None:
    project, _ = sending
    with closing(project.people()) as database, database.transaction() as run:
        number = keeping.make_survey(run, ready("nps", "Spring", "de"), who="i", now=NOON)
        keeping.open_survey(run, number, who="i", now=NOON)

    def told(*words: str) -> str:
        line = ("survey", "keep-asking", str(number), *words, "--project", str(project.directory), "--language", "en")
        ended = CliRunner().invoke(cli, line)
        assert ended.exit_code == 0, ended.output
        return ended.output

    first = told("--after", "delivery", "--days", "3", "--hour", "0", "--subject", "Tee?", "--purpose", "news")
    assert first.startswith("It asks by itself, by mail: 3 days after a delivery, at 00:00.\nIt looks next on ")
    assert "0 customers would be asked." in first
    found = json.loads(told("--days", "1", "--sentence", "Kurz.", "--format", "json"))
    assert (found["on"], found["after"], found["days"], found["hour"], found["asked"]) == (True, "delivery", 1, 0, 0)
    rows_told = told("--format", "csv").splitlines()
    assert rows_told[0] == "on,after,days,hour,due_at"
    assert rows_told[1].startswith("true,delivery,1,0,")
    with closing(project.people()) as database, database.transaction() as run:
        kept = asking_of(run, number)
    assert kept.words is not None
    assert (kept.purpose, kept.words.subject["de"], kept.words.sentence["de"]) == ("news", "Tee?", "Kurz.")
    assert told("--stop") == "It asks nobody by itself.\n"
    with closing(project.people()) as database, database.transaction() as run:
        assert asking_of(run, number) == replace(kept, on=False)
        assert run("SELECT count(*) FROM job_timer", ()) == [(0,)]
