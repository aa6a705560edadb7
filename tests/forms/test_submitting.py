"""What is sent by a form: each gate on the one way in, once however often it is sent, and spam held for review."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from stamm.forms import TABLES, keeping, reviewing
from stamm.forms.leaving import held_of
from stamm.forms.records import columns_of, submission_records
from stamm.forms.submissions import TWICE, counted, held_count, sent_by_form, submissions_where
from stamm.forms.submitting import (
    GATES,
    ChangedError,
    Found,
    Look,
    NotTakenError,
    Sent,
    WrongError,
    found_by,
    open_token,
    read_token,
    shut_gate,
    take_submission,
)
from stamm.intake.arriving import MOST
from stamm.intake.spam import FLOOD, TIMING, TRAP, WORK
from stamm.jobs import TABLES as JOBS
from stamm.lang.errors import UsageError
from stamm.people import Database, open_database
from tests.forms.filled import ANNA, HOME, NOON, OFFICE, SECRET, WHILE, nonce_for, opened, page, send


# -- gates ---------------------------------------------------------------------------------------------------
def _draft(database: Database) -> str:
    form = opened(database)
    with database.transaction() as run:
        run("UPDATE form_version SET state = 'draft'", ())
    return page(form)


def _closed(database: Database) -> str:
    form = opened(database)
    with database.transaction() as run:
        keeping.close_form(run, form, who="i", now=NOON)
    return page(form)


def _over(database: Database) -> str:
    return page(opened(database, closes_at=NOON + timedelta(seconds=10)))


def _begun(database: Database) -> str:
    starts = NOON + timedelta(seconds=10)
    return page(opened(database, "booking", starts_at=starts, ends_at=starts + timedelta(hours=1)))


def _full(database: Database) -> str:
    form = opened(database, quota=1)
    send(database, page(form), **ANNA)
    return page(form)


def _used(database: Database) -> str:
    token = page(opened(database))
    send(database, token, **ANNA)
    return token


SHUT = {
    "not_open": [_draft],
    "closed": [_closed, _over, _begun],
    "full": [_full],
    "used": [_used],
}


@pytest.mark.parametrize(("gate", "shut"), [(gate, each) for gate, cases in SHUT.items() for each in cases])
def test_a_gate_that_is_shut_keeps_nothing(database: Database, gate: str, shut: Callable[[Database], str]) -> None:
    token = shut(database)
    with database.transaction() as run:
        before = submissions_where(run, "id > 0", ())
    with pytest.raises(NotTakenError) as refused:
        send(database, token, name="Ben", email="ben@example.com")
    assert refused.value.gate == gate
    with database.transaction() as run:
        assert submissions_where(run, "id > 0", ()) == before
        found = found_by(run, token, SECRET)
        assert isinstance(found, Found)
        assert shut_gate(Look(run, found, NOON + WHILE)) == gate


def test_every_gate_is_taken_above() -> None:
    assert SHUT.keys() == GATES.keys()


@pytest.mark.parametrize("token", ["", "o1", "b1-x", "o1-" + "0" * 40, open_token(1, "another secret")])
def test_what_nobody_made_leads_nowhere(database: Database, token: str) -> None:
    opened(database)
    assert read_token(token, SECRET) is None
    with pytest.raises(NotTakenError) as refused:
        send(database, token, nonce="1", **ANNA)
    assert refused.value.gate == "unknown"
    with pytest.raises(NotTakenError):  # the link itself takes nothing: only a page that was opened does
        send(database, open_token(1, SECRET), nonce="1", **ANNA)


def test_fifty_who_ask_at_once_for_the_last_place_get_one(place: tuple[Path, str]) -> None:
    tables = (*TABLES, *JOBS)
    with closing(open_database(*place, tables)) as database:
        form = opened(database, "booking", quota=20)
        for number in range(19):
            send(database, page(form), name="x", email=f"g{number}@example.com", address=f"198.51.100.{number}")
        tokens = [page(form) for _ in range(50)]
        nonces, begin, outcomes = [nonce_for(token) for token in tokens], threading.Barrier(10), []

        def one(number: int) -> str:
            with closing(open_database(*place, tables)) as own:
                if number < 10:
                    begin.wait(20)
                try:
                    sent = send(own, tokens[number], nonce=nonces[number], name="x", email=f"p{number}@example.com")
                except NotTakenError as error:
                    return error.gate
                return sent.held or "counted"

        with ThreadPoolExecutor(10) as pool:
            outcomes = list(pool.map(one, range(50)))
        assert sorted(outcomes) == ["counted"] + ["full"] * 49
        with database.transaction() as run:
            assert (counted(run, form), held_count(run, form)) == (20, 0)


# -- what is sent --------------------------------------------------------------------------------------------
def test_what_is_sent_is_kept_without_signs_that_nobody_sees(database: Database) -> None:
    evil = "=1+1\u202e\x00\r\nBcc: x@example.com"
    sent = send(database, page(opened(database)), **{**ANNA, "name": evil}, wish="two\r\nlines", newsletter="")
    assert (sent.email, sent.content["name"], sent.content["wish"]) == (
        "anna@example.com",
        "=1+1 Bcc: x@example.com",
        "two\nlines",
    )
    assert (sent.content["phone"], sent.content["newsletter"], sent.held) == (None, False, "")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ("name", "email")),
        ({"name": " ", "email": "a@example.com"}, ("name",)),
        ({"name": "A", "email": "a@example"}, ("email",)),
        ({"name": "A", "email": "a@b@example.com"}, ("email",)),
        ({"name": "A", "email": "a@example.com>,<b@example.com"}, ("email",)),
        ({"name": "A", "email": f"{'a' * 60}@{'b' * 200}.com"}, ("email",)),
        ({"name": "A", "email": "a@example.com", "phone": "call me"}, ("phone",)),
    ],
)
def test_what_is_missing_or_cannot_be_read_is_asked_again(
    database: Database, fields: dict[str, str], wrong: tuple[str, ...]
) -> None:
    token = page(opened(database))
    with pytest.raises(WrongError) as refused:
        send(database, token, **fields)
    assert refused.value.fields == wrong
    assert send(database, token, **ANNA).held == "", "the same page can be sent once it is whole"


def test_choices_and_days_are_those_that_there_are(database: Database) -> None:
    help_form, club = opened(database, "support", "Help"), opened(database, "registration", "Club")
    with pytest.raises(WrongError) as refused:
        send(database, page(help_form), email="a@example.com", topic="moon", request="?")
    assert refused.value.fields == ("topic",)
    with pytest.raises(WrongError):
        send(database, page(club), **ANNA, birthday="2024-02-30")
    assert send(database, page(club), **ANNA, birthday="2000-02-29").content["birthday"] == "2000-02-29"


# -- spam ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("after", "how", "held"),
    [
        (timedelta(seconds=3), {}, ""),
        (timedelta(hours=24), {}, ""),
        (timedelta(seconds=2.9), {}, TIMING),
        (timedelta(hours=24, seconds=1), {}, TIMING),
        (timedelta(seconds=-1), {}, TIMING),
        (WHILE, {"trap": "https://casino.example"}, TRAP),
        (WHILE, {"nonce": ""}, WORK),
        (WHILE, {"nonce": "x"}, WORK),
        (WHILE, {"nonce": "-1"}, WORK),
    ],
)
def test_what_a_program_would_do_is_held_and_lost_by_nobody(
    database: Database, after: timedelta, how: dict[str, str], held: str
) -> None:
    form = opened(database)
    sent = send(database, page(form), at=NOON + after, **ANNA, **how)
    assert sent.held == held
    with database.transaction() as run:
        assert (counted(run, form), held_count(run, form)) == ((0, 1) if held else (1, 0))


def test_the_work_of_one_page_is_good_for_no_other(database: Database) -> None:
    form = opened(database)
    first, second = page(form), page(form)
    assert send(database, second, nonce=nonce_for(first), **ANNA).held == WORK


def test_a_thousand_within_a_minute_from_one_address_are_held_and_none_is_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = opened(database)
    send(database, page(form), address=OFFICE, **ANNA)
    monkeypatch.setattr("stamm.intake.spam.is_done", lambda *_: True)  # whoever does all the work, too
    sent = Sent({"name": ["x"], "email": ["x@example.com"]}, HOME, nonce="1", revision=2)
    with database.transaction() as run:  # one for all of them, so that the test is quick
        for number in range(1_000):
            at = NOON + WHILE + timedelta(milliseconds=39 * number)
            take_submission(run, page(form), sent, secret=SECRET, now=at)
        assert (counted(run, form), held_count(run, form)) == (1, 1_000)
        assert {each.held for each in sent_by_form(run, form, held=True)} == {FLOOD}
        rows = [str(row) for table in ("form_arrival", "form_submission") for row in run(f"SELECT * FROM {table}", ())]
        assert not any(HOME in row or "2001:db8" in row for row in rows)
        every = [each.id for each in sent_by_form(run, form, held=True)]
        assert reviewing.throw_away(run, form, every, who="i", now=NOON) == 1_000
        assert (counted(run, form), held_count(run, form)) == (1, 0)


def test_as_many_as_may_come_from_one_network_are_counted(database: Database) -> None:
    form, start = opened(database), NOON + WHILE
    for number in range(MOST):
        at = start + timedelta(seconds=1.9 * number)
        assert send(database, page(form), at=at, address=f"2001:db8:1:2::{number:x}", **ANNA).held == ""
    assert send(database, page(form), at=start + timedelta(seconds=58), address=OFFICE, **ANNA).held == FLOOD


def test_much_that_waits_shuts_out_what_looks_like_spam_and_nobody_else(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stamm.forms.submitting.MOST_HELD", 40)
    form, spam = opened(database), ANNA
    for _ in range(40):
        send(database, page(form), nonce="", address="198.51.100.7", **spam)
    with pytest.raises(NotTakenError) as refused:
        send(database, page(form), nonce="", **spam)
    assert refused.value.gate == "crowded"
    with pytest.raises(NotTakenError):  # with the work done, but one of too many from there
        send(database, page(form), address="198.51.100.7", **spam)
    assert send(database, page(form), **ANNA).held == ""
    with database.transaction() as run:
        assert (counted(run, form), held_count(run, form)) == (1, 40)


# -- review --------------------------------------------------------------------------------------------------
def test_what_was_held_counts_once_somebody_says_so_within_the_places(database: Database) -> None:
    form = opened(database, "booking", quota=2)
    held = [send(database, page(form), nonce="", name="x", email=f"p{n}@example.com").id for n in range(3)]
    with database.transaction() as run:
        assert reviewing.accept(run, form, held, who="i", now=NOON) == (2, 1)
        assert (counted(run, form), held_count(run, form)) == (2, 1)
        assert reviewing.throw_away(run, form, held[:1], who="i", now=NOON) == 1
        assert reviewing.accept(run, form, held, who="i", now=NOON) == (1, 0)
        acts = [row[0] for row in run("SELECT what FROM people_act ORDER BY id", ())]
    assert acts[-3:] == ["form_held_counted", "form_submissions_removed", "form_held_counted"]


def test_one_address_has_one_place(database: Database) -> None:
    form = opened(database, "booking", quota=20)
    assert send(database, page(form), **ANNA).held == ""
    second = send(database, page(form), name="Anna", email="ANNA@example.com")
    assert second.held == TWICE
    with database.transaction() as run:
        assert reviewing.accept(run, form, [second.id], who="i", now=NOON) == (0, 1)
        assert counted(run, form) == 1


def changed(database: Database, form: int, **other: Any) -> None:
    with database.transaction() as run:
        found = keeping.form_of(run, form)
        keeping.change_form(run, form, replace(found.plan, **other), seen=found.revision, who="i", now=NOON)


def test_nothing_is_kept_of_a_page_that_showed_something_else(database: Database) -> None:
    """The purpose of a consent is another one, a field is gone, a booking is at another time: each is to be read."""
    form = opened(database)
    with database.transaction() as run:
        fields = keeping.form_of(run, form).plan.fields
    consent = next(each for each in fields if each.kind == "consent")
    other = tuple(replace(each, purpose="calls") if each is consent else each for each in fields)
    changed(database, form, fields=other)
    with pytest.raises(ChangedError) as told:
        send(database, page(form), **ANNA, newsletter="yes", revision=2)
    assert told.value.anew == ("newsletter",)
    changed(database, form, fields=tuple(each for each in fields if each.key != "wish"))
    for revision, anew in (
        (2, ()),
        (3, ("newsletter",)),
        (1, ("newsletter",)),
        (-1, ("newsletter",)),
        (99, ("newsletter",)),
    ):
        with pytest.raises(ChangedError) as told:
            send(database, page(form), **ANNA, wish="Tea", revision=revision)
        assert told.value.anew == anew, revision
    booking = opened(
        database, "booking", "Tasting", starts_at=NOON + timedelta(days=7), ends_at=NOON + timedelta(days=8)
    )
    changed(database, booking, starts_at=NOON + timedelta(days=6))
    with pytest.raises(ChangedError):
        send(database, page(booking), **ANNA, revision=2)
    with database.transaction() as run:
        assert submissions_where(run, "id > 0", ()) == []
    assert send(database, page(booking), **ANNA, revision=3).held == ""


@pytest.mark.parametrize(
    ("day", "is_taken"),
    [("1899-12-31", False), ("1900-01-01", True), ("2024-02-02", True), ("2024-02-03", False), ("0001-01-01", False)],
)
def test_a_birthday_is_one_that_somebody_can_have(database: Database, day: str, is_taken: bool) -> None:
    """It is noon of 2024-02-01 in UTC, and tomorrow somewhere."""
    token = page(opened(database, "registration", "Club"))
    if is_taken:
        assert send(database, token, **ANNA, birthday=day).content["birthday"] == day
    else:
        with pytest.raises(WrongError) as told:
            send(database, token, **ANNA, birthday=day)
        assert told.value.fields == ("birthday",)


def test_a_key_comes_back_only_as_what_it_was(database: Database) -> None:
    form = opened(database)
    with database.transaction() as run:
        fields = keeping.form_of(run, form).plan.fields
    changed(database, form, fields=tuple(each for each in fields if each.key != "wish"))
    other = replace(next(each for each in fields if each.key == "wish"), kind="date", options=())
    with pytest.raises(UsageError, match="would mean something else"):
        changed(database, form, fields=(*(each for each in fields if each.key != "wish"), other))


def test_a_field_that_was_removed_stays_with_what_was_sent(database: Database) -> None:
    form = opened(database)
    sent = send(database, page(form), **ANNA, wish="Tea")
    with database.transaction() as run:
        fields = keeping.form_of(run, form).plan.fields
    changed(database, form, fields=tuple(each for each in fields if each.key != "wish"))
    with database.transaction() as run:
        every = keeping.all_fields(run, form)
        (row,) = submission_records(every, [sent], {}, "en")
        held = held_of(run, {"nobody"}, lambda text: text == "anna@example.com")
    assert [each.key for each in every] == [*(each.key for each in fields if each.key != "wish"), "wish"]
    assert (row["wish"], tuple(row)) == ("Tea", columns_of(every))
    assert "Tea" in [each["answer"] for each in held]


def test_a_page_of_before_is_taken_where_nobody_would_have_read_anything_else(database: Database) -> None:
    form = opened(database)
    changed(database, form, name="Summer", quota=5, thanks={"en": "Thanks!"}, button={"en": "Go"})
    with database.transaction() as run:
        keeping.close_form(run, form, who="i", now=NOON)
        keeping.open_form(run, form, who="i", now=NOON)
    assert send(database, page(form), **ANNA, wish="Tea", revision=2).content["wish"] == "Tea"
