"""Alerts: judged once for each day that is over, told once, through a real mail server and a webhook."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from stamm.answers import Answers
from stamm.app.alerting import looked_at, previewed
from stamm.app.framework import secret_of
from stamm.app.kinds import door_of, kinds
from stamm.app.project import Project
from stamm.automations.alert_words import AlertWords
from stamm.automations.alerting import EACH
from stamm.automations.alerts import (
    About,
    alert_of,
    alerts,
    make_alert,
    pause_alert,
    remove_alert,
    resume_alert,
    sent_of,
    told_of,
)
from stamm.automations.expected import Band
from stamm.automations.judging import whole_windows
from stamm.cli.main import cli
from stamm.delivery import webhooks
from stamm.jobs import Worker
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.metrics import METRICS
from stamm.people import Database
from tests.answers.small import order, world
from tests.automations.conftest import BEGIN, by_type, done
from tests.delivery.receiver import receiving
from tests.delivery.server import Taken
from tests.jobs.conftest import Clock

#: orders of each day from Monday, 1 January: two from Monday to Saturday, and one on Sundays
FIRST, DAYS = date(2024, 1, 1), 56
BELOW_TWO = About("Orders", "order_count", side="below", line=2.0, to=("anna@example.com", "ben@example.com"))
UNUSUAL = About("Orders", "order_count", one_in=10, to=("anna@example.com",))
PEOPLE = "CREATE TABLE people_person (id integer PRIMARY KEY, email text, language text, role text, is_active boolean)"


def orders_of(day: date, count: int) -> list[str]:
    return [f"{day}-{number},c{number},{day}T10:{number:02}:00Z,{10 + number}.00" for number in range(count)]


def usual(day: date) -> int:
    return 1 if day.weekday() == 6 else 2


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shop = tmp_path / "shop"
    assert CliRunner().invoke(cli, ("init", str(shop), "--time-zone", "UTC", "--currency", "EUR")).exit_code == 0
    made = Project.open(shop)
    days = [FIRST + timedelta(days=place) for place in range(DAYS)]
    come(made, {day: usual(day) for day in days})
    with closing(made.people()) as database, database.transaction() as run:
        run(PEOPLE, ())
        for number, (name, language, active) in enumerate((("anna", "de", 1), ("ben", "en", 1), ("gone", "en", 0)), 1):
            run(
                "INSERT INTO people_person VALUES (?, ?, ?, 'analyst', ?)",
                (number, f"{name}@example.com", language, active),
            )
    return made


@pytest.fixture
def database(project: Project) -> Iterator[Database]:
    with closing(project.people()) as opened:
        yield opened


def come(project: Project, orders: dict[date, int], *, again: str = "") -> None:
    """Orders come in, which tell that their days are over."""
    lines = [line for day, count in orders.items() for line in orders_of(day, count)]
    file = project.directory.parent / f"orders-{max(orders)}{again}.csv"
    file.write_text("\n".join(["order_id,customer_id,ordered_at,amount", *lines]) + "\n", "utf-8")
    ended = CliRunner().invoke(cli, ("import", str(file), "--project", str(project.directory)))
    assert ended.exit_code == 0, ended.output


def day(place: int) -> date:
    """The day so many days after the last that was imported to begin with."""
    return FIRST + timedelta(days=DAYS + place)


def made(database: Database, about: About, project: Project, now: datetime = BEGIN) -> int:
    with database.transaction() as run:
        return make_alert(run, about.checked(project.metrics), who="ines", now=now)


def later(worker: Worker, clock: Clock) -> None:
    clock.now += EACH
    done(worker)


def test_a_line_is_told_once_and_again_only_after_it_came_back(
    mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    number = made(database, BELOW_TWO, project)
    done(worker)
    # Sunday, 25 February, the last day there is, lies below already: who makes the alert sees that
    assert (mail.letters, alert_of(run_of(database), number).last) == ([], day(-1))
    come(project, {day(0): 1})
    later(worker, clock)
    assert mail.letters == [], "not crossed: it was there before"
    come(project, {day(1): 2})
    later(worker, clock)
    come(project, {day(2): 1})
    for _ in range(3):
        later(worker, clock)
    assert sorted(to for to, _ in mail.letters) == ["anna@example.com", "ben@example.com"]
    german, english = (by_type(dict(mail.letters)[f"{name}@example.com"]) for name in ("anna", "ben"))
    text = english["text/plain"].get_content().replace("\r\n", "\n")
    assert "Wednesday, 28 February 2024: 1\nthe line is 2" in text
    assert "https://shop.example.com/metrics/order_count?grain=day&window=2024-02-28" in text
    assert "Mittwoch, 28. Februar 2024: 1" in german["text/plain"].get_content(), "in the language of the account"
    come(project, {day(3): 1})
    later(worker, clock)
    assert len(mail.letters) == 2, "still below"
    come(project, {day(4): 2, day(5): 1})
    later(worker, clock)
    assert len(mail.letters) == 4, "back on Friday, below again on Saturday"
    with database.transaction() as run:
        assert [told.found.window for told in told_of(run, number)] == ["2024-03-02", "2024-02-28"]
        assert {(one.address, one.outcome) for one in sent_of(run, number)} == {(to, "") for to in BELOW_TWO.to}


def test_what_is_back_is_said(mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock) -> None:
    number = made(database, replace(BELOW_TWO, back=4.0), project)
    come(project, {day(place): count for place, count in enumerate((4, 1, 2, 1, 4, 1))})
    done(worker)
    assert mail.letters == []
    with database.transaction() as run:
        pause_alert(run, number, who="ines", now=clock.now)
        resume_alert(run, number, who="ines", now=clock.now)
    done(worker)
    come(project, {day(place): count for place, count in enumerate((4, 1, 2, 1, 4, 1), 6)})
    later(worker, clock)
    with database.transaction() as run:
        # 4 is back; 1 is told, 2 is not back, 1 not told again; 4 is back; 1 is told
        assert [told.found.window for told in told_of(run, number)] == [str(day(11)), str(day(7))]
    assert len(mail.letters) == 2, "one letter a look to each of two"


def test_a_day_that_was_not_expected_is_told_once_whatever_late_facts_make_of_it(
    mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    number = made(database, UNUSUAL, project)
    done(worker)
    come(project, {day(0): 2, day(1): 6})
    later(worker, clock)
    with database.transaction() as run:
        (told,) = told_of(run, number)
    found = told.found
    assert (found.window, found.value, found.side, found.unit) == ("2024-02-27", 6.0, "above", "count")
    assert (found.expected, found.low, found.high) == pytest.approx((2.0, 2.0, 2.0)), "each Tuesday had 2"
    come(project, {day(1): 9, day(0): 7}, again="late")
    later(worker, clock)
    later(worker, clock)
    assert len(mail.letters) == 1
    come(project, {day(2): 2})
    later(worker, clock)
    assert (len(mail.letters), len(told_of(run_of(database), number))) == (1, 1)


def test_a_day_that_is_not_over_is_not_judged(project: Project, database: Database, clock: Clock) -> None:
    noon = datetime.combine(day(0), datetime.min.time(), BEGIN.tzinfo) + timedelta(hours=12)
    come(project, {day(0): 1})
    before, after = (previewed(project, UNUSUAL, noon + timedelta(hours=hours)) for hours in (0, 12))
    assert before is not None
    assert after is not None
    assert (before.until, after.until) == (day(0), day(1))
    assert [finding.window for finding in after.findings] == ["2024-02-26"]
    assert before.findings == []
    number = made(database, UNUSUAL, project)
    alert = alert_of(run_of(database), number)
    assert looked_at(project, alert, noon).until == day(0)
    assert looked_at(project, alert, noon - timedelta(days=300)).until is None


def test_a_day_is_not_over_because_something_else_came_in() -> None:
    """Orders of 26 February come in at noon; five minutes after midnight somebody answers a survey, or sends a form."""
    noon, night = datetime(2024, 2, 26, 12, tzinfo=UTC), datetime(2024, 2, 27, 0, 5, tzinfo=UTC)
    made = [order(f"o{number}", "c1", f"2024-02-{number}", received_at=noon) for number in (24, 25, 26)]
    answer = {"response_id": "r", "question": "q", "kind": "text", "asked_at": "2024-02-26", "received_at": night}
    form = order("o9", "c2", "2024-02-26", received_at=night, source="forms")
    reach = {"orders": (date(2024, 2, 1), date(2024, 2, 26))}

    def last(rows: list[dict[str, object]]) -> date:
        small = world({"orders": rows, "responses": [answer]}, coverage=reach)
        known = night + timedelta(minutes=5)
        return whole_windows(Answers(small), METRICS["order_count"](), "day", 100, known)[-1].end

    assert last(made) == date(2024, 2, 26)
    assert last([*made, form]) == date(2024, 2, 26)
    assert last([*made, order("o8", "c2", "2024-02-26", received_at=night)]) == date(2024, 2, 27)


def test_an_alert_kept_to_a_segment_is_made_at_once(project: Project, database: Database) -> None:
    words = ("alert", "add", "order_count", "--where", "segment=lapsed", "--to", "a@example.com")
    ended = CliRunner().invoke(cli, (*words, "--project", str(project.directory)))
    assert ended.exit_code == 0, ended.output
    assert alert_of(run_of(database), 1).about.where == ("segment=lapsed",)


@pytest.mark.parametrize(("side", "low", "says"), [("below", 0.0, True), ("below", 0.5, False), ("both", 0.0, False)])
def test_where_nothing_can_lie_below_it_is_said(project: Project, side: str, low: float, says: bool) -> None:
    about = replace(UNUSUAL, side=side)
    found = previewed(project, about, BEGIN)
    assert found is not None
    judged = tuple(dataclasses.replace(each, band=Band(1.0, low, 3.0, 60)) for each in found.judged)
    told = AlertWords(about, "count", "EUR", Language("en")).little(dataclasses.replace(found, judged=judged))
    assert ("nothing can lie below it" in told) == says


def test_too_little_history_is_said_and_nothing_told(project: Project) -> None:
    found = previewed(project, replace(UNUSUAL, one_in=23), BEGIN)
    assert found is not None
    assert (found.known, found.needed, found.judged[-1].band) == (56, 57, None)
    ended = CliRunner().invoke(
        cli, ("alert", "preview", "order_count", "--one-in", "100", "--project", str(project.directory))
    )
    assert "needs 134 days with a value; there are 56. Choose one in 22 at most" in " ".join(ended.output.split())


def test_a_webhook_is_told_once_also_when_a_worker_is_lost(
    mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    with receiving() as receiver:
        file = project.directory / "stamm.toml"
        file.write_text(file.read_text("utf-8").replace("own_hosts = []", f'own_hosts = ["{receiver.place}"]'), "utf-8")
        checked = door_of(Project.open(project.directory)).check(f"http://{receiver.place}/in")
        with database.transaction() as run:
            hook, _ = webhooks.make_webhook(
                run, "Team", checked, "json", secret_of(project), who="ines", now=BEGIN
            )  # fmt: skip
        number = made(database, replace(UNUSUAL, to=(), webhooks=(hook,), language="de"), project)
        done(worker)
        come(project, {day(0): 9})
        clock.now += EACH
        # whoever looked and was lost before it was written down: nothing of it stays, and the next one looks again
        lost = Worker(database, kinds(project.directory), clock=clock, chance=Random(2))
        look = next(kind for kind in lost.kinds.values() if kind.name == "alert")
        look.inside = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt())  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            lost.round()
        clock.now += timedelta(minutes=3)
        for _ in range(3):
            later(worker, clock)
    (one,) = receiver.requests
    body = json.loads(one.body)
    assert body["type"] == "alert"
    assert body["data"]["title"] == "Orders: mehr als erwartet"
    (told,) = body["data"]["numbers"]
    assert (told["name"], told["value"]) == ("Montag, 26. Februar 2024", "9")
    assert told["url"] == body["data"]["url"]
    assert told["url"].endswith("/metrics/order_count?grain=day&window=2024-02-26")
    assert len(told_of(run_of(database), number)) == 1


def test_paused_and_removed_it_tells_nobody(
    mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    number, gone = made(database, UNUSUAL, project), made(database, UNUSUAL, project)
    done(worker)
    with database.transaction() as run:
        pause_alert(run, number, who="ines", now=clock.now)
        remove_alert(run, gone, who="ines", now=clock.now)
    come(project, {day(0): 9})
    later(worker, clock)
    with database.transaction() as run:
        resume_alert(run, number, who="ines", now=clock.now)
    later(worker, clock)
    later(worker, clock)
    assert mail.letters == [], "what came while it was paused is told to nobody"
    come(project, {day(1): 9})
    later(worker, clock)
    assert mail.letters == [], "it was above when it was resumed"
    come(project, {day(2): 2, day(3): 40})
    later(worker, clock)
    assert len(mail.letters) == 1
    with database.transaction() as run:
        assert [each.id for each in alerts(run)] == [number]
        acts = [what for (what,) in run("SELECT what FROM people_act ORDER BY id", ())]
    assert acts == ["alert_made", "alert_made", "alert_paused", "alert_removed", "alert_resumed"]


def test_whose_account_is_removed_gets_none(
    mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    number = made(database, replace(UNUSUAL, to=("gone@example.com", "else@example.com"), language="de"), project)
    done(worker)
    come(project, {day(0): 9})
    later(worker, clock)
    assert [to for to, _ in mail.letters] == ["else@example.com"]
    assert "Montag" in by_type(mail.letters[0][1])["text/plain"].get_content(), "who has no account, in its language"
    with database.transaction() as run:
        outcomes = {one.address: one.outcome for one in sent_of(run, number)}
    assert outcomes == {"gone@example.com": "the account is removed", "else@example.com": ""}


def test_a_metric_that_is_gone_is_said_and_looked_for_again(
    mail: Taken, project: Project, database: Database, worker: Worker, clock: Clock
) -> None:
    with database.transaction() as run:
        number = make_alert(run, replace(UNUSUAL, metric="gone"), who="ines", now=BEGIN)
    done(worker)
    assert "no metric named 'gone'" in alert_of(run_of(database), number).problem
    with database.transaction() as run:
        assert run("SELECT state FROM job WHERE kind = 'alert'", ()) == [("waiting",)]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"to": ()}, "goes to a webhook"),
        ({"to": ("no address",)}, "address"),
        ({"name": " "}, "needs a name"),
        ({"metric": "nothing"}, "no metric named"),
        ({"grain": "year"}, "Nothing is watched"),
        ({"side": "both", "line": 1.0}, "upwards or downwards"),
        ({"side": "above", "line": 1.0, "back": 2.0}, "other side"),
        ({"one_in": 5}, "cannot be had"),
        ({"where": ("email=a@b.de",)}, "cannot be kept to"),
        ({"where": ("segment=nobody_knows",)}, "no segment"),
        ({"language": "fr"}, "en or de"),
        ({"back": 2.0}, "no line to be back at"),
        ({"metric": "customer_retention_rate", "line": 88.0, "side": "below"}, "never crosses"),
    ],
)
def test_what_cannot_be_watched_is_refused(project: Project, wrong: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        replace(UNUSUAL, **wrong).checked(project.metrics)


def test_the_command_line(project: Project, database: Database) -> None:
    def said(*words: str) -> str:
        ended = CliRunner().invoke(cli, ("alert", *words, "--project", str(project.directory)))
        return " ".join(ended.output.split())

    come(project, {day(0): 9})
    assert "it would have told 1" in said("preview", "order_count", "--one-in", "10")
    assert "There is no alert" in said()
    added = said("add", "gross_revenue", "--side", "below", "--line", "9.50", "--back", "20", "--to", "a@example.com")
    assert "Alert 1 tells what lies below" in added
    assert alert_of(run_of(database), 1).about.line == 950
    assert "not looked yet" in said("list")
    assert "tells nobody" in said("pause", "1")
    assert "end from now on" in said("resume", "1")
    assert "removed" in said("remove", "1")
    assert "There is no alert 1." in said("remove", "1")
    assert "There is no alert x." in said("remove", "x")


def run_of(database: Database) -> object:
    """A transaction of its own for each question."""

    def run(statement: str, values: object) -> object:
        with database.transaction() as inner:
            return inner(statement, values)  # type: ignore[arg-type]

    return run
