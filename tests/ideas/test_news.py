"""Whoever asked for it is told once by mail when an idea is planned, done or not planned; nobody else is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from stamm.app.kinds import kinds
from stamm.app.project import Project
from stamm.app.sending import digests_of
from stamm.delivery.customer_mail import newest_mails, stop_token, unsubscribe
from stamm.delivery.letter import Letter
from stamm.delivery.suppression import mark_of, suppress
from stamm.ideas import keeping, leaving, posting
from stamm.ideas.deciding import answer_idea, merge_idea, steps_of
from stamm.ideas.links import Participant, participants_where
from stamm.ideas.news import NEWS_LETTER, last_wanted, news_where, plan_news, wanted_by
from stamm.ideas.news_letters import IdeaNewsLetter
from stamm.ideas.posting import MissingError
from stamm.jobs import Done, Job, Retry, Worker
from stamm.lang.organisation import Organisation
from stamm.people import Database
from stamm.store.erasing.words import Digests
from tests.delivery.server import Taken, running
from tests.ideas.board import NOON, SECRET, Board, opened
from tests.jobs.conftest import Clock
from tests.leaving import planted as p


@dataclass
class Shop:
    """A shop with a board, a mail server that takes all, and what was told to whom."""

    project: Project
    database: Database
    taken: Taken
    board: Board

    def say(self, idea: int, state: str, answer: str = "", *, at: datetime = NOON) -> None:
        with self.database.transaction() as run:
            seen = len(steps_of(run, idea))
            answer_idea(run, idea, state, answer, seen=seen, who="i", now=at)

    def told(self, at: datetime = NOON) -> list[tuple[str, str]]:
        """To whom which mail went by then, since it was last asked."""
        worker = Worker(self.database, self.letters(), clock=Clock(at), chance=Random(1))
        while worker.round():
            continue
        return self.taken_out()

    def letters(self) -> list[object]:
        names = (NEWS_LETTER, "customer_mail")
        return [kind for kind in kinds(self.project.directory) if kind.name in names]

    def taken_out(self) -> list[tuple[str, str]]:
        told = sorted((to.partition("@")[0], str(message["Subject"])) for to, message in self.taken.letters)
        self.taken.letters.clear()
        return told

    def confirmed(self, address: str, idea: int, *, tell: bool = True) -> str:
        """The link of an address that voted, and said that it is its own."""
        self.board.vote(self.board.public, idea, mail=address, tell=tell)
        token = self.board.mailed(address)
        self.board.confirm(token)
        return token


def whose(database: Database, customer: str) -> list[Participant]:
    with database.transaction() as run:
        return participants_where(run, "customer_id = ?", (customer,))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin", name="Tee & Co"))
    p.put(project, "customers", [
        {"customer_id": who, "valid_from": NOON - timedelta(days=9), "email": f"{who}@example.com", "language": code}
        for who, code in (("anna", "de"), ("ben", "en"), ("cleo", "en"))
    ])  # fmt: skip
    file = project.directory / "stamm.toml"
    with running() as (taken, server), closing(project.people()) as database:
        text = file.read_text("utf-8").replace(
            '[mail]\nserver = ""', f'[mail]\nserver = "127.0.0.1"\nport = {server.port}\nsecurity = "none"'
        )
        text = text.replace('sender = ""', 'sender = "shop@example.com"')
        file.write_text(text.replace('address = ""', 'address = "https://shop.example.com"'), "utf-8")
        yield Shop(project, database, taken, opened(database, waits=False))


def test_those_who_asked_are_told_of_each_step_once_and_of_no_words(shop: Shop) -> None:
    """anna suggests it and asks; ben votes and asks; cleo votes alone; dora's address is nobody's we know."""
    board = shop.board
    idea = board.suggest(board.member("anna"), "Tea in <tins>", tell=True).id
    board.vote(board.member("ben"), idea, tell=True)
    board.vote(board.member("cleo"), idea)
    shop.confirmed("dora@example.org", idea)
    shop.say(idea, "under_review")
    assert shop.told() == [], "that is no news"
    shop.say(idea, "planned", "From May on.")
    assert shop.told() == [
        ("anna", "Geplant: Tea in <tins>"),
        ("ben", "Planned: Tea in <tins>"),
        ("dora", "Planned: Tea in <tins>"),
    ]
    shop.say(idea, "planned", "From June on.")
    shop.say(idea, "under_review")
    shop.say(idea, "planned", "From July on.")
    assert shop.told(NOON + timedelta(hours=1)) == [], "they know that it is planned"
    shop.say(idea, "declined")
    assert [who for who, _ in shop.told(NOON + timedelta(hours=2))] == ["anna", "ben", "dora"]
    shop.say(idea, "planned")
    shop.say(idea, "done")
    later = NOON + timedelta(hours=3)
    assert [each for each in shop.told(later) if each[0] == "ben"] == [("ben", "Done: Tea in <tins>")], (
        "what does not hold any more when the mail goes out is not told"
    )


def test_the_mail_says_the_title_and_the_answer_in_one_line_and_nothing_else_of_anybody(shop: Shop) -> None:
    board = shop.board
    idea = board.suggest(board.member("anna"), "Tea in tins", words="Secret wish", name="Anni", tell=True).id
    token = shop.confirmed("dora@example.org", idea)
    board.comment(board.member("cleo"), idea, "Loud comment")
    shop.say(idea, "planned", "From\r\nBcc: x@example.com <b>May</b>")
    worker = Worker(shop.database, shop.letters(), clock=Clock(NOON), chance=Random(1))
    while worker.round():
        continue
    for to, message in shop.taken.letters:
        plain, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
        assert "From Bcc: x@example.com <b>May</b>" in plain
        assert "<b>May" not in page
        assert "Bcc" not in message
        assert not {word for word in ("Secret", "Anni", "Loud") if word in plain + page}
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        stop = str(message["List-Unsubscribe"])
        assert ("/mail/stop/" in stop) == (to == "anna@example.com")
        assert ("/suggest/" in stop and stop.endswith("/news>")) == (to == "dora@example.org")
    assert len(shop.taken.letters) == 2
    assert token


def test_whoever_typed_an_address_is_told_nothing_and_nor_is_the_address_before_it_says_so(shop: Shop) -> None:
    board = shop.board
    idea, other = board.shown_idea("anna"), board.shown_idea("anna", "Open on Mondays")
    with pytest.raises(MissingError) as missing:
        board.suggest(board.public, tell=True)
    assert missing.value.fields == ("mail",), "who is to be told has to say where"
    board.vote(board.public, idea, mail="dora@example.org", tell=True)
    shop.say(idea, "planned")
    assert shop.told() == []
    token = board.mailed("dora@example.org")
    board.confirm(token)
    # the address is confirmed by now; what somebody asks in its name by everybody's link is not
    board.vote(board.public, other, mail="dora@example.org", tell=True)
    shop.say(other, "planned")
    shop.say(idea, "done")
    assert shop.told() == [("dora", "Done: Tea in tins")]
    board.vote(token, board.shown_idea("anna", "Post it"))
    shop.say(other, "declined")
    assert shop.told() == [], "a vote of theirs for something else says nothing of it"
    board.confirm(token)
    shop.say(other, "done")
    assert shop.told(NOON + timedelta(minutes=1)) == [("dora", "Done: Open on Mondays")]


def test_a_stranger_s_tick_is_no_later_word_than_an_end(shop: Shop) -> None:
    """cleo ends it on day 1; somebody ticks it in her name on day 2; what she does otherwise on day 3 is no tick, and
    she says that it is hers on day 4."""
    board, day = shop.board, timedelta(days=1)
    idea, other = board.shown_idea("anna"), board.shown_idea("anna", "Open on Mondays")
    token = shop.confirmed("cleo@example.com", idea)
    with shop.database.transaction() as run:
        run("UPDATE idea_participant SET customer_id = 'cleo' WHERE address = 'cleo@example.com'", ())
        posting.tell_me_no_more(run, token, None, secret=SECRET)
    board.vote(board.public, other, mail="cleo@example.com", tell=True, at=NOON + 2 * day)
    board.vote(token, board.shown_idea("anna", "Post it"), at=NOON + 3 * day)
    (cleo,) = whose(shop.database, "cleo")
    with shop.database.transaction() as run:
        assert (wanted_by(run, cleo), last_wanted(run, ["cleo"])) == (set(), None)
    board.confirm(token, at=NOON + 4 * day)
    with shop.database.transaction() as run:
        assert (wanted_by(run, cleo), last_wanted(run, ["cleo"])) == ({other}, NOON + 4 * day)
    board.confirm(token, at=NOON + 5 * day)
    with shop.database.transaction() as run:
        assert last_wanted(run, ["cleo"]) == NOON + 4 * day, "a second press is no tick"


def test_of_a_merged_idea_they_are_told_of_the_other_ones_steps_each_person_once(shop: Shop) -> None:
    board = shop.board
    idea, other = board.shown_idea("anna"), board.shown_idea("anna", "Tins for tea")
    board.vote(board.member("ben"), idea, tell=True)
    board.vote(board.member("ben"), other, tell=True)
    board.vote(board.member("cleo"), other, tell=True)
    with shop.database.transaction() as run:
        merge_idea(run, other, idea, seen=0, who="i", now=NOON)
    shop.say(other, "done")
    with shop.database.transaction() as run:
        assert news_where(run, "1 = 1", ()) == [], "a merged idea has no state of its own"
    shop.say(idea, "planned")
    assert [who for who, _ in shop.told()] == ["ben", "cleo"]
    token = board.member("cleo")
    with shop.database.transaction() as run:
        posting.tell_me_no_more(run, token, idea, secret=SECRET)
    shop.say(idea, "done")
    assert [who for who, _ in shop.told(NOON + timedelta(minutes=1))] == ["ben"]


def test_nobody_is_told_who_is_suppressed_ended_it_or_of_what_is_gone(shop: Shop) -> None:
    """Of six who ask, ben is suppressed, cleo and dora ended it, emil's address is erased; anna and finn are told."""
    board = shop.board
    idea = board.suggest(board.member("anna"), tell=True).id
    for customer in ("ben", "cleo"):
        board.vote(board.member(customer), idea, tell=True)
    tokens = {who: shop.confirmed(f"{who}@example.org", idea) for who in ("dora", "emil", "finn")}
    shop.say(idea, "planned")
    digests = digests_of(shop.project)
    with shop.database.transaction() as run:
        posting.tell_me_no_more(run, tokens["dora"], None, secret=SECRET)
        suppress(run, mark_of(digests, "ben@example.com"), "complained", who="i", now=NOON)
        cleo = next(mail for mail in newest_mails(run) if mail.customer == "cleo")
        unsubscribe(run, stop_token(digests, cleo), digests, now=NOON)
        leaving.forget(run, lambda _: False, lambda text: text == "emil@example.org")
        held = [(row["what"], row["idea"]) for row in leaving.held_of(run, ["cleo"], lambda _: False)]
        ((kept,),) = run("SELECT count(*) FROM idea_news_mail", ())
    assert ("wants to be told", idea) in held
    assert kept == 5, "of the six who were to be told nothing is kept of emil"
    assert [who for who, _ in shop.told()] == ["anna", "finn"]
    other = board.shown_idea("anna", "Open on Mondays")
    board.vote(board.member("cleo"), other, tell=True, at=NOON + timedelta(minutes=2))
    (cleo,) = whose(shop.database, "cleo")
    with shop.database.transaction() as run:
        assert wanted_by(run, cleo) == {other}, "a later tick is for its idea alone"
    # whoever ticks it again wants it again
    board.comment(board.member("cleo"), idea, tell=True, at=NOON + timedelta(minutes=5))
    shop.say(idea, "done")
    later = NOON + timedelta(minutes=6)
    assert [who for who, _ in shop.told(later)] == ["anna", "cleo", "finn"]
    with shop.database.transaction() as run:
        suppress(run, mark_of(digests, "finn@example.org"), "complained", who="i", now=NOON)
    shop.say(idea, "declined")
    assert [who for who, _ in shop.told(later)] == ["anna", "cleo"]
    shop.say(idea, "done")
    board.review(idea, show=False)
    assert shop.told(later) == [], "it was taken off the board"
    board.review(idea, show=True)
    with shop.database.transaction() as run:
        keeping.close_idea_board(run, board.number, who="i", now=NOON)
    shop.say(idea, "planned")
    assert shop.told(later) == [], "the board is closed"


def test_nobody_is_written_to_at_night_nor_more_than_five_times_a_day(shop: Shop) -> None:
    board = shop.board
    first = board.shown_idea("anna")
    token = shop.confirmed("dora@example.org", first)
    night = NOON.replace(hour=22)
    shop.say(first, "planned", at=night)
    assert shop.told(night) == []
    morning = NOON.replace(day=2, hour=7)
    assert shop.told(morning) == [("dora", "Planned: Tea in tins")]
    for number in range(6):
        idea = board.shown_idea("anna", f"Wish {number}")
        board.vote(token, idea, tell=True)
        shop.say(idea, "planned", at=morning)
    assert len(shop.told(morning)) == 4, "with that of the morning five"
    assert len(shop.told(morning + timedelta(days=1))) == 2


def test_two_workers_and_a_job_that_is_done_again_tell_once(shop: Shop) -> None:
    board = shop.board
    idea = board.shown_idea("anna")
    board.vote(board.member("ben"), idea, tell=True)
    for number in range(4):
        shop.confirmed(f"d{number}@example.org", idea)
    shop.say(idea, "planned")

    def work(chance: int) -> None:
        with closing(shop.project.people()):
            worker = Worker(shop.project.people(), shop.letters(), clock=Clock(NOON), chance=Random(chance))
            while worker.round():
                continue

    workers = [Thread(target=work, args=(chance,)) for chance in (1, 2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert [who for who, _ in shop.taken_out()] == ["ben", "d0", "d1", "d2", "d3"]
    with shop.database.transaction() as run:
        ((sent,),) = run("SELECT count(*) FROM idea_news_mail WHERE outcome = 'sent'", ())
        step = len(steps_of(run, idea))
        assert plan_news(run, idea, {idea}, step, "planned", board=board.number, now=NOON) == 0
    assert sent == 5
    # a server that falls silent may have it: such a mail may leave twice, and not more often
    shop.taken.silent = {"d0@example.org"}
    shop.say(idea, "done")
    for hour in range(9):
        worker = Worker(shop.database, shop.letters(), clock=Clock(NOON + timedelta(hours=hour)), chance=Random(1))
        while worker.round():
            continue
    assert [who for who, _ in shop.taken_out()].count("d0") == 2


def test_both_databases_plan_hand_over_and_take_back_the_same(database: Database) -> None:
    board = opened(database, waits=False)
    idea = board.suggest(board.member("anna"), tell=True).id
    board.vote(board.public, idea, mail="dora@example.org", tell=True)
    board.confirm(board.mailed("dora@example.org"))
    with database.transaction() as run:
        answer_idea(run, idea, "planned", "", seen=0, who="i", now=NOON)
        planned = news_where(run, "1 = 1", ())
        assert last_wanted(run, ["anna", "ben"]) == NOON
        assert last_wanted(run, ["ben"]) is None
    assert [(each.state, each.revision, each.outcome) for each in planned] == [("planned", 1, "waiting")] * 2
    digests, dora = Digests(b"k" * 32), planned[1].id
    letter = IdeaNewsLetter(
        lambda: database,
        lambda: None,
        lambda: digests,
        lambda: "Europe/Berlin",
        lambda _: "",
        lambda *_: Letter("en", ""),
    )
    job = Job(1, "key", NEWS_LETTER, {"news": dora}, NOON)
    assert letter.outside(job, NOON) == Retry("stamm.toml names no mail server")
    assert letter._last_look(dora, digests, NOON) is None
    with database.transaction() as run:
        (handed,) = news_where(run, "id = ?", (dora,))
        letter._release(run, dora, 0)
        (back,) = news_where(run, "id = ?", (dora,))
        letter.inside(run, job, Done(), NOON)
        (sent,) = news_where(run, "id = ?", (dora,))
    assert (handed.handed, handed.counted_at) == (1, NOON)
    assert (back.handed, back.counted_at, sent.outcome) == (0, None, "sent")
