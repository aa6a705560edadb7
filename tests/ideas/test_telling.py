"""What customers post becomes facts, and is taken back where it does not count any more."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stamm.app import idea_posts
from stamm.app.framework import secret_of
from stamm.app.idea_posts import IdeaPostsTold, letter_with_link, look_up, tell
from stamm.app.project import Project
from stamm.ideas.keeping import idea_board_of
from stamm.ideas.links import come_by, participants_where
from stamm.ideas.posting import TELLING
from stamm.jobs import Done, Job
from stamm.lang.errors import BusyError
from stamm.lang.organisation import Organisation
from tests.ideas.board import NOON, SECRET, opened
from tests.leaving import planted as p


def events(project: Project) -> list[tuple[Any, ...]]:
    world = project.world()
    try:
        rows = world.engine.run(world.engine.table("events")).to_pylist()
    finally:
        world.engine.close()
    return sorted((row["customer_id"], row["name"], row["kind"], row["happened_at"]) for row in rows)


def test_posts_of_customers_are_events_and_what_does_not_count_is_none(tmp_path: Path) -> None:
    """anna suggests (and so votes), ben votes and comments; dora's comment waits, and a stranger is nobody."""
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin"))
    later = NOON + timedelta(hours=1)
    with closing(project.people()) as database:
        board = opened(database)
        idea = board.shown_idea("anna")
        board.vote(board.member("ben"), idea, at=later)
        comment = board.comment(board.member("ben"), idea, "Quick", at=later)
        board.review(comment.id, at=later)
        board.comment(board.member("dora"), idea)
        board.suggest(board.public, mail="cleo@example.com")
        assert tell(project, database) == 7
        anna = [("anna", "Idea suggested", "track", NOON), ("anna", "Idea voted for", "track", NOON)]
        ben = [("ben", "Idea commented on", "track", later), ("ben", "Idea voted for", "track", later)]
        assert events(project) == [*anna, *ben]
        assert tell(project, database) == 0
        board.take_back(board.member("ben"), idea, at=later + timedelta(hours=2))
        board.review(comment.id, show=False, at=later + timedelta(hours=2))
        assert (tell(project, database), events(project)) == (2, anna)
        board.vote(board.member("ben"), idea, at=later + timedelta(days=40))
        assert (tell(project, database), events(project)) == (1, [*anna, ben[1]]), "the same event counts again"
        with database.transaction() as run:
            (told,) = run("SELECT count(*) FROM idea_post WHERE told < revision", ())
        assert told == (0,)


@pytest.mark.parametrize("at", ["put_said", "mark_told"])
def test_what_was_told_by_who_was_cut_off_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Cut off before the lake's commit, or after it: ben's vote is an event then, until he takes it back."""
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin"))

    def cut_off(*_: object) -> None:
        with pytest.raises(BusyError), project.lake().writing(wait_seconds=0):
            raise AssertionError("somebody else told meanwhile")
        raise KeyboardInterrupt

    with closing(project.people()) as database:
        board = opened(database)
        idea = board.shown_idea("anna")
        tell(project, database)
        board.vote(board.member("ben"), idea)
        with monkeypatch.context() as patched:
            patched.setattr(idea_posts, at, cut_off)
            with pytest.raises(KeyboardInterrupt):
                tell(project, database)
        assert [row[0] for row in events(project)].count("ben") == (at == "mark_told")
        board.take_back(board.member("ben"), idea, at=NOON + timedelta(hours=1))
        assert (tell(project, database), tell(project, database)) == (1, 0)
        assert [row[0] for row in events(project)] == ["anna", "anna"]


def test_what_is_taken_back_while_the_lake_is_held_is_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first worker waits for the lake; ben takes his vote back, and a second one tells that before the first."""
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin"))
    with closing(project.people()) as database:
        board = opened(database)
        idea = board.shown_idea("anna")
        board.vote(board.member("ben"), idea)
        lake, told = Project.lake, []

        def waited_for(self: Project) -> Any:
            monkeypatch.setattr(Project, "lake", lake)
            board.take_back(board.member("ben"), idea, at=NOON + timedelta(hours=1))
            told.append(tell(project, database))
            return lake(self)

        monkeypatch.setattr(Project, "lake", waited_for)
        assert (tell(project, database), told, tell(project, database)) == (0, [3], 0)
        assert [row[0] for row in events(project)] == ["anna", "anna"]


def test_a_confirmed_address_is_the_customer_who_alone_has_it(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin"))
    rows = [("cleo", "Cleo@Example.com"), ("dora", "both@example.com"), ("emil", "both@example.com")]
    p.put(project, "customers", [
        {"customer_id": who, "valid_from": NOON, "email": address} for who, address in rows
    ])  # fmt: skip
    with closing(project.people()) as database:
        board = opened(database)
        idea = board.shown_idea("anna")
        for address in ("cleo@example.com", "both@example.com", "nobody@example.com"):
            board.vote(board.public, idea, mail=address)
        look_up(project, database, NOON)
        assert board.ideas()[idea].customers == {"anna"}, "nobody is looked up before the address is confirmed"
        for address in ("cleo@example.com", "both@example.com", "nobody@example.com"):
            board.confirm(board.mailed(address))
        job = Job(1, "key", TELLING, {}, NOON)
        assert isinstance(IdeaPostsTold(project.directory).outside(job, NOON), Done)
        assert (board.ideas()[idea].customers, board.votes(idea)) == ({"anna", "cleo"}, 4)
        assert [row[0] for row in events(project) if row[1] == "Idea voted for"] == ["anna", "cleo"]
        board.vote(board.member("cleo"), idea)
        assert board.votes(idea) == 4, "by a link of her own she is the same"


def test_the_mail_holds_a_link_and_no_word_of_a_visitor(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin", name="Tee & Co"))
    with closing(project.people()) as database:
        board = opened(database)
        board.suggest(board.public, "Buy at http://spam.example", mail="cleo@example.com", name="Spam", language="de")
        with database.transaction() as run:
            (whose,) = participants_where(run, "address IS NOT NULL", ())
            found = idea_board_of(run, board.number)
        letter = letter_with_link(project, whose, found)
        told = letter.html() + letter.text() + letter.subject
        assert "Spam" not in told
        assert "spam.example" not in told
        assert letter.subject == "Ihr Link zu „Wünsche“"
        assert letter.button is not None
        token = letter.button[1].split("/suggest/")[1].split("/")[0]
        with database.transaction() as run:
            come = come_by(run, token, secret_of(project))
            assert come is not None
            assert come.participant == whose
            assert come_by(run, token, SECRET) is None
