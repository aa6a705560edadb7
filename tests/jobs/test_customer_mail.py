"""The send door: what holds a mail back, who gets one, and that nobody gets it twice; over a real mail server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from stamm.delivery import customer_door as door
from stamm.delivery.customer_door import Consent, CustomerMail, CustomerMailFacts, Whom
from stamm.delivery.customer_mail import (
    Mail,
    Planned,
    mail_of_token,
    newest_mails,
    send_to_customer,
    stop_token,
    unsubscribe,
)
from stamm.delivery.leaving import forget_mails
from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer
from stamm.delivery.restraint import Occasion, Restraint, choose_restraint
from stamm.delivery.suppression import mark_of, suppress, suppressed, suppressed_counts, take_off
from stamm.jobs import Job, Worker
from stamm.lang.errors import UsageError
from stamm.people import acts
from stamm.store.erasing.words import Digests
from tests.delivery.server import Taken, running
from tests.jobs.conftest import NOON, Place

YES = Consent(granted=True, at=NOON - timedelta(days=30))
NO = replace(YES, granted=False)
DIGESTS = Digests(b"k" * 32)


@dataclass
class Shop:
    """Customers as the test says they are, a mail server, and workers of one database."""

    place: Place
    taken: Taken
    server: MailServer
    people: dict[str, Whom] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = self.place.open()
        self.own = self.worker()

    def customer(self, name: str, consent: Consent | None = YES, zone: str = "UTC", address: str = "") -> None:
        to = address or f"{name}@example.com"
        self.people[name] = Whom(name, frozenset((name,)), to, "en", zone, consent)

    def worker(self) -> Worker:
        database = self.place.open()

        def append(mail: Mail, happened: str, at: datetime) -> None:
            self.told.append((mail.customer or "", happened))

        mails = CustomerMail(
            *(lambda: database, lambda: self.server, lambda: "https://shop.example.com", lambda: DIGESTS),
            lambda customer, _purpose, _now: self.people.get(customer),
            {"news": self.composed},
            lambda letter, stop: replace(letter, foot=[("Unsubscribe", stop)]),
        )
        self.mails = mails
        return Worker(
            database, [mails, CustomerMailFacts(lambda: database, append)], clock=self.place.clock, chance=Random()
        )

    def composed(self, about: Mapping[str, Any], whom: Whom, now: datetime) -> Letter:
        return Letter("en", f"News {about['issue']}", title="News")

    def plan(self, customer: str, issue: int = 1, occasion: Occasion = "marketing", days: int = 30) -> bool:
        now = self.place.clock()
        with self.database.transaction() as run:
            planned = Planned(
                *(customer, "newsletter", occasion, "news", f"{issue}:{customer}:{occasion}", {"issue": issue}),
                until=now + timedelta(days=days),
            )
            return send_to_customer(run, planned, now=now)

    def work(self) -> None:
        while self.own.round():
            continue

    def outcomes(self) -> list[tuple[str, str]]:
        with self.database.transaction() as run:
            return [(mail.state, mail.outcome) for mail in reversed(newest_mails(run))]

    def got(self) -> list[str]:
        return sorted(to.partition("@")[0] for to, _ in self.taken.letters)


@pytest.fixture
def shop(place: Place) -> Iterator[Shop]:
    with running() as (taken, server):
        yield Shop(place, taken, server)


def test_only_who_agrees_when_it_is_sent_gets_it(shop: Shop) -> None:
    for name, consent in {"anna": YES, "ben": None, "cleo": NO, "dora": YES, "emil": YES}.items():
        shop.customer(name, consent)
        assert shop.plan(name)
        assert shop.plan(name, occasion="service")
    assert not shop.plan("anna")  # once under its name
    shop.customer("dora", NO)  # says so between planning and sending
    del shop.people["emil"]  # and he is gone
    shop.work()
    assert shop.got() == ["anna", "anna", "ben"]
    no, gone, fine = ("cancelled", door.OBJECTED), ("cancelled", door.GONE), ("sent", "")
    assert shop.outcomes() == [fine, fine, ("cancelled", door.NO_CONSENT), fine, no, no, no, no, gone, gone]


def test_a_link_says_no_more_at_once_and_a_later_yes_counts_again(shop: Shop) -> None:
    shop.customer("anna")
    shop.plan("anna")
    shop.work()
    ((_, letter),) = shop.taken.letters
    with shop.database.transaction() as run:
        (mail,) = newest_mails(run)
        token = stop_token(DIGESTS, mail)
        assert letter["List-Unsubscribe"] == f"<https://shop.example.com/mail/stop/{token}/>"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail_of_token(run, token, DIGESTS) == mail
        for wrong in (token[:-1] + "x", f"{mail.id}-", "9-" + token.partition("-")[2], "x", "", "٣-1"):
            with pytest.raises(UsageError, match="Nobody made this link"):
                unsubscribe(run, wrong, DIGESTS, now=NOON)
    shop.plan("anna", 2, "feedback")
    with shop.database.transaction() as run:
        unsubscribe(run, token, DIGESTS, now=shop.place.clock.move(hours=1))
    shop.work()
    assert shop.outcomes() == [("sent", ""), ("cancelled", door.OBJECTED)]
    assert shop.told == [("anna", "sent"), ("anna", "unsubscribed")]
    shop.customer("anna", Consent(granted=True, at=shop.place.clock.move(hours=1)))
    shop.plan("anna", 3, "feedback")
    shop.work()
    assert shop.outcomes()[-1] == ("sent", "")


def test_an_address_that_there_is_not_gets_nothing_more_and_a_server_that_takes_nothing_says_nothing(
    shop: Shop,
) -> None:
    mark = mark_of(DIGESTS, "Gone@Example.com ")
    for name in ("gone", "anna", "none"):
        shop.customer(name)
    shop.taken.answers = {"gone@example.com": "550 what", "none@example.com": "550 5.1.1 no such user"}
    shop.plan("gone")
    shop.work()
    with shop.database.transaction() as run:
        assert suppressed(run, mark) is None  # the server may take nobody's mail
    for name in ("anna", "none"):
        shop.plan(name)
    shop.work()
    shop.plan("gone", 2)
    shop.work()
    assert sorted(shop.told) == [("anna", "sent"), ("gone", "bounced"), ("gone", "bounced"), ("none", "bounced")]
    with shop.database.transaction() as run:
        assert suppressed_counts(run) == {"bounced": 2, "complained": 0, "asked": 0}
        found = suppressed(run, mark)
        assert found is not None
        assert not suppress(run, mark, "complained", who="o@example.com", now=NOON)
    # the address, not the customer: also where somebody else has it
    shop.customer("other", address="GONE@example.com")
    shop.taken.answers = {}
    shop.plan("other")
    shop.work()
    assert shop.outcomes()[-1] == ("cancelled", door.SUPPRESSED)
    with shop.database.transaction() as run:
        take_off(run, found.id, who="o@example.com", now=NOON)
        with pytest.raises(UsageError, match="no suppressed address"):
            take_off(run, found.id, who="o@example.com", now=NOON)
    shop.plan("other", 2)
    shop.work()
    assert shop.got() == ["GONE", "anna"] or shop.got() == ["anna", "gone"]
    written = [(act.what, act.about) for act in acts(shop.database)]
    assert written[0] == ("address_taken_off", f"address {found.id}: bounced")
    assert not any("example" in about for _, about in written)


@pytest.mark.parametrize(
    ("zone", "now", "sent_at"),
    [
        ("Europe/Berlin", "2024-02-01T12:00", None),
        ("Europe/Berlin", "2024-02-01T20:00", "2024-02-02T07:00"),  # 21:00 is quiet
        ("Europe/Berlin", "2024-02-01T19:59", None),
        ("Europe/Berlin", "2024-02-01T07:00", None),  # 08:00 is not
        ("America/New_York", "2024-02-01T12:30", "2024-02-01T13:00"),
        ("Europe/Berlin", "2024-03-30T23:30", "2024-03-31T06:00"),  # clocks are set forward in that night
        ("Europe/Berlin", "2024-10-26T23:30", "2024-10-27T07:00"),  # and back in that
        ("Europe/Berlin", "2024-02-28T22:00", "2024-02-29T07:00"),
    ],
)
def test_nobody_is_written_to_in_their_night(zone: str, now: str, sent_at: str | None) -> None:
    ends = Restraint().quiet_ends(_utc(now), zone)
    assert ends == (_utc(sent_at) if sent_at else None)


def test_an_hour_that_there_is_not_ends_the_night_as_much_later() -> None:
    rules = Restraint("22:00", "02:30")
    assert rules.quiet_ends(_utc("2024-03-31T00:10"), "Europe/Berlin") == _utc("2024-03-31T01:30")  # 03:30 summer time
    assert rules.quiet_ends(_utc("2024-10-27T00:10"), "Europe/Berlin") == _utc("2024-10-27T00:30")  # the first 02:30
    assert rules.quiet_ends(_utc("2024-10-27T00:40"), "Europe/Berlin") is None
    assert Restraint("09:00", "09:00").quiet_ends(_utc("2024-10-27T03:00"), "UTC") is None


def test_what_is_due_at_night_goes_out_in_the_morning_or_not_at_all(shop: Shop) -> None:
    shop.place.clock.now = _utc("2024-03-30T23:30")
    shop.customer("anna", zone="Europe/Berlin")
    shop.plan("anna")
    shop.plan("anna", 2, "feedback", days=0)
    shop.work()
    assert (shop.got(), shop.outcomes()) == ([], [("waiting", ""), ("cancelled", door.TOO_LATE)])
    shop.place.clock.now = _utc("2024-03-31T05:59")
    shop.work()
    assert shop.got() == []
    shop.place.clock.now = _utc("2024-03-31T06:00")
    shop.work()
    assert shop.got() == ["anna"]


def test_limits_hold_with_eight_workers_racing(shop: Shop) -> None:
    people = ("anna", "ben", "cleo")
    for name in people:
        shop.customer(name)
        for issue in range(8):
            shop.plan(name, issue)
    with shop.database.transaction() as run:
        choose_restraint(run, Restraint(limits={"marketing": (2, 3)}), who="o@example.com", now=NOON)

    workers = [shop.worker() for _ in range(8)]

    def race() -> None:
        def until_nothing_is_due(worker: Worker) -> None:
            while worker.round(most=2):
                continue

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(until_nothing_is_due, workers))

    race()
    assert Counter(shop.got()) == dict.fromkeys(people, 2)
    shop.place.clock.move(hours=24)
    race()
    assert Counter(shop.got()) == dict.fromkeys(people, 3)  # three in seven days
    shop.place.clock.move(days=6)
    race()
    assert Counter(shop.got()) == dict.fromkeys(people, 5)  # the first two are seven days old
    numbers = [letter["Message-ID"] for _, letter in shop.taken.letters]
    assert len(set(numbers)) == len(numbers)
    assert not [why for state, why in shop.outcomes() if state not in ("sent", "waiting")]


def test_what_the_server_did_not_take_does_not_count(shop: Shop) -> None:
    shop.customer("anna")
    shop.plan("anna")
    shop.taken.answers = {"anna@example.com": "452 full"}
    shop.work()
    assert shop.outcomes() == [("waiting", "the mail server refused it (452)")]
    shop.taken.answers = {}
    shop.plan("anna", 2)
    shop.work()  # the second takes the place that the first has left
    assert [letter["Subject"] for _, letter in shop.taken.letters] == ["News 2"]
    shop.place.clock.move(minutes=1)
    shop.work()
    assert [letter["Subject"] for _, letter in shop.taken.letters] == ["News 2"]
    shop.place.clock.move(days=1)
    shop.work()
    assert [letter["Subject"] for _, letter in shop.taken.letters] == ["News 2", "News 1"]


def test_one_refused_address_stops_nobody_elses_mail(shop: Shop) -> None:
    names = [f"c{number}" for number in range(30)]
    for name in names:
        shop.customer(name)
        shop.plan(name)
    shop.taken.answers = {"c17@example.com": "550 5.1.1 no such user"}
    shop.work()
    assert shop.got() == sorted(set(names) - {"c17"})


def test_a_mail_may_leave_twice_at_most_under_one_number(shop: Shop) -> None:
    shop.customer("anna")
    shop.plan("anna")
    shop.taken.silent = {"anna@example.com"}
    for _ in range(4):
        shop.work()
        shop.place.clock.move(minutes=10)
    assert [letter["Message-ID"] for _, letter in shop.taken.letters] == [shop.taken.letters[0][1]["Message-ID"]] * 2
    assert shop.outcomes() == [("cancelled", door.TWICE)]


def test_a_worker_lost_after_sending_makes_at_most_one_repeat(shop: Shop) -> None:
    shop.customer("anna")
    shop.plan("anna")
    lost = Job(1, "mail", "customer_mail", {"mail": 1}, NOON)
    for _ in range(3):  # given to the server, and never written down
        shop.mails.outside(lost, NOON)
    assert len(shop.taken.letters) == 2
    shop.work()
    assert len({letter["Message-ID"] for _, letter in shop.taken.letters}) == 1
    assert (len(shop.taken.letters), shop.outcomes()) == (2, [("cancelled", door.TWICE)])


def test_who_is_erased_gets_nothing_that_was_planned_and_what_went_out_is_nobodys(shop: Shop) -> None:
    for name in ("anna", "ben"):
        shop.customer(name)
        shop.plan(name)
        shop.plan(name, 2, "feedback")
    shop.work()
    shop.plan("anna", 3, "service")
    with shop.database.transaction() as run:
        assert forget_mails(run, lambda number: number == "anna") == 3
        assert forget_mails(run, lambda number: number == "anna") == 0
        assert next((mail.customer, dict(mail.about)) for mail in newest_mails(run)) == (None, {})
    shop.work()
    assert shop.outcomes()[-1] == ("cancelled", door.GONE)
    assert shop.got() == ["anna", "anna", "ben", "ben"]


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
