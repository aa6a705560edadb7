"""A survey that asks by itself: once a day at a local hour, each customer once, and only while it is wanted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from stamm.delivery.customer_door import Whom
from stamm.delivery.customer_mail import newest_mails
from stamm.delivery.foreseeing import foreseen
from stamm.jobs import Worker
from stamm.lang.errors import UsageError
from stamm.people import Database
from stamm.people.database import Run
from stamm.surveys import keeping, mailing
from stamm.surveys.by_itself import Asking, SurveyDue, ask_by_itself, asking_of
from stamm.surveys.keeping import Survey
from stamm.surveys.letters import Words
from stamm.surveys.mailing import Chosen, choose
from tests.jobs.conftest import Clock
from tests.surveys.asked import NOON, opened
from tests.surveys.test_mailing import DIGESTS, people

BERLIN = "Europe/Berlin"
ON = Asking(on=True, after="delivery")
#: the first 10:00 in Berlin after noon
FIRST = datetime(2024, 2, 2, 9, tzinfo=UTC)


def put(database: Database, survey: int, about: Asking, now: datetime = NOON) -> datetime | None:
    with database.transaction() as run:
        return ask_by_itself(run, survey, about, zone=BERLIN, who="i", now=now)


def asked(database: Database) -> list[str]:
    with database.transaction() as run:
        return sorted(str(mail.customer) for mail in newest_mails(run))


class Shop:
    """Whom orders mean on a day, and a worker that looks."""

    def __init__(self, database: Database) -> None:
        self.database, self.among, self.looked = database, people("anna", "ben"), list[tuple[date, date]]()
        self.lacking = ""

    def meant(self, about: Asking, now: datetime) -> list[Whom]:
        self.looked.append(about.meant(now, BERLIN))
        return self.among

    def chosen(self, run: Run, survey: Survey, among: list[Whom], about: Asking, now: datetime) -> Chosen:
        looked = foreseen(run, among, about.purpose, "feedback", DIGESTS)
        return choose(run, survey, looked, sample=0, seed="1", now=now)

    def ready(self) -> None:
        if self.lacking:
            raise UsageError(self.lacking, remedy="")

    def work(self, now: datetime) -> None:
        due = SurveyDue(lambda: self.database, self.meant, self.chosen, self.ready)
        worker = Worker(self.database, [due], clock=Clock(now), chance=Random(1))
        while worker.round():
            continue

    def ended(self) -> list[tuple[str, str]]:
        with self.database.transaction() as run:
            return list(run("SELECT state, reason FROM job WHERE kind = 'survey_due' ORDER BY id", ()))


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def test_it_asks_each_once_a_day_after_the_days(database: Database, shop: Shop) -> None:
    survey = opened(database)
    assert put(database, survey, ON) == FIRST
    shop.work(FIRST - timedelta(seconds=1))
    assert asked(database) == []
    shop.work(FIRST)
    assert asked(database) == ["anna", "ben"]
    # a week back, and the six days before it on which nobody may have looked
    assert shop.looked == [(date(2024, 1, 20), date(2024, 1, 26))]
    shop.work(FIRST)
    shop.among = people("anna", "ben", "cleo")
    shop.work(FIRST + timedelta(days=1))
    assert asked(database) == ["anna", "ben", "cleo"], "each once"
    assert shop.ended() == [("done", ""), ("done", "")]


def test_an_hour_of_the_clock_stays_what_it_is_when_clocks_change(database: Database) -> None:
    survey = opened(database)
    saturday = datetime(2024, 3, 30, 12, tzinfo=UTC)
    assert put(database, survey, ON, saturday) == datetime(2024, 3, 31, 8, tzinfo=UTC)


def test_whoever_is_more_than_fit_at_once_is_asked_the_same_day(
    database: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "MOST_AT_ONCE", 2)
    shop.among = people("anna", "ben", "cleo", "dora", "emil")
    put(database, opened(database), ON)
    shop.work(FIRST)
    assert asked(database) == ["anna", "ben", "cleo", "dora", "emil"]


def test_it_asks_nobody_who_was_asked_by_another_one_of_late(database: Database, shop: Shop) -> None:
    first, second = opened(database), opened(database)
    for survey in (first, second):
        put(database, survey, ON)
    shop.work(FIRST)
    assert asked(database) == ["anna", "ben"]


def test_off_closed_or_without_a_server_nobody_is_asked(database: Database, shop: Shop) -> None:
    survey = opened(database)
    put(database, survey, ON)
    shop.lacking = "stamm.toml names no mail server."
    shop.work(FIRST)
    shop.lacking = ""
    with database.transaction() as run:
        keeping.close_survey(run, survey, who="i", now=FIRST)
    shop.work(FIRST + timedelta(days=1))
    with database.transaction() as run:
        keeping.open_survey(run, survey, who="i", now=FIRST)
    assert put(database, survey, Asking(after="delivery")) is None
    shop.work(FIRST + timedelta(days=2))
    assert asked(database) == []
    assert shop.ended() == [
        ("cancelled", "stamm.toml names no mail server."),
        ("cancelled", "the survey takes no answers now"),
    ]


def test_each_choice_is_kept_with_who_made_it(database: Database) -> None:
    survey = opened(database)
    own = Asking(on=True, days=3, hour=8, words=Words({"en": "Tea?"}, {"en": "How was it?"}))
    for about in (ON, ON, own):
        put(database, survey, about)
    with database.transaction() as run:
        assert asking_of(run, survey) == own
        assert run("SELECT count(*) FROM survey_by_itself", ()) == [(2,)]
        acts = run("SELECT about FROM people_act WHERE what = 'survey_by_itself' ORDER BY id", ())
    assert [about for (about,) in acts] == [
        f"survey {survey}: 7 days after delivery, at 10:00",
        f"survey {survey}: 3 days after order, at 08:00",
    ]


@pytest.mark.parametrize(
    "wrong", [Asking(days=0), Asking(days=366), Asking(hour=24), Asking(hour=-1), Asking(purpose="")]
)
def test_a_choice_that_cannot_be(database: Database, wrong: Asking) -> None:
    survey = opened(database)
    with pytest.raises(UsageError):
        put(database, survey, wrong)
