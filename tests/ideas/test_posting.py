"""Posts are taken by one way in: votes count once a person, and nothing of a stranger appears unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stamm.ideas import keeping, moderating, posting
from stamm.ideas.deciding import DONE, answer_idea, merge_idea, split_idea, steps_of
from stamm.ideas.links import come_by, participants_where
from stamm.ideas.news import wanted_by
from stamm.ideas.plan import BoardPlan
from stamm.ideas.posting import GATES, MissingError, NotTakenError, Sent, fresh_chance
from stamm.ideas.posts import REMOVED, UNCONFIRMED, WAITING
from stamm.ideas.reading import NEWEST, shown
from stamm.intake.spam import FLOOD, TRAP
from stamm.lang.errors import UsageError
from stamm.people import Database
from stamm.people.database import Run
from tests.ideas.board import HOME, NOON, OFFICE, SECRET, opened


def letters(database: Database) -> int:
    """How many links are to be mailed."""
    with database.transaction() as run:
        ((many,),) = run("SELECT count(*) FROM job WHERE kind = ?", (posting.LINK_LETTER,))
        return int(many)


# -- votes ---------------------------------------------------------------------------------------------------
def test_a_customer_votes_once_by_however_many_links_and_takes_it_back(database: Database) -> None:
    board = opened(database)
    idea = board.shown_idea("anna")
    assert board.votes(idea) == 1, "whoever suggests something wants it"
    ben = board.member("ben")
    first = board.vote(ben, idea)
    assert board.vote(ben, idea).id == first.id
    assert board.votes(idea) == 2
    board.vote(board.public, idea, mail="ben@example.com")
    board.confirm(board.mailed("ben@example.com"))
    assert board.votes(idea) == 3
    with database.transaction() as run:  # the address turns out to be ben's
        run("UPDATE idea_participant SET customer_id = 'ben' WHERE address = 'ben@example.com'", ())
    assert board.votes(idea) == 2
    board.take_back(ben, idea)
    assert board.votes(idea) == 1, "by any of the links, all votes of one customer go"
    board.vote(ben, idea)
    assert board.votes(idea) == 2


def test_a_vote_from_an_address_counts_once_that_is_confirmed_and_each_time_anew(database: Database) -> None:
    board = opened(database)
    idea, other = board.shown_idea(), board.shown_idea(title="Open on Mondays")
    assert board.vote(board.public, idea, mail=" Cleo@Example.com ").held == UNCONFIRMED
    assert (board.votes(idea), letters(database)) == (1, 1)
    board.vote(board.public, idea, mail="cleo@example.com")
    assert (board.votes(idea), letters(database)) == (1, 1), "one mail a day"
    own = board.mailed("cleo@example.com")
    board.confirm(own)
    board.confirm(own)
    assert board.votes(idea) == 2
    board.take_back(own, idea)
    assert board.votes(idea) == 1
    # whoever knows the address votes for nobody: that has to be confirmed, too
    board.vote(board.public, other, mail="cleo@example.com")
    board.vote(board.public, idea, mail="cleo@example.com")
    assert (board.votes(idea), board.votes(other)) == (1, 1)
    board.vote(own, other)
    assert (board.votes(idea), board.votes(other)) == (1, 2), "a vote by the link says nothing of what waits"
    board.confirm(own)
    assert board.votes(idea) == 2, "a press on the page that lists it does"


def test_a_press_confirms_what_the_page_had_and_nothing_that_came_since(database: Database) -> None:
    board = opened(database)
    seen, since = board.shown_idea(), board.shown_idea(title="Open on Mondays")
    board.vote(board.public, seen, mail="cleo@example.com", tell=True)
    own = board.mailed("cleo@example.com")
    with database.transaction() as run:
        (cleo,) = participants_where(run, "address = 'cleo@example.com'", ())
        listed = posting.to_confirm(run, cleo)
        assert listed == ([seen], [seen])
    board.vote(board.public, since, mail="cleo@example.com", tell=True)
    with database.transaction() as run:
        posting.confirm(run, own, *listed, secret=SECRET, now=NOON)
        assert wanted_by(run, cleo) == {seen}
        assert posting.to_confirm(run, cleo) == ([since], [since])
    assert (board.votes(seen), board.votes(since)) == (2, 1)


def test_a_stranger_who_knows_an_address_writes_nothing_as_whom_it_belongs_to(database: Database) -> None:
    board = opened(database, waits=False)
    idea = board.shown_idea("anna")
    board.vote(board.public, idea, mail="cleo@example.com")
    board.confirm(board.mailed("cleo@example.com"))
    with database.transaction() as run:  # the address turns out to be cleo's
        run("UPDATE idea_participant SET customer_id = 'cleo' WHERE address = 'cleo@example.com'", ())
    forged = board.suggest(board.public, "I hate you", mail="cleo@example.com", name="Cleo")
    said = board.comment(board.public, idea, "Rude", mail="cleo@example.com", tell=True)
    for post in (forged, said):
        assert (post.participant, post.customer, post.confirmed, post.held) == (None, None, False, WAITING)
    board.review(forged.id, said.id)
    assert (board.votes(forged.id), board.ideas()[forged.id].customers) == (0, frozenset())
    assert board.comment(board.public, idea, mail="no address", tell=True).held == WAITING, "its form has no such field"
    board.confirm(board.mailed("cleo@example.com"))
    assert board.ideas()[forged.id].customers == {"cleo"}, "the vote for it is hers once she says so"


def test_links_are_mailed_to_few_and_what_nobody_confirms_is_forgotten(database: Database) -> None:
    board = opened(database)
    idea = board.shown_idea()
    for number in range(30):
        board.vote(board.public, idea, mail=f"a{number}@example.com")
    with pytest.raises(NotTakenError) as refused:
        board.vote(board.public, idea, mail="a30@example.com")
    assert (refused.value.gate, letters(database)) == ("many", 30)
    board.vote(board.public, idea, mail="a30@example.com", address=OFFICE)
    assert letters(database) == 31
    for days in (1, 2, 3, 4):
        board.vote(board.public, idea, mail="a30@example.com", address=OFFICE, at=NOON + timedelta(days=days))
    assert letters(database) == 33, "three mails to an address that confirms none"
    board.vote(board.public, idea, mail="late@example.com", at=NOON + timedelta(days=8))
    with database.transaction() as run:
        left = [address for (address,) in run("SELECT address FROM idea_participant WHERE address <> ''", ())]
    assert sorted(left) == ["a30@example.com", "late@example.com"]


# -- what is held --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("waits", "member", "held"), [
    (True, True, WAITING), (False, True, ""), (True, False, WAITING), (False, False, WAITING),
])  # fmt: skip
def test_what_strangers_write_waits_and_what_members_write_as_the_board_says(
    database: Database, waits: bool, member: bool, held: str
) -> None:
    board = opened(database, waits=waits)
    token = board.member("anna") if member else board.public
    post = board.suggest(token, words="<b>Good</b>\u202e tea", name="=1+1")
    assert (post.held, post.words, post.name) == (held, "<b>Good</b> tea", "=1+1")
    idea = board.shown_idea("ben")
    assert board.comment(token, idea).held == held
    assert len(shown(board.ideas())) == (1 if held else 2)


def test_a_confirmed_address_of_nobody_known_still_waits(database: Database) -> None:
    board = opened(database, waits=False)
    board.suggest(board.public, mail="cleo@example.com")
    own = board.mailed("cleo@example.com")
    board.confirm(own)
    assert board.suggest(own, "Another").held == WAITING


def test_a_thousand_within_a_minute_from_one_address_are_held_and_none_counts(database: Database) -> None:
    board = opened(database, waits=False)
    anna, ben = board.member("anna"), board.member("ben")
    idea = board.shown_idea("anna", at=NOON - timedelta(hours=1))
    elsewhere = board.comment(ben, idea, address=OFFICE)
    with database.transaction() as run:  # one for all of them, so that the test is quick
        for number in range(1_000):
            sent = Sent(fresh_chance(), HOME, words="Buy")
            posting.comment(run, anna, idea, sent, secret=SECRET, now=NOON + timedelta(milliseconds=59 * number))
    board.vote(ben, idea, at=NOON + timedelta(seconds=59))
    assert (len(board.ideas()[idea].comments), board.votes(idea)) == (1, 1)
    held = [post for post in board.posts() if post.held == FLOOD]
    assert len(held) == 1_001
    assert board.review(*(post.id for post in held), show=False) == 1_001
    assert [post.id for post in board.ideas()[idea].comments] == [elsewhere.id]


def test_a_form_sent_again_is_one_post_and_the_trap_holds(database: Database) -> None:
    board = opened(database, waits=False)
    anna = board.member("anna")
    chance = fresh_chance()
    first = board.suggest(anna, chance=chance)
    assert board.suggest(anna, chance=chance).id == first.id
    assert len(board.ideas()) == board.votes(first.id) == 1
    # two forms of one page, or one that was written anew, are two posts
    other = board.suggest(anna, "Tea in jars", chance=chance)
    assert (other.title, len(board.ideas())) == ("Tea in jars", 2)
    ben = board.member("ben")
    for idea in (first.id, other.id):
        assert board.vote(ben, idea, chance=chance).idea == idea
        assert board.comment(ben, idea, chance=chance).id == board.comment(ben, idea, chance=chance).id
        assert (board.votes(idea), len(board.ideas()[idea].comments)) == (2, 1)
    board.comment(ben, first.id, "And in green", chance=chance)
    assert len(board.ideas()[first.id].comments) == 2
    for mail in ("cleo@example.com", "dora@example.com"):
        board.vote(board.public, first.id, mail=mail, chance=chance)
    for mail in ("cleo@example.com", "dora@example.com"):
        board.confirm(board.mailed(mail))
    assert board.votes(first.id) == 4
    assert board.suggest(anna, trap="http://spam").held == TRAP
    with pytest.raises(NotTakenError):
        board.suggest(anna, chance="' OR 1=1 --")


def test_what_says_nothing_or_too_much_is_not_kept(database: Database) -> None:
    board = opened(database)
    for given, fields in (
        ({"title": " \u200b "}, ("title",)),
        ({"title": "x" * 121, "words": "x" * 3_001}, ("title", "words")),
        ({"title": "Tea", "mail": "a@b.de, c@d.de"}, ("mail",)),
        ({"title": "Tea", "mail": "a@b.de\nBcc: c@d.de"}, ("mail",)),
    ):
        with pytest.raises(MissingError) as refused:
            board.suggest(board.public, **given)
        assert refused.value.fields == fields
    assert (board.posts(), letters(database)) == ([], 0)


def test_what_was_thrown_away_comes_back_and_is_not_seen_meanwhile(database: Database) -> None:
    board = opened(database)
    idea = board.shown_idea()
    assert board.review(idea, show=False) == 1
    assert board.ideas()[idea].post.held == REMOVED
    with pytest.raises(NotTakenError):
        board.vote(board.member("ben"), idea)
    assert (board.review(idea), board.review(idea)) == (1, 0)
    assert [each.id for each in shown(board.ideas())] == [idea]


def test_a_look_at_what_waits_takes_nothing_off_the_board(database: Database) -> None:
    board = opened(database)
    idea = board.shown_idea()
    waits = board.suggest(board.public, "Spam").id
    with database.transaction() as run:
        about = {"who": "i", "now": NOON, "only_waiting": True}
        assert moderating.review(run, board.number, {idea, waits}, show=False, **about) == 1
        assert moderating.review(run, board.number, {idea, waits}, show=True, **about) == 0
    assert [(board.ideas()[each].post.held) for each in (idea, waits)] == ["", REMOVED]


# -- gates and links -----------------------------------------------------------------------------------------
WAYS = {
    "suggest": lambda board, token, _: board.suggest(token, mail="a@example.com"),
    "comment": lambda board, token, idea: board.comment(token, idea),
    "vote": lambda board, token, idea: board.vote(token, idea, mail="a@example.com"),
    "take_back": lambda board, token, idea: board.take_back(token, idea),
    "confirm": lambda board, token, _: board.confirm(token),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("gate", GATES)
def test_each_gate_holds_on_each_way_in(
    database: Database, gate: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = opened(database)
    idea, member = board.shown_idea(), board.member("ben")
    before = board.posts()
    monkeypatch.setattr(posting, "GATES", {**GATES, gate: lambda _: True})
    for token in (member, board.public):
        with pytest.raises(NotTakenError) as refused:
            WAYS[way](board, token, idea)
        assert refused.value.gate == gate
    assert board.posts() == before


@pytest.mark.parametrize("way", WAYS)
def test_nobody_comes_in_without_a_link_of_ours(database: Database, way: str) -> None:
    board, other = opened(database, open_to="members"), opened(database)
    idea, member = board.shown_idea(), board.member("ben")
    foreign = other.member("ben")
    for token in (board.public, member[:-1] + ("0" if member[-1] != "0" else "1"), "", "p-", "o1", foreign):
        if token == foreign and way in ("suggest", "confirm"):
            continue
        with pytest.raises(NotTakenError):
            WAYS[way](board, token, idea)
    with database.transaction() as run:
        assert come_by(run, member, "another secret") is None
        assert come_by(run, board.public, SECRET) is None, "a board for members has no link for everybody"


@pytest.mark.parametrize("step", ["hold_board", "_is_theirs"])
def test_whoever_is_erased_while_they_post_is_told_that_their_link_leads_nowhere(
    database: Database, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = opened(database)
    idea, ben = board.shown_idea(), board.member("ben")
    real = getattr(posting, step)

    def erased_meanwhile(run: Run, *about: object) -> None:
        real(run, *about)
        run("DELETE FROM idea_participant WHERE customer_id = 'ben'", ())

    monkeypatch.setattr(posting, step, erased_meanwhile)
    with pytest.raises(NotTakenError) as refused:
        board.vote(ben, idea)
    assert refused.value.gate == "unknown"


def test_a_board_that_is_for_members_now_lets_in_no_address_of_nobody_known(database: Database) -> None:
    board = opened(database)
    idea = board.shown_idea()
    board.vote(board.public, idea, mail="cleo@example.com")
    own, member = board.mailed("cleo@example.com"), board.member("ben")
    with database.transaction() as run:
        plan = BoardPlan({"en": "Wishes"}, open_to="members")
        keeping.change_idea_board(run, board.number, plan, seen=2, who="i", now=NOON)
    with pytest.raises(NotTakenError):
        board.confirm(own)
    board.vote(member, idea)
    assert board.votes(idea) == 2


def test_a_closed_board_can_be_opened_again(database: Database) -> None:
    board = opened(database)
    with database.transaction() as run:
        keeping.close_idea_board(run, board.number, who="i", now=NOON)
    with pytest.raises(NotTakenError):
        board.suggest(board.public)
    with database.transaction() as run:
        keeping.open_idea_board(run, board.number, who="i", now=NOON)
        plan = BoardPlan({"de": "Ideen"})
        keeping.change_idea_board(run, board.number, plan, seen=4, who="i", now=NOON)
        with pytest.raises(keeping.MeanwhileError):
            keeping.change_idea_board(run, board.number, BoardPlan({"de": "Neu"}), seen=4, who="i", now=NOON)
        told = [each.what for each in keeping.versions_of(run, board.number)]
    assert told == ["changed", "opened", "closed", "opened", "made"]
    assert board.suggest(board.public).held == WAITING


# -- the shop's word -----------------------------------------------------------------------------------------
def test_merged_ideas_count_each_voter_once_and_come_apart_again(database: Database) -> None:
    """anna and ben want the first, ben and cleo the second, dora the third: of all three that is 4 people."""
    board = opened(database)
    tins, boxes, jars = (board.shown_idea(who, title) for who, title in
                         (("anna", "Tea in tins"), ("cleo", "Tea in boxes"), ("dora", "Tea in jars")))  # fmt: skip
    board.vote(board.member("ben"), tins)
    board.vote(board.member("ben"), boxes)
    comment = board.comment(board.member("ben"), boxes)
    board.review(comment.id)
    with database.transaction() as run:
        assert merge_idea(run, boxes, tins, seen=0, who="i", now=NOON)
        assert not merge_idea(run, boxes, tins, seen=1, who="i", now=NOON)
        assert merge_idea(run, tins, jars, seen=0, who="i", now=NOON)
        for idea, into in ((jars, boxes), (jars, jars), (jars, 99), (boxes, jars)):
            with pytest.raises(UsageError):
                merge_idea(run, idea, into, seen=0, who="i", now=NOON)
    assert (board.votes(jars), board.ideas()[boxes].root) == (4, jars)
    assert [each.id for each in shown(board.ideas())] == [jars]
    assert [each.id for each in board.ideas()[jars].comments] == [comment.id]
    board.vote(board.member("emil"), boxes)
    board.take_back(board.member("ben"), tins)
    assert board.votes(jars) == 4, "emil came, and ben went with both of his votes"
    with database.transaction() as run:
        assert split_idea(run, tins, seen=1, who="i", now=NOON)
        assert not split_idea(run, tins, seen=2, who="i", now=NOON)
    # anna, cleo for the first with the second; dora and emil, whose vote went to the third
    assert (board.votes(tins), board.votes(jars)) == (2, 2)
    with database.transaction() as run:
        assert [step.what for step in steps_of(run, tins)] == ["merged", "split"]


def test_answers_are_kept_one_after_the_other_and_two_at_once_are_told(database: Database) -> None:
    board = opened(database)
    idea = board.shown_idea()
    with database.transaction() as run:
        assert answer_idea(run, idea, "planned", "In May.", seen=0, who="ines", now=NOON)
        assert not answer_idea(run, idea, "planned", "In May.", seen=0, who="ines", now=NOON)
        with pytest.raises(keeping.MeanwhileError):
            answer_idea(run, idea, DONE, "", seen=0, who="ole", now=NOON)
        assert answer_idea(run, idea, DONE, "There it is.", seen=1, who="ole", now=NOON)
        with pytest.raises(UsageError):
            answer_idea(run, idea, "shipped", "", seen=2, who="ole", now=NOON)
        told = [(step.state, step.answer, step.who) for step in steps_of(run, idea)]
    assert told == [("planned", "In May.", "ines"), (DONE, "There it is.", "ole")]
    assert (board.ideas()[idea].state, board.ideas()[idea].answer) == (DONE, "There it is.")


def test_ideas_are_read_by_votes_or_by_age(database: Database) -> None:
    board = opened(database)
    old = board.shown_idea("anna", "Old", at=NOON)
    new = board.shown_idea("anna", "New", at=NOON + timedelta(hours=1))
    most = board.shown_idea("anna", "Most", at=NOON - timedelta(hours=1))
    board.vote(board.member("ben"), most)
    assert [each.id for each in shown(board.ideas())] == [most, new, old]
    assert [each.id for each in shown(board.ideas(), sort=NEWEST)] == [new, old, most]
