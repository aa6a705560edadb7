"""Answers: each gate on the one way in, and one answer a link however often it is sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from stamm.intake.arriving import MOST
from stamm.intake.spam import FLOOD, TRAP
from stamm.jobs import TABLES as JOBS
from stamm.people import Database, open_database
from stamm.surveys import TABLES, answering, asking, keeping
from stamm.surveys.answering import GATES, MissingError, NotTakenError, Sent, take_answers
from stamm.surveys.ready import ready
from stamm.surveys.results import results_of
from stamm.surveys.sheets import sheets_where
from tests.surveys.asked import HOME, NOON, OFFICE, SECRET, opened, personal, send, shared


# -- gates ---------------------------------------------------------------------------------------------------
def _draft(database: Database) -> tuple[str, int]:
    with database.transaction() as run:
        survey = keeping.make_survey(run, ready("nps", "Spring"), who="i", now=NOON)
    return shared(database, survey)(), 0


def _closed(database: Database) -> tuple[str, int]:
    survey = opened(database)
    token = personal(database, survey)["anna"]
    with database.transaction() as run:
        keeping.close_survey(run, survey, who="i", now=NOON)
    return token, 1


def _over(database: Database) -> tuple[str, int]:
    survey = opened(database, closes_at=NOON + timedelta(hours=1))
    token = personal(database, survey)["anna"]
    with database.transaction() as run:  # its time is over, and nobody closed it
        late = replace(ready("nps", "Spring"), closes_at=NOON)
        keeping.change_survey(run, survey, late, seen=2, who="i", now=NOON)
    return token, 1


def _full(database: Database) -> tuple[str, int]:
    fresh = shared(database, opened(database, quota=1))
    send(database, fresh(), 0, recommend="9")
    return fresh(), 0


def _resting(database: Database) -> tuple[str, int]:
    personal(database, opened(database, rest_days=0))
    survey = opened(database, ready("csat", "Summer"), rest_days=0)
    token = personal(database, survey, now=NOON + timedelta(days=1))["anna"]
    with database.transaction() as run:  # the rest was set only after she was asked
        keeping.change_survey(run, survey, ready("csat", "Summer"), seen=2, who="i", now=NOON)
    return token, 1


def _used(database: Database) -> tuple[str, int]:
    token = personal(database, opened(database))["anna"]
    send(database, token, 1, recommend="9")
    return token, 1


SHUT = {"not_open": [_draft], "closed": [_closed, _over], "full": [_full], "resting": [_resting], "used": [_used]}


@pytest.mark.parametrize(("gate", "shut"), [(gate, each) for gate, cases in SHUT.items() for each in cases])
def test_a_gate_that_is_shut_keeps_nothing(
    database: Database, gate: str, shut: Callable[[Database], tuple[str, int]]
) -> None:
    token, revision = shut(database)
    with database.transaction() as run:
        before = sheets_where(run, "id > 0", ())
    with pytest.raises(NotTakenError) as refused:
        send(database, token, revision, recommend="3", content="1")
    assert refused.value.gate == gate
    with database.transaction() as run:
        assert sheets_where(run, "id > 0", ()) == before


def test_every_gate_has_a_case_above() -> None:
    assert SHUT.keys() == GATES.keys()


def test_a_link_that_nobody_made_leads_nowhere(database: Database) -> None:
    survey = opened(database)
    token = personal(database, survey)["anna"]
    with database.transaction() as run:
        link = asking.make_open_link(run, survey, "counter", who="i", now=NOON)
    for wrong in (
        token[:-1],
        f"{token}0",
        token.replace("p", "o", 1),
        "",
        "o1",
        "-",
        asking.open_token(link.id, SECRET),
    ):
        with pytest.raises(NotTakenError, match="unknown"):
            send(database, wrong, 1, recommend="9")
    with pytest.raises(NotTakenError, match="unknown"), database.transaction() as run:
        take_answers(run, token, Sent("score", {"recommend": ["9"]}, 1, HOME), secret="another", now=NOON)


def test_of_fifty_who_send_a_link_at_once_one_is_taken(database: Database, place: tuple[Path, str]) -> None:
    survey = opened(database)
    token = personal(database, survey)["anna"]
    begin = threading.Barrier(10)

    def often(number: int) -> list[str]:
        told = []
        with closing(open_database(*place, (*TABLES, *JOBS))) as own:
            begin.wait()
            for _ in range(5):
                try:
                    send(own, token, 1, recommend=str(number))
                    told.append("taken")
                except NotTakenError as refused:
                    told.append(refused.gate)
        return told

    with ThreadPoolExecutor(10) as threads:
        outcomes = [told for each in threads.map(often, range(10)) for told in each]
    assert (outcomes.count("taken"), outcomes.count("used")) == (1, 49)
    with database.transaction() as run:
        (sheet,) = sheets_where(run, "id > 0", ())
        assert (sheet.revision, results_of(run, keeping.survey_of(run, survey), "UTC").questions[0].n) == (2, 1)


def test_a_correction_replaces_what_was_there_and_counts_once(database: Database) -> None:
    survey = opened(database)
    token = personal(database, survey, "anna", "ben")["anna"]
    first = send(database, token, 1, recommend="3", why="slow")
    second = send(database, token, first.revision, recommend="9", at=NOON + timedelta(days=1))
    assert (second.id, second.answers) == (first.id, {"recommend": 9, "why": None})
    with database.transaction() as run:
        made = results_of(run, keeping.survey_of(run, survey), "UTC")
    assert (made.asked, made.answered, made.questions[0].n, made.comments) == (2, 1, 1, ())


@pytest.mark.parametrize(
    "fields",
    [{}, {"recommend": ""}, {"recommend": "11"}, {"recommend": "9.5"}, {"recommend": "-1"}, {"recommend": "x"}],
)
def test_what_has_to_be_answered_and_is_no_answer_is_asked_again(database: Database, fields: dict[str, str]) -> None:
    token = personal(database, opened(database))["anna"]
    with pytest.raises(MissingError) as refused:
        send(database, token, 1, **fields)  # type: ignore[arg-type]
    assert refused.value.questions == ("recommend",)


def test_answers_of_a_page_are_kept_before_the_next_and_go_where_it_is_not_asked_any_more(database: Database) -> None:
    survey = opened(database, ready("exit", "Goodbye"))
    token = personal(database, survey)["anna"]
    sheet = send(database, token, 1, "reasons", why_leaving=["price", "elsewhere"])
    assert (sheet.answers, sheet.finished_at) == ({"why_leaving": ["price", "elsewhere"]}, None)
    sheet = send(database, token, sheet.revision, "competitor", elsewhere="Cheaper")
    sheet = send(database, token, sheet.revision, "back")
    assert sheet.finished_at == NOON
    sheet = send(database, token, sheet.revision, "reasons", why_leaving="need")
    assert (sheet.answers, sheet.finished_at) == ({"why_leaving": ["need"]}, NOON)
    with pytest.raises(MissingError):
        send(database, token, sheet.revision, "reasons", why_leaving="fashion")


# -- whom is asked -------------------------------------------------------------------------------------------
def test_nobody_is_asked_again_by_any_survey_within_the_rest(database: Database) -> None:
    first, second = opened(database), opened(database, ready("csat", "Summer"))

    def ask(survey: int, at: datetime) -> tuple[list[str | None], int]:
        with database.transaction() as run:
            sheets, resting = asking.ask_customers(run, survey, ["anna", "ben", "anna"], who="i", now=at)
        return [sheet.customer for sheet in sheets], resting

    with database.transaction() as run:
        asking.ask_customers(run, first, ["anna"], who="i", now=NOON)
    assert ask(second, NOON + timedelta(days=30, seconds=-1)) == (["ben"], 1)
    assert ask(second, NOON + timedelta(days=30)) == (["anna", "ben"], 0)
    assert ask(second, NOON + timedelta(days=30)) == (["anna", "ben"], 0), "who asks again gets the same links"
    with database.transaction() as run:
        assert len(asking.personal_sheets(run, second)) == 2


# -- too much from one place ---------------------------------------------------------------------------------
def test_a_thousand_within_a_minute_from_one_address_are_held_and_none_is_counted(database: Database) -> None:
    survey = opened(database)
    fresh = shared(database, survey)
    send(database, fresh(), 0, recommend="9", address=OFFICE)
    sent = Sent("score", {"recommend": ["0"]}, 0, HOME)
    with database.transaction() as run:  # one for all of them, so that the test is quick
        for number in range(1_000):
            take_answers(run, fresh(), sent, secret=SECRET, now=NOON + timedelta(milliseconds=59 * number))
    send(database, fresh(), 0, recommend="9", at=NOON + timedelta(seconds=59), address=OFFICE)
    send(database, fresh(), 0, recommend="9", at=NOON + timedelta(minutes=3))
    with database.transaction() as run:
        made = results_of(run, keeping.survey_of(run, survey), "UTC")
        assert (made.held, made.questions[0].n, made.questions[0].score and made.questions[0].score.value) == (
            1_000,
            3,
            100,
        )
        rows = [
            str(row)
            for table in ("survey_arrival", "survey_sheet", "survey_salt")
            for row in run(f"SELECT * FROM {table}", ())
        ]
        assert not any(told in row for row in rows for told in (HOME, "2001:db8"))
        before = run("SELECT salt FROM survey_salt", ())
        assert answering.review(run, survey, count=False, who="i", now=NOON) == 1_000
        assert results_of(run, keeping.survey_of(run, survey), "UTC").held == 0
    send(database, fresh(), 0, recommend="9", at=NOON + timedelta(days=1))
    with database.transaction() as run:
        assert (run("SELECT count(*) FROM survey_salt", ()), before != run("SELECT salt FROM survey_salt", ())) == (
            [(1,)],
            True,
        )


def test_a_family_of_a_network_is_one_address_and_as_many_as_may_come_are_counted(database: Database) -> None:
    survey = opened(database)
    fresh = shared(database, survey)
    for number in range(MOST):
        assert send(database, fresh(), 0, recommend="9", address=f"2001:db8:1:2::{number:x}").held == ""
    assert send(database, fresh(), 0, recommend="9", address="2001:db8:1:2:ffff::1").held == FLOOD


def test_whoever_fills_in_what_nobody_sees_is_held_until_somebody_counts_it(database: Database) -> None:
    survey = opened(database)
    token = personal(database, survey)["anna"]
    assert send(database, token, 1, recommend="0", trap="https://casino.example").held == TRAP
    with database.transaction() as run:
        assert results_of(run, keeping.survey_of(run, survey), "UTC").questions[0].n == 0
        assert answering.review(run, survey, count=True, who="i", now=NOON) == 1
        assert results_of(run, keeping.survey_of(run, survey), "UTC").questions[0].n == 1
