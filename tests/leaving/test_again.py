"""Whoever sends something after an erasure, or was never a customer, can be given what is held, and be erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from stamm.app.form_facts import tell
from stamm.app.leaving.beside import WHOSE
from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.exporting import export_person
from stamm.app.project import Project
from stamm.forms import keeping
from stamm.forms.ready import ready
from stamm.forms.submissions import Submission
from stamm.forms.submitting import Sent, fresh_token, take_submission
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.people import Database
from tests.forms.filled import NOON, WHILE, nonce_for
from tests.forms.test_files import SOUND_PDF
from tests.ideas.board import opened as board_of_ideas
from tests.leaving import planted as p

BEA = "bea@example.com"
TEA = "Wo ist mein Tee?"
#: too few letters to be sought as a number; as an address they mean one person
SHORT = "a@b.de"
LATER = NOON + timedelta(days=2)
EN = Language("en")


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return p.shop(tmp_path_factory.mktemp("again") / "shop")


@pytest.fixture
def database(project: Project) -> Iterator[Database]:
    with closing(project.people()) as found:
        yield found


def form(database: Database) -> int:
    with database.transaction() as run:
        number = keeping.make_form(run, ready("support", "Help", NOON), who="i", now=NOON)
        keeping.open_form(run, number, who="i", now=NOON)
    return number


def send(
    database: Database, number: int, email: str, at: datetime, *, works: bool = True, words: str = TEA
) -> Submission:
    token = fresh_token(number, "secret", at)
    fields = {"email": [email], "topic": ["order"], "request": [words]}
    work = nonce_for(token) if works else ""
    with database.transaction() as run:
        sent = Sent(fields, "203.0.113.7", "de", nonce=work, files={"files": [SOUND_PDF]}, revision=2)
        return take_submission(run, token, sent, secret="secret", now=at + WHILE)


def left(database: Database) -> dict[str, int]:
    with database.transaction() as run:
        tables = ("form_submission", "form_file", "idea_participant", "idea_post")
        return {table: run(f"SELECT count(*) FROM {table}", ())[0][0] for table in tables}


def given_out(project: Project, called: str) -> tuple[list[object], list[str]]:
    """What they sent by forms, and the files with it."""
    place, _ = export_person(project, Erasing(project).customer(called), now=LATER, language=EN)
    rows = json.loads((place / "everything.json").read_text())["care"]["forms"]
    return [row["answer"] for row in rows if row["field"] == "Your request"], sorted(
        one.name for one in place.glob("*.pdf")
    )


def test_who_was_erased_and_sends_again_is_a_new_customer_who_can_be_erased_again(
    project: Project, database: Database
) -> None:
    number = form(database)
    send(database, number, BEA, NOON)
    tell(project, database)
    first = Erasing(project).erase(BEA, now=NOON + timedelta(days=1))
    again = [send(database, number, BEA.upper(), LATER + timedelta(minutes=each)) for each in range(2)]
    tell(project, database)
    snapshot = project.lake().snapshot()
    customers = snapshot.dataset("customers").to_table().to_pylist()
    fresh = f"form-{again[0].chance}"
    assert [each["customer_id"] for each in customers if each["email"] == BEA] == [fresh]
    tickets = snapshot.dataset("tickets").to_table().to_pylist()
    assert sorted(each["customer_id"] for each in tickets)[1:] == [fresh, fresh], "and what was erased stays nobody's"
    assert Erasing(project).customer(BEA) == fresh
    assert given_out(project, BEA) == (["Wo ist mein Tee?"] * 2, ["request-2-1.pdf", "request-3-1.pdf"])
    second = Erasing(project).erase(BEA, now=LATER + timedelta(days=1))
    assert (first.submissions, second.submissions) == (1, 2)
    assert left(database)["form_submission"] == left(database)["form_file"] == 0
    with pytest.raises(UsageError, match="nothing is left to erase"):
        Erasing(project).erase(BEA, now=LATER)


@pytest.mark.parametrize("email", [BEA, SHORT])
def test_what_is_held_of_somebody_who_was_never_a_customer_is_reached(
    project: Project, database: Database, email: str
) -> None:
    number = form(database)
    send(database, number, email, NOON, works=False)
    send(database, number, "cleo@example.com", NOON, works=False)
    tell(project, database)
    assert given_out(project, email.upper()) == (["Wo ist mein Tee?"], ["request-1-1.pdf"])
    looked = Erasing(project).look(email)
    told = Erasing(project).erase(email, now=LATER)
    assert (looked.submissions, told.submissions) == (1, 1)
    assert left(database)["form_submission"] == left(database)["form_file"] == 1
    with pytest.raises(UsageError, match="nothing is left to erase"):
        Erasing(project).erase(email, now=LATER)


def test_rows_of_an_erased_number_beside_the_facts_are_reached(project: Project, database: Database) -> None:
    """Such as those that were written before a new number was given."""
    number = form(database)
    send(database, number, BEA, NOON)
    tell(project, database)
    Erasing(project).erase(BEA, now=NOON + timedelta(days=1))
    send(database, number, BEA, LATER)
    with database.transaction() as run:
        run("UPDATE form_submission SET customer_id = ?, told = 1", (BEA,))
    assert given_out(project, BEA)[0] == ["Wo ist mein Tee?"]
    assert Erasing(project).erase(BEA, now=LATER).submissions == 1
    assert left(database)["form_submission"] == 0


def test_an_address_on_a_board_of_ideas_is_reached(project: Project, database: Database) -> None:
    board = board_of_ideas(database)
    for address, title in ((BEA, "Tea in tins"), ("cleo@example.com", "Tea in bags")):
        board.suggest(board.public, "Coffee", mail=address)  # nobody's; but the link is mailed for it
        board.suggest(board.mailed(address), title)
    place, found = export_person(project, Erasing(project).customer(BEA), now=LATER, language=EN)
    assert {row["title"] for row in found.care["ideas"]} == {None, "", "Tea in tins"}
    assert {row["address"] for row in found.care["ideas"]} == {BEA}
    assert (place / "ideas.csv").is_file()
    assert Erasing(project).erase(BEA, now=LATER).ideas > 0
    assert left(database)["idea_participant"] == 1


def test_all_tables_that_say_whose_a_row_is_are_looked_through(database: Database) -> None:
    with database.transaction() as run:
        known = {
            (table, name)
            for table in database.tables(run)
            for _, name, *_ in run(f"PRAGMA table_info({table})", ())
            if name in ("customer_id", "email", "address")
        }
    ours = {("people_person", "email"), ("form_arrival", "address"), ("survey_arrival", "address")}
    ours |= {
        ("idea_arrival", "address"),
        ("idea_link_arrival", "address"),
        ("report_recipient", "address"),
        ("alert_sent", "address"),
    }
    assert known - ours == set(WHOSE)


def test_what_goes_is_not_said_to_stay(project: Project, database: Database) -> None:
    """Bea has a name that may mean others, too: where it stands in words of others is told, not where it goes."""
    p.put(project, "customers", [{"customer_id": "c1", "valid_from": NOON, "email": BEA, "name": "Bea"}])
    number, board = form(database), board_of_ideas(database)
    send(database, number, BEA, NOON, works=False, words="Bea fragt")
    other = send(database, number, "cleo@example.com", NOON, works=False, words="Bea fragt")
    board.suggest(board.public, "Coffee", mail=BEA)
    board.suggest(board.mailed(BEA), "Bea wants tea")
    idea = board.suggest(board.public, "Bea wants tea", mail="cleo@example.com")
    expected = {("form_submission", (other.id,)), ("idea_post", (idea.id,))}
    assert set(Erasing(project).look("c1").standing) == expected
    told = Erasing(project).erase("c1", now=LATER)
    assert (set(told.standing), told.submissions) == (expected, 1)
