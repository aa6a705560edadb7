"""What forms receive becomes facts, once, of the right customer; what is thrown away leaves them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from stamm.app import form_facts
from stamm.app.form_facts import tell
from stamm.app.project import Project
from stamm.app.projecting.said import Said, put_said
from stamm.forms import keeping, reviewing
from stamm.forms.submissions import submissions_where
from stamm.intake.spam import FLOOD
from stamm.lang.errors import BusyError
from stamm.lang.organisation import Organisation
from stamm.people import Database
from tests.forms.filled import ANNA, NOON, WHILE, opened, page, send

SENT = NOON + WHILE


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A shop that knows ben under a number of its own."""
    made = Project.create(tmp_path / "shop", Organisation(zone="UTC"))
    ben = {"customer_id": "c7", "valid_from": NOON - timedelta(days=9), "email": "Ben@Example.com", "name": "Ben B."}
    with made.lake().writing() as writer:
        put_said(writer, [Said("customers", ben, "shop", NOON - timedelta(days=9))])
        writer.commit()
    return made


@pytest.fixture
def database(project: Project) -> Iterator[Database]:
    with closing(project.people()) as opened_one:
        yield opened_one


def facts(project: Project, kind: str, *columns: str) -> list[tuple[Any, ...]]:
    snapshot = project.lake().snapshot()
    if kind not in snapshot.kinds():
        return []
    rows = snapshot.dataset(kind).to_table().to_pylist()
    return sorted(tuple(row[name] for name in columns) for row in rows)


def test_a_lead_is_a_customer_and_one_who_is_known_stays_as_they_are(project: Project, database: Database) -> None:
    form = opened(database)
    send(database, page(form), **ANNA, phone="+49 30 1234", company="Tee & Co", newsletter="yes", language="de")
    send(database, page(form), name="Somebody else", email="ben@example.com")
    send(database, page(form), nonce="", name="Bot", email="bot@example.com")
    assert tell(project, database) == 3
    assert tell(project, database) == 0
    columns = ("customer_id", "name", "email", "phone", "company", "language", "acquired_through", "first_seen_at")
    (anna, ben) = facts(project, "customers", *columns)
    assert anna == ("anna@example.com", "Anna", "anna@example.com", "+49 30 1234", "Tee & Co", "de", "spring", SENT)
    assert ben[:3] == ("c7", "Ben B.", "Ben@Example.com"), "whoever knows an address changes nothing of its customer"
    assert facts(project, "events", "event_id", "customer_id", "kind", "name", "happened_at") == [
        ("form-1-1", "anna@example.com", "track", "lead", SENT),
        ("form-1-2", "c7", "track", "lead", SENT),
    ]
    assert facts(project, "consents", "consent_id") == [], "a tick allows nothing: anybody may have set it"


def test_who_was_cut_off_tells_the_same_once_more(project: Project, database: Database) -> None:
    form = opened(database)
    send(database, page(form), **ANNA)
    tell(project, database)
    before = {kind: facts(project, kind, "customer_id") for kind in ("customers", "events")}
    with database.transaction() as run:  # as if it had ended before that was written down
        run("UPDATE form_submission SET told = 0, facts = '[]'", ())
    assert tell(project, database) == 1
    assert {kind: facts(project, kind, "customer_id") for kind in ("customers", "events")} == before


@pytest.mark.parametrize("at", ["put_said", "mark_told"])
def test_what_was_told_by_who_was_cut_off_is_taken_back(
    project: Project, database: Database, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Cut off before the lake's commit, or after it; thrown away afterwards, nothing of it stays."""

    def cut_off(*_: object) -> None:
        with pytest.raises(BusyError), project.lake().writing(wait_seconds=0):
            raise AssertionError("somebody else told meanwhile")
        raise KeyboardInterrupt

    form = opened(database)
    sent = send(database, page(form), **ANNA, newsletter="yes")
    with database.transaction() as run:
        run("UPDATE form_confirmation SET confirmed_at = ?", (NOON + timedelta(hours=1),))
    with monkeypatch.context() as patched:
        patched.setattr(form_facts, at, cut_off)
        with pytest.raises(KeyboardInterrupt):
            tell(project, database)
    assert len(facts(project, "consents", "granted")) == (at == "mark_told")
    with database.transaction() as run:
        reviewing.throw_away(run, form, [sent.id], who="i", now=NOON + timedelta(hours=2))
    assert (tell(project, database), tell(project, database)) == (1, 0)
    assert [facts(project, kind, "customer_id") for kind in ("customers", "events", "consents")] == [[("c7",)], [], []]
    with database.transaction() as run:
        assert submissions_where(run, "id > 0", ()) == []


def test_somebody_new_is_one_customer_though_who_told_it_was_cut_off(
    project: Project, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    form = opened(database)
    send(database, page(form), **ANNA)
    with monkeypatch.context() as patched:
        patched.setattr(form_facts, "put_said", cut_off)
        with pytest.raises(KeyboardInterrupt):
            tell(project, database)
    send(database, page(form), **ANNA, at=SENT + timedelta(minutes=2))
    assert tell(project, database) == 2
    assert facts(project, "customers", "customer_id") == [("anna@example.com",), ("c7",)]
    assert len(facts(project, "events", "event_id")) == 2


def test_a_registration_says_so_with_the_birthday(project: Project, database: Database) -> None:
    send(database, page(opened(database, "registration", "Club")), **ANNA, birthday="2000-02-29")
    tell(project, database)
    assert [str(day) for _, day in facts(project, "customers", "customer_id", "birthday_on") if day] == ["2000-02-29"]
    assert facts(project, "events", "name") == [("registration",)]


def test_a_booking_is_a_place_at_a_gathering_and_given_back_it_is_none(project: Project, database: Database) -> None:
    starts, ends = NOON + timedelta(days=7), NOON + timedelta(days=7, hours=2)
    form = opened(database, "booking", "Tasting", starts_at=starts, ends_at=ends)
    anna = send(database, page(form), **ANNA)
    send(database, page(form), name="Ben", email="ben@example.com")
    tell(project, database)
    assert facts(project, "gatherings", "gathering_id", "name", "starts_at", "ends_at") == [
        ("form-1", "Tasting", starts, ends)
    ]
    columns = ("gathering_id", "customer_id", "ends_at", "registered_at")
    assert facts(project, "attendances", *columns) == [
        ("form-1", "anna@example.com", ends, SENT),
        ("form-1", "c7", ends, SENT),
    ]
    later = ends + timedelta(days=1)
    with database.transaction() as run:
        plan = keeping.form_of(run, form).plan
        moved = replace(plan, ends_at=later)
        keeping.change_form(run, form, moved, seen=2, who="i", now=NOON + timedelta(hours=1))
        reviewing.throw_away(run, form, [anna.id], who="i", now=NOON + timedelta(hours=2))
    tell(project, database)
    assert facts(project, "attendances", *columns) == [("form-1", "c7", later, SENT)]
    assert facts(project, "gatherings", "ends_at") == [(later,)]
    assert facts(project, "customers", "customer_id") == [("c7",)]
    with database.transaction() as run:
        assert [each.email for each in submissions_where(run, "id > 0", ())] == ["ben@example.com"]


def test_a_request_is_a_ticket_about_what_was_chosen(project: Project, database: Database) -> None:
    form = opened(database, "support", "Help")
    send(database, page(form), email="ben@example.com", topic="invoice", request="<script>alert(1)</script>")
    tell(project, database)
    assert facts(project, "tickets", "ticket_id", "customer_id", "channel", "opened_at", "topic") == [
        ("form-1-1", "c7", "form", SENT, "Eine Rechnung")
    ]


def test_what_is_held_later_leaves_the_facts_and_comes_back_once_it_counts(
    project: Project, database: Database
) -> None:
    form = opened(database)
    anna = send(database, page(form), **ANNA)
    tell(project, database)
    with database.transaction() as run:  # many others came from the same address
        at = NOON + timedelta(minutes=1)
        run("UPDATE form_submission SET held = ?, told = 0, changed_at = ?", (FLOOD, at))
    assert tell(project, database) == 1
    assert (facts(project, "customers", "customer_id"), facts(project, "events", "event_id")) == ([("c7",)], [])
    with database.transaction() as run:
        reviewing.accept(run, form, [anna.id], who="i", now=NOON + timedelta(hours=1))
    tell(project, database)
    assert facts(project, "customers", "customer_id") == [("anna@example.com",), ("c7",)]
    assert facts(project, "events", "event_id") == [("form-1-1",)]


def test_who_came_twice_stays_known_when_the_first_is_thrown_away(project: Project, database: Database) -> None:
    form = opened(database)
    first = send(database, page(form), **ANNA)
    tell(project, database)
    second = send(database, page(form), name="Anna A.", email="anna@example.com", at=SENT + timedelta(minutes=2))
    tell(project, database)
    with database.transaction() as run:
        reviewing.throw_away(run, form, [first.id], who="i", now=NOON + timedelta(hours=1))
    tell(project, database)
    assert facts(project, "customers", "customer_id", "name", "valid_from") == [
        ("anna@example.com", "Anna A.", second.sent_at),
        ("c7", "Ben B.", NOON - timedelta(days=9)),
    ]


def test_the_second_of_somebody_new_tells_them_when_the_first_is_thrown_away_before_it_is_told(
    project: Project, database: Database
) -> None:
    form = opened(database)
    first = send(database, page(form), **ANNA)
    tell(project, database)
    second = send(database, page(form), name="Anna A.", email="anna@example.com", at=SENT + timedelta(minutes=2))
    with database.transaction() as run:
        reviewing.throw_away(run, form, [first.id], who="i", now=NOON + timedelta(hours=1))
    while tell(project, database):
        continue
    assert facts(project, "customers", "customer_id", "name") == [("anna@example.com", "Anna A."), ("c7", "Ben B.")]
    assert facts(project, "events", "event_id") == [(f"form-{form}-{second.id}",)]


def test_of_two_that_are_told_at_once_the_first_says_who_somebody_is(project: Project, database: Database) -> None:
    form = opened(database)
    send(database, page(form), **ANNA)
    send(database, page(form), name="Somebody else", email="anna@example.com", at=SENT + timedelta(minutes=2))
    tell(project, database)
    assert facts(project, "customers", "customer_id", "name") == [("anna@example.com", "Anna"), ("c7", "Ben B.")]
    assert len(facts(project, "events", "event_id")) == 2


def test_an_address_is_that_of_whoever_has_it_now(project: Project, database: Database) -> None:
    """Ben moved from ben@ to new@ yesterday, and will move to later@; ben@ is nobody's, and no customer of old."""
    moves = ((-1, "new@example.com"), (365 * 100, "later@example.com"))
    with project.lake().writing() as writer:
        for days, email in moves:
            at = NOON + timedelta(days=days)
            put_said(writer, [Said("customers", {"customer_id": "c7", "valid_from": at, "email": email}, "shop", NOON)])
        writer.commit()
    form = opened(database)
    for email in ("ben@example.com", "NEW@example.com", "later@example.com"):
        send(database, page(form), name="x", email=email)
    tell(project, database)
    assert facts(project, "events", "event_id", "customer_id") == [
        ("form-1-1", "ben@example.com"),
        ("form-1-2", "c7"),
        ("form-1-3", "later@example.com"),
    ]


def test_a_number_that_is_an_address_stays_with_whoever_has_moved(project: Project, database: Database) -> None:
    with project.lake().writing() as writer:
        for days, email in ((-9, None), (-1, "new@example.com")):
            at = NOON + timedelta(days=days)
            row = {"customer_id": "old@example.com", "valid_from": at, "email": email}
            put_said(writer, [Said("customers", row, "shop", NOON)])
        put_said(writer, [Said("customers", {"customer_id": "dora@example.com", "valid_from": NOON}, "shop", NOON)])
        writer.commit()
    form = opened(database)
    old = send(database, page(form), name="x", email="old@example.com")
    send(database, page(form), name="x", email="dora@example.com")
    tell(project, database)
    assert facts(project, "events", "event_id", "customer_id") == [
        ("form-1-1", f"form-{old.chance}"),
        ("form-1-2", "dora@example.com"),
    ]
    named = facts(project, "customers", "customer_id", "valid_from")
    assert [each for each, _ in named] == ["c7", "dora@example.com", f"form-{old.chance}", *["old@example.com"] * 2]
