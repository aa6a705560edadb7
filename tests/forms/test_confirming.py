"""A consent that was ticked counts once the mailbox has said so, and never because a stranger knew an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from stamm.app.form_facts import tell
from stamm.app.framework import secret_of
from stamm.app.kinds import kinds
from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.exporting import held
from stamm.app.project import Project
from stamm.app.projecting.said import Said, put_said
from stamm.app.sending import Knowing, digests_of
from stamm.delivery.customer_door import NO_CONSENT, OBJECTED, SUPPRESSED, refusal
from stamm.delivery.customer_mail import newest_mails, stop_token, unsubscribe
from stamm.delivery.suppression import mark_of, suppress
from stamm.forms import keeping, reviewing
from stamm.forms.confirming import (
    HELD,
    LASTS,
    NO_LONGER_THEIRS,
    SENT,
    TOO_MANY,
    WAITING,
    Asked,
    ask_for_confirmations,
    confirm,
    confirm_token,
    confirmations_of,
)
from stamm.forms.submissions import Submission, submissions_where
from stamm.forms.submitting import Sent, fresh_token, take_submission
from stamm.intake.signed import signed
from stamm.intake.spam import FLOOD
from stamm.jobs import Worker
from stamm.lang.organisation import Organisation
from stamm.people import Database
from tests.delivery.server import Taken, running
from tests.forms.filled import NOON, SECRET, WHILE, nonce_for, opened, page, send
from tests.jobs.conftest import Clock

BEFORE = NOON - timedelta(days=9)
WORDS = "You may send me news by e-mail. I can take this back at any time."
#: what a stranger types beside an address; nothing of it may stand in a mail
EVIL = {
    "name": "Buy at evil.example",
    "company": "<b>Evil</b>",
    "wish": "Click https://evil.example",
    "phone": "0666 666",
}


@dataclass
class Shop:
    """A shop that knows ben, who has withdrawn what he allowed, with a mail server, a worker and a clock."""

    project: Project
    database: Database
    taken: Taken
    clock: Clock = field(default_factory=lambda: Clock(NOON))

    def send(self, form: int, email: str, **fields: str) -> Submission:
        secret, now = secret_of(self.project), self.clock()
        token = fresh_token(form, secret, now - WHILE)
        given = {name: [text] for name, text in {"name": "x", "newsletter": "yes", **fields, "email": email}.items()}
        sent = Sent(given, "203.0.113.7", "en", nonce=nonce_for(token), revision=2)
        with self.database.transaction() as run:
            return take_submission(run, token, sent, secret=secret, now=now)

    def work(self) -> None:
        worker = Worker(self.database, kinds(self.project.directory), clock=self.clock, chance=Random(1))
        while worker.round():
            continue

    def token(self, sent: Submission) -> str:
        return confirm_token(sent, secret_of(self.project))

    def confirm(self, token: str) -> Asked | None:
        with self.database.transaction() as run:
            return confirm(run, token, secret_of(self.project), now=self.clock())

    def state(self, sent: Submission) -> tuple[str, str]:
        with self.database.transaction() as run:
            found = confirmations_of(run, [sent.id])[sent.id]
        return found.state, found.reason

    def consents(self) -> list[tuple[Any, ...]]:
        snapshot = self.project.lake().snapshot()
        columns = ("consent_id", "customer_id", "purpose", "granted", "recorded_at", "evidence")
        rows = snapshot.dataset("consents").to_table().to_pylist() if "consents" in snapshot.kinds() else []
        return sorted(tuple(row[name] for name in columns) for row in rows if row["customer_id"] != "c7")

    def refused(self, customer: str) -> str:
        """Why the door would send this customer no advertising now."""
        whom = Knowing(self.project.directory)(customer, "newsletter", self.clock())
        assert whom is not None
        return refusal("marketing", whom.consent, None)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Project.create(tmp_path / "shop", Organisation(name="Teeladen", zone="UTC"))
    ben = {"customer_id": "c7", "valid_from": BEFORE, "email": "Ben@Example.com", "name": "Ben B."}
    said = {"customer_id": "c7", "purpose": "newsletter", "evidence": "told us"}
    words = [
        {"consent_id": "1", "granted": True, "recorded_at": BEFORE, **said},
        {"consent_id": "2", "granted": False, "recorded_at": BEFORE + timedelta(days=1), **said},
    ]
    with made.lake().writing() as writer:
        rows = [Said("customers", ben, "shop", BEFORE), *(Said("consents", each, "shop", BEFORE) for each in words)]
        put_said(writer, rows)
        writer.commit()
    file = made.directory / "stamm.toml"
    with running() as (taken, server):
        text = file.read_text("utf-8").replace(
            '[mail]\nserver = ""', f'[mail]\nserver = "127.0.0.1"\nport = {server.port}\nsecurity = "none"'
        )
        text = text.replace('sender = ""', 'sender = "shop@example.com"')
        file.write_text(text.replace('address = ""', 'address = "https://shop.example.com"'), "utf-8")
        project = Project.open(made.directory)
        with closing(project.people()) as database:
            yield Shop(project, database, taken)


def test_what_is_ticked_counts_once_the_mailbox_confirms_it(shop: Shop) -> None:
    form = opened(shop.database)
    sent = shop.send(form, "anna@example.com", **EVIL)
    shop.work()
    assert (shop.consents(), shop.refused("anna@example.com")) == ([], NO_CONSENT)
    ((to, letter),) = shop.taken.letters
    link = f"https://shop.example.com/form/confirm/{shop.token(sent)}/"
    assert (to, letter["Subject"], shop.state(sent)) == (
        "anna@example.com",
        "Please confirm: Get to know us",
        (SENT, ""),
    )
    for part in ("plain", "html"):
        text = letter.get_body((part,)).get_content()  # type: ignore[union-attr]
        assert "Teeladen" in text
        assert link in text
        assert WORDS in re.sub(r"\s+", " ", text)
        assert not re.search("evil|666", text, re.IGNORECASE), "nothing that was typed is passed on"
    with shop.database.transaction() as run:  # the words may change meanwhile: what counts is what was read
        plan = keeping.form_of(run, form).plan
        fields = tuple(
            replace(each, told={"en": "Anything"}, purpose="all") if each.kind == "consent" else each
            for each in plan.fields
        )
        keeping.change_form(run, form, replace(plan, fields=fields), seen=2, who="i", now=shop.clock())
    confirmed = shop.clock.move(hours=5)
    found = shop.confirm(shop.token(sent))
    assert found is not None
    assert found.confirmation.confirmed_at == confirmed
    shop.work()
    fact = ("form-1-1-newsletter", "anna@example.com", "newsletter", True, confirmed)
    assert shop.consents() == [(*fact, f"spring, 1, confirmed by mail: {WORDS}")]
    assert shop.refused("anna@example.com") == ""
    # once more is as once, also after they said no
    with shop.project.lake().writing() as writer:
        no = {"consent_id": "3", "customer_id": "anna@example.com", "purpose": "newsletter", "granted": False}
        at = shop.clock.move(days=1)
        put_said(writer, [Said("consents", {**no, "recorded_at": at, "evidence": "said so"}, "shop", at)])
        writer.commit()
    shop.clock.move(days=1)
    again = shop.confirm(shop.token(sent))
    assert again is not None
    assert again.confirmation.confirmed_at == confirmed
    shop.work()
    assert [row[4] for row in shop.consents() if row[3]] == [confirmed]
    assert (shop.refused("anna@example.com"), len(shop.taken.letters)) == (OBJECTED, 1)


def test_who_has_withdrawn_stays_so_whatever_a_stranger_ticks(shop: Shop) -> None:
    sent = shop.send(opened(shop.database), "ben@example.com")
    shop.work()
    assert [to for to, _ in shop.taken.letters] == ["ben@example.com"]
    assert shop.refused("c7") == OBJECTED
    shop.clock.move(hours=1)
    shop.confirm(shop.token(sent))
    shop.work()
    assert shop.refused("c7") == "", "and may allow it again"


def test_a_link_confirms_its_own_submission_and_no_other(shop: Shop) -> None:
    form = opened(shop.database)
    anna, cleo = shop.send(form, "anna@example.com"), shop.send(form, "cleo@example.com")
    shop.work()
    token = shop.token(anna)
    other = "f" if token[-1] != "f" else "e"
    wrong = (token[:-1] + other, shop.token(cleo)[:24] + token[24:], signed(anna.chance, "x", "form-consent"), "", "-")
    assert [shop.confirm(each) for each in wrong] == [None] * 5
    assert shop.confirm(signed(anna.chance, secret_of(shop.project), "form")) is None
    shop.confirm(token)
    shop.work()
    assert [row[1] for row in shop.consents()] == ["anna@example.com"]


@pytest.mark.parametrize("what", ["held", "removed", "erased", "old", "never asked"])
def test_what_does_not_count_any_more_is_not_confirmed(shop: Shop, what: str) -> None:
    form = opened(shop.database)
    sent = shop.send(form, "anna@example.com")
    if what != "never asked":
        shop.work()
    with shop.database.transaction() as run:
        if what == "held":
            run("UPDATE form_submission SET held = ?, told = 0, changed_at = ?", (FLOOD, shop.clock()))
        if what == "removed":
            reviewing.throw_away(run, form, [sent.id], who="i", now=shop.clock())
    if what == "erased":
        Erasing(shop.project).erase("anna@example.com", now=shop.clock())
    shop.clock.move(days=31 if what == "old" else 1)
    found = shop.confirm(shop.token(sent))
    assert found is None or (what in ("old", "never asked") and found.confirmation.confirmed_at is None)
    shop.work()
    assert shop.consents() == []
    if what in ("removed", "erased"):
        with shop.database.transaction() as run:
            assert run("SELECT count(*) FROM form_confirmation", ()) == [(0,)]


def test_what_is_held_asks_nobody_and_once_it_counts_it_does(shop: Shop) -> None:
    form = opened(shop.database)
    sent = shop.send(form, "anna@example.com")
    with shop.database.transaction() as run:
        run("UPDATE form_submission SET held = ?", (FLOOD,))
    shop.work()
    assert (shop.taken.letters, shop.state(sent)) == ([], (WAITING, ""))
    with shop.database.transaction() as run:
        reviewing.accept(run, form, [sent.id], who="i", now=shop.clock())
    shop.work()
    assert len(shop.taken.letters) == 1
    # and one that is held while its mail waits for the server is not asked
    other = shop.send(form, "cleo@example.com")
    shop.taken.answers = {"cleo@example.com": "450 later"}
    shop.work()
    with shop.database.transaction() as run:
        run("UPDATE form_submission SET held = ? WHERE id = ?", (FLOOD, other.id))
    shop.taken.answers = {}
    shop.clock.move(hours=1)
    shop.work()
    assert (len(shop.taken.letters), shop.state(other)) == (1, (HELD, "what was sent does not count any more"))


def test_a_mailbox_is_asked_three_times_a_day_whatever_strangers_send(shop: Shop) -> None:
    forms = opened(shop.database), opened(shop.database, "registration", "Club")
    sent = [shop.send(forms[place % 2], "Anna@example.com") for place in range(4)]
    shop.send(forms[0], "cleo@example.com")
    shop.work()
    assert sorted(to for to, _ in shop.taken.letters) == ["anna@example.com"] * 3 + ["cleo@example.com"]
    assert [shop.state(each) for each in sent] == [(SENT, "")] * 3 + [(HELD, TOO_MANY)]
    assert len({letter["Message-ID"] for _, letter in shop.taken.letters}) == 4
    shop.clock.move(days=1, hours=1)
    shop.send(forms[0], "anna@example.com")
    shop.work()
    assert len(shop.taken.letters) == 5, "the one that was left out stays so"


def test_either_database_plans_three_mails_a_day_and_confirms_once(database: Database) -> None:
    form = opened(database)
    for place in range(5):
        at, email = NOON + timedelta(minutes=place), "anna@example.com" if place else "cleo@example.com"
        send(database, page(form, at - WHILE), at=at, name="x", email=email, newsletter="yes")
    with database.transaction() as run:
        assert ask_for_confirmations(run, NOON) == 0, "nobody is known yet"
        run("UPDATE form_submission SET told = 1, customer_id = email", ())
        assert ask_for_confirmations(run, NOON) == 4
        assert ask_for_confirmations(run, NOON) == 0
        assert [each.customer for each in newest_mails(run)] == ["anna@example.com"] * 3 + ["cleo@example.com"]
        (sent, *_) = submissions_where(run, "id > 0", ())
        for hours in (1, 2):
            found = confirm(run, confirm_token(sent, SECRET), SECRET, now=NOON + timedelta(hours=hours))
            assert found is not None
            assert found.confirmation.confirmed_at == NOON + timedelta(hours=1)
        assert run("SELECT count(*) FROM form_submission WHERE told = 0", ()) == [(1,)]


def test_at_night_who_waits_is_asked_at_once_and_who_wants_no_mail_is_not(shop: Shop) -> None:
    form = opened(shop.database)
    shop.clock.move(hours=11)  # 23:00
    shop.send(form, "anna@example.com")
    shop.work()
    assert len(shop.taken.letters) == 1
    with shop.database.transaction() as run:
        (mail,) = newest_mails(run)
        unsubscribe(run, stop_token(digests_of(shop.project), mail), digests_of(shop.project), now=shop.clock())
        suppress(run, mark_of(digests_of(shop.project), "cleo@example.com"), "complained", who="i", now=NOON)
    again, cleo = shop.send(form, "anna@example.com"), shop.send(form, "cleo@example.com")
    shop.work()
    assert (shop.state(again), shop.state(cleo)) == ((HELD, OBJECTED), (HELD, SUPPRESSED))
    assert len(shop.taken.letters) == 1


def test_who_was_known_by_that_address_once_is_not_asked_at_another_one(shop: Shop) -> None:
    sent = shop.send(opened(shop.database), "ben@example.com")
    tell(shop.project, shop.database)
    moved = {"customer_id": "c7", "valid_from": BEFORE + timedelta(days=2), "email": "ben@new.example"}
    with shop.project.lake().writing() as writer:
        put_said(writer, [Said("customers", moved, "shop", NOON)])
        writer.commit()
    shop.work()
    assert (shop.taken.letters, shop.state(sent)[0]) == ([], HELD)


@pytest.mark.parametrize("moved_after", ["the mail", "the consent"])
def test_what_is_confirmed_from_an_address_that_is_no_longer_the_customers_allows_nothing(
    shop: Shop, moved_after: str
) -> None:
    """Ben's address was another's by mistake. What he allowed while it was his stays, however often it is told."""
    sent = shop.send(opened(shop.database), "ben@example.com")
    shop.work()
    assert [to for to, _ in shop.taken.letters] == ["ben@example.com"]
    shop.clock.move(hours=1)

    def moved() -> None:
        right = {"customer_id": "c7", "valid_from": NOON, "email": "ben@new.example"}
        with shop.project.lake().writing() as writer:
            put_said(writer, [Said("customers", right, "shop", NOON)])
            writer.commit()

    if moved_after == "the mail":
        moved()
    shop.confirm(shop.token(sent))
    shop.work()
    if moved_after == "the consent":
        assert shop.refused("c7") == ""
        moved()
        with shop.database.transaction() as run:
            run("UPDATE form_submission SET told = 0", ())
        assert tell(shop.project, shop.database) == 1
        assert (shop.refused("c7"), shop.state(sent)) == ("", (SENT, ""))
        return
    assert (shop.refused("c7"), shop.state(sent)) == (OBJECTED, (HELD, NO_LONGER_THEIRS))
    again = shop.confirm(shop.token(sent))
    assert again is not None
    assert (again.is_over(shop.clock()), again.confirmation.confirmed_at) == (True, None)


def test_without_a_mail_server_it_waits_and_is_asked_once_there_is_one(shop: Shop) -> None:
    form, file = opened(shop.database), shop.project.directory / "stamm.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('server = "127.0.0.1"', 'server = ""'), "utf-8")
    sent = shop.send(form, "anna@example.com")
    shop.work()
    with shop.database.transaction() as run:
        assert newest_mails(run) == []
    assert (shop.state(sent), shop.consents()) == ((WAITING, ""), [])
    file.write_text(text, "utf-8")
    shop.send(form, "cleo@example.com", newsletter="")
    shop.work()
    assert [to for to, _ in shop.taken.letters] == ["anna@example.com"]
    with shop.database.transaction() as run:  # what waited for longer is not asked any more
        run("UPDATE form_confirmation SET asked_at = NULL, state = ?", (WAITING,))
        assert ask_for_confirmations(run, NOON + LASTS + timedelta(hours=1)) == 0


def test_who_is_cut_off_asks_nobody_twice(shop: Shop) -> None:
    form = opened(shop.database)
    sent = shop.send(form, "anna@example.com")
    shop.work()
    with shop.database.transaction() as run:  # as if it had ended before that was written down
        run("UPDATE form_confirmation SET asked_at = NULL, state = ?", (WAITING,))
        assert ask_for_confirmations(run, shop.clock()) == 0
    shop.work()
    assert len(shop.taken.letters) == 1
    assert shop.token(sent) in shop.taken.letters[0][1].as_string().replace("=\n", "")


def test_who_asks_is_told_what_they_ticked_and_when_they_confirmed_it(shop: Shop) -> None:
    form = opened(shop.database)
    sent = shop.send(form, "anna@example.com")
    shop.work()

    def told() -> list[tuple[str, datetime | None]]:
        rows = held(shop.project, "anna@example.com").care["forms"]
        return [(row["field"], row["confirmed_at"]) for row in rows if row["answer"] is True]

    assert told() == [(WORDS, None)]
    shop.confirm(shop.token(sent))
    assert told() == [(WORDS, NOON)]
    with shop.database.transaction() as run:
        assert [each.email for each in submissions_where(run, "told = 0", ())] == ["anna@example.com"]
