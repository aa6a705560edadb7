"""What people wrote about a person, and the book that finds them, go when they are erased; they are given it before."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from stamm import care
from stamm.app.booking import Booking
from stamm.app.identifying import Identifying
from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.exporting import export_person
from stamm.app.project import Project
from stamm.ideas import posting
from stamm.ideas.deciding import answer_idea
from stamm.ideas.keeping import make_idea_board, open_idea_board
from stamm.ideas.links import invite, open_token, own_token
from stamm.ideas.plan import BoardPlan
from stamm.ideas.posting import Sent as Post
from stamm.ideas.reading import ideas_of
from stamm.lang.language import Language
from stamm.people.acts import Act, acts, record
from stamm.people.database import Run
from stamm.store.book import Book, Wanted
from stamm.store.erasing.ledger import Ledger, State
from stamm.surveys import asking, keeping
from stamm.surveys.answering import Sent, take_answers
from stamm.surveys.ready import ready
from stamm.surveys.sheets import sheets_where
from tests.leaving import planted as p

NOW = datetime(2024, 7, 1, tzinfo=UTC)


def written(project: Project) -> None:
    with closing(project.people()) as database, database.transaction() as run:
        care.write_note(run, p.ID, f"Rief an: {p.PHONE}", who="ines@example.com", now=NOW)
        care.write_note(run, "ben", "Mag Espresso", who="ines@example.com", now=NOW)
        care.write_note(run, "ben", f"Kennt {p.NAME}", who="ines@example.com", now=NOW)
        gone = care.write_note(run, p.ID, f"Falsch geschrieben: {p.NAME}", who="ines@example.com", now=NOW)
        care.remove_note(run, gone, who="ines@example.com", now=NOW)
        care.make_task(
            run, p.ID, f"{p.EMAIL} schreiben", whose="ole@example.com", due_on=date(2024, 7, 9), who="i", now=NOW
        )
        care.set_owner(run, [p.ID], "ole@example.com", who="ines@example.com", now=NOW)
        care.set_owner(run, ["ben"], "ines@example.com", who="ines@example.com", now=NOW)
        answered(run)


def answered(run: Run) -> None:
    """The person and ben are asked; both name the person in their answer."""
    survey = keeping.make_survey(run, ready("nps", "Spring"), who="ines@example.com", now=NOW)
    keeping.open_survey(run, survey, who="ines@example.com", now=NOW)
    sheets, _ = asking.ask_customers(run, survey, [p.ID, "ben"], who="ines@example.com", now=NOW)
    for sheet in sheets:
        fields = {"recommend": ["9"], "why": [f"{p.NAME} sagt es"]}
        sent = Sent("score", fields, sheet.revision, "203.0.113.7")
        take_answers(run, asking.token_of(sheet, 0, "secret"), sent, secret="secret", now=NOW)


def suggested(project: Project) -> tuple[int, int]:
    """The person suggests something, which ben wants and comments on by their name; the numbers of idea and board."""
    with closing(project.people()) as database, database.transaction() as run:
        board = make_idea_board(run, BoardPlan({"de": "Wünsche"}, waits=False), who="ines@example.com", now=NOW)
        open_idea_board(run, board, who="ines@example.com", now=NOW)
        theirs, bens = (
            own_token(each, "secret")
            for customer in (p.ID, "ben")
            for each in invite(run, board, [customer], who="ines@example.com", now=NOW)
        )

        def sent(**more: str) -> Post:
            return Post(posting.fresh_chance(), "203.0.113.7", **more)

        told = sent(title=f"{p.NAME} wünscht Tee", words=p.PHONE, name=p.NAME)
        idea = posting.suggest(run, theirs, told, secret="secret", now=NOW)
        posting.vote(run, bens, idea.id, sent(), secret="secret", now=NOW)
        posting.comment(run, bens, idea.id, sent(words=f"{p.NAME} hat recht", name="Ben"), secret="secret", now=NOW)
        posting.comment(run, theirs, idea.id, sent(words="Danke"), secret="secret", now=NOW)
        answer_idea(run, idea.id, "planned", f"Gern, {p.NAME}", seen=0, who="ines@example.com", now=NOW)
        other = posting.suggest(run, open_token(board, "secret"), sent(title="Kaffee", mail="ann@example.com"),
                                secret="secret", now=NOW)  # fmt: skip
        run("UPDATE idea_participant SET address = ? WHERE address = 'ann@example.com'", (p.EMAIL.casefold(),))
        assert other.held == "waiting"
    return idea.id, board


def test_what_they_suggested_goes_with_the_person_and_the_votes_of_others_stay(project: Project) -> None:
    """Two links, an idea, two votes and a comment are theirs; ben's comment and the answer name them: 8.

    What came by everybody's link with their address is nobody's, and names nobody; the vote that waits is theirs.
    """
    idea, board = suggested(project)
    place, _ = export_person(project, p.ID, now=NOW, language=Language("de"))
    given = json.loads((place / "everything.json").read_text())["care"]["ideas"]
    assert [(row["what"], row["words"]) for row in given] == [
        ("takes part", None), ("takes part", None),
        ("idea", p.PHONE), ("vote", ""), ("comment", "Danke"), ("vote", ""),
    ]  # fmt: skip
    looked = Erasing(project).look(p.ID)
    told = Erasing(project).erase(p.ID, now=NOW)
    assert (looked.ideas, told.ideas) == (8, 8)
    assert p.traces(project.directory) == []
    with closing(project.people()) as database, database.transaction() as run:
        found = ideas_of(run, board)[idea]
        assert (found.post.held, found.post.title, found.post.customer) == ("erased", "", None)
        assert (found.voters, [each.words for each in found.comments], found.answer) == ({"cben"}, [""], "")
    assert Erasing(project).finish() is None


def test_notes_tasks_owner_and_the_book_go_with_the_person(project: Project) -> None:
    written(project)
    book = Book(Booking(project).make())
    assert p.ID in {line.customer_id for line in book.find(Wanted("mustermueller")).lines}
    held = any("quast" in trace and "stamm.sqlite" in trace for trace in p.traces(project.directory))
    assert held
    assert any("kept/book" in trace for trace in p.traces(project.directory))
    looked = Erasing(project).look(p.ID)
    with closing(project.people()) as somebody:  # as the server has it open
        told = Erasing(project).erase(p.ID, now=NOW)
        assert (looked.care, told.care) == (5, 5)
        assert (looked.sheets, told.sheets) == (2, 2)
        assert p.traces(project.directory) == []
        with somebody.transaction() as run:
            assert [note.told for note in care.notes_of(run, [p.ID, "ben"])] == ["Mag Espresso"]
            assert care.tasks_for(run, "ole@example.com") == []
            (left,) = sheets_where(run, "id > 0", ())
            assert (left.customer, left.answers) == ("ben", {"recommend": 9, "why": None})
            assert (care.owner_of(run, [p.ID]), care.owner_of(run, ["ben"])) == (None, "ines@example.com")
    assert Booking(project).newest() is None, "no page finds them in a book of before"
    again = Book(Booking(project).make())
    assert again.find(Wanted("mustermueller")).lines == ()
    assert p.traces(project.directory) == []


def test_acts_forget_the_name_and_what_may_mean_them_is_told(project: Project) -> None:
    """A name of one word is somebody else's, too, and an order's number says nothing: they stay, and are named."""
    p.put(project, "customers", [{"customer_id": p.ID, "valid_from": p.RECEIVED, "name": "Annegret"}])
    p.put(
        project,
        "orders",
        [{"order_id": "2024-0815", "customer_id": p.ID, "ordered_at": p.JANUARY, "amount_minor": 100}],
    )
    with closing(project.people()) as database, database.transaction() as run:
        record(run, Act(NOW, "ines@example.com", "board_created", f"3 Orders of {p.NAME}"))
        record(run, Act(NOW, "ines@example.com", "board_created", "4 Orders of ben"))
        note = care.write_note(run, "ben", "Annegret is his aunt, order 2024/0815", who="ines@example.com", now=NOW)
        care.write_note(run, p.ID, "Annegret herself", who="ines@example.com", now=NOW)
        care.write_note(run, "ben", f"{p.NAME} is his aunt, 2024-0815", who="ines@example.com", now=NOW)
        task = care.make_task(
            run, "cleo", "See order 2024-0815", whose="ole@example.com", due_on=None, who="i", now=NOW
        )
    brought = project.directory / ".brought" / "0123456789abcdef" / "files"
    brought.mkdir(parents=True)
    (brought / "theirs.csv").write_text(f"customer_id,email\n1,{p.EMAIL}\n")
    (brought / "others.csv").write_text("customer_id,email\n1,ben@example.org\n")
    (brought / "book.xlsx").write_bytes(b"PK\3\4\0\0")
    looked = Erasing(project).look(p.ID)
    told = Erasing(project).erase(p.ID, now=NOW)
    assert (looked.texts, told.texts, looked.standing, looked.brought) == (1, 1, told.standing, told.brought)
    assert [place.told("de") for place in told.standing] == [f"Notiz {note}", f"Aufgabe {task}"]
    assert [path.name for path in told.brought] == ["book.xlsx", "theirs.csv"]
    with closing(project.people()) as database:
        said = [act.about for act in acts(database) if act.what == "board_created"]
    assert said[0] == "4 Orders of ben"
    assert said[1].startswith("erased-")


@pytest.mark.long
def test_a_killed_erasure_takes_what_was_written_all_the_same(project: Project) -> None:
    written(project)
    erasing = Erasing(project)
    erasing.erase(p.ID, now=NOW)
    written(project)  # as a backup of before brings it back
    ledger = Ledger.read(project.lake_directory)
    assert ledger is not None
    replace(ledger, people=tuple(replace(each, state=State.RESTORED) for each in ledger.people)).write(
        erasing.lake.root
    )
    finished = Erasing(project).finish()
    assert finished is not None
    assert finished.care == 5
    assert p.traces(project.directory) == []


def test_who_asks_is_given_what_was_written(project: Project) -> None:
    written(project)
    place, _ = export_person(project, p.ID, now=NOW, language=Language("de"))
    everything = json.loads((place / "everything.json").read_text())["care"]
    assert {name: len(rows) for name, rows in everything.items()} == {"notes": 2, "tasks": 1, "owner": 1, "surveys": 2}
    assert everything["tasks"][0]["due_on"] == "2024-07-09"
    assert [row["answer"] for row in everything["surveys"]] == [9, f"{p.NAME} sagt es"]
    assert "notes.csv, tasks.csv, owner.csv und surveys.csv" in (place / "index.html").read_text()
    with closing(project.people()) as database:
        told = [act.about for act in acts(database) if act.who in ("ines@example.com", "i")]
    assert len(told) == 11
    assert not any(trace in " ".join(told).casefold() for trace in p.TRACES), "acts name no customer"


@pytest.mark.long
def test_what_was_written_follows_a_merge_and_its_end(tmp_path: Path) -> None:
    project = p.shop(tmp_path / "shop")
    orders = [
        {"order_id": who, "customer_id": who, "ordered_at": p.JANUARY, "amount_minor": 100}
        for who in ("before", "anna")
    ]
    p.put(project, "orders", orders)
    with closing(project.people()) as database, database.transaction() as run:
        care.write_note(run, "before", "As a guest", who="ines", now=NOW)
        care.set_owner(run, ["before"], "ines@example.com", who="ines", now=NOW)
    Identifying(project).merge("before", "anna", now=NOW)
    book = Book(Booking(project).make())
    line = book.line("before")
    assert line is not None
    assert (line.customer_id, line.orders) == ("anna", 2)
    numbers = ("anna", *book.formers("anna"))
    with closing(project.people()) as database, database.transaction() as run:
        assert [note.told for note in care.notes_of(run, numbers)] == ["As a guest"]
        assert care.owner_of(run, numbers) == "ines@example.com"
        care.set_owner(run, numbers, "ole@example.com", who="ines", now=NOW)
        assert care.owner_of(run, ["before"]) is None
        assert care.owned_by(run, "ole@example.com") == ["anna"]
