"""Taking posts: one way in for ideas, votes and comments, with every gate on it.

A form carries a piece of chance, so that the same thing sent twice is one post; a vote is one a participant. What comes
from nobody whom we know waits until somebody here has looked at it. Whoever knows an address can send it by the link
that everybody has: so what comes by that link is nobody's, and a vote or a wish to be told is kept as unconfirmed until
somebody who came by the link that was mailed to the address says that it is theirs.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from stamm.delivery.mail_server import checked_address
from stamm.ideas.deciding import counting_as, root_of
from stamm.ideas.keeping import DRAFT, OPEN, hold_board
from stamm.ideas.links import Come, Participant, add_participant, come_by, participants_where
from stamm.ideas.news import confirm_news, unconfirmed_news, want, want_no_more
from stamm.ideas.posts import COMMENT, IDEA, TAKEN_BACK, UNCONFIRMED, VOTE, WAITING, Post, hold, posts_where
from stamm.intake.arriving import Arrivals
from stamm.intake.spam import TRAP
from stamm.intake.words import plain
from stamm.jobs.queue import enqueue
from stamm.lang.errors import UsageError
from stamm.people.database import Run

#: the jobs that make facts of posts, and that mail somebody their own link
TELLING, LINK_LETTER = "idea_posts", "idea_link_letter"
MOST_TITLE, MOST_WORDS, MOST_NAME = 120, 3_000, 60
#: how long an address has to confirm its link; after that it is forgotten
TO_CONFIRM = timedelta(days=7)
#: links that are mailed within an hour to those who ask for them from one place
_MOST_LINKS = 30
#: mails to one address that asks for its link: one a day, and so many until it confirms
_MAIL_EVERY, _MOST_MAILS = timedelta(days=1), 3
_ARRIVALS = Arrivals("idea_arrival", "post_id", "idea_salt", "idea_post")
_LINKS = Arrivals("idea_link_arrival", "participant_id", "idea_salt", "idea_participant")
#: name, title and words of a post
Words = tuple[str, str, str]
_CHANCE = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True)
class Sent:
    """A form as it came. `mail` is the address of somebody who has no link of their own yet; `trap` is what stood in
    the field that nobody sees, `chance` what tells the form from all others, `address` from where it came; `tell`: they
    want to be told what becomes of it."""

    chance: str
    address: str
    title: str = ""
    words: str = ""
    name: str = ""
    mail: str = ""
    language: str = ""
    trap: str = ""
    tell: bool = False


class NotTakenError(UsageError):
    """Nothing was kept: `gate` says which one was shut."""

    def __init__(self, gate: str) -> None:
        super().__init__(f"This is not taken: {gate}.")
        self.gate = gate


class MissingError(UsageError):
    """Something that has to be said is not, or is too long: `fields` are which. Nothing was kept."""

    def __init__(self, *fields: str) -> None:
        super().__init__("Something is missing or too long.", remedy="Correct it, and send it again.")
        self.fields = fields


# -- gates ---------------------------------------------------------------------------------------------------
def _not_open(come: Come) -> bool:
    return come.board.state == DRAFT


def _closed(come: Come) -> bool:
    return come.board.state != OPEN


#: by the name under which a page says why, in the order in which they are looked at
GATES: Mapping[str, Callable[[Come], bool]] = {"not_open": _not_open, "closed": _closed}


def _let_in(run: Run, token: str, secret: str) -> Come:
    come = come_by(run, token, secret)
    if come is None:
        raise NotTakenError("unknown")
    hold_board(run, come.board.id)
    come = come_by(run, token, secret)
    if come is None:  # it went meanwhile
        raise NotTakenError("unknown")
    gate = next((name for name, is_shut in GATES.items() if is_shut(come)), "")
    if gate:
        raise NotTakenError(gate)
    return come


# -- the ways in ---------------------------------------------------------------------------------------------
def suggest(run: Run, token: str, sent: Sent, *, secret: str, now: datetime) -> Post:
    """Keep an idea, with the vote of whoever has it; the idea as it is kept. By everybody's link it is nobody's.

    Raises NotTakenError where a gate is shut, MissingError for what says nothing or too much.
    """
    come = _let_in(run, token, secret)
    title, words, name = " ".join(plain(sent.title).split()), plain(sent.words).strip(), _name(sent)
    wrong = [
        field
        for field, text, least, most in (("title", title, 1, MOST_TITLE), ("words", words, 0, MOST_WORDS))
        if not least <= len(text) <= most
    ]
    whose = _whose(run, come, sent, wrong, now, needed=False)
    author = whose if come.participant is not None else None
    post = _keep(run, come, IDEA, 0, author, sent, (name, title, words), now)
    if whose is not None and post.kind == IDEA and post.idea == 0:
        _cast(run, come, post.id, whose, sent, now)
    run("UPDATE idea_post SET idea_id = id WHERE id = ? AND idea_id = 0", (post.id,))
    _wants_news(run, come, post.id, whose, sent, now)
    return posts_where(run, "p.id = ?", (post.id,))[0]


def comment(run: Run, token: str, idea: int, sent: Sent, *, secret: str, now: datetime) -> Post:
    """Keep a comment on an idea that is shown, or on the one into which it was merged. Raises as `suggest` does.

    By everybody's link it is nobody's, and nobody is told.
    """
    come = _let_in(run, token, secret)
    sent = sent if come.participant is not None else replace(sent, mail="", tell=False)
    about, words = shown_idea(run, come, idea), plain(sent.words).strip()
    wrong = [] if 1 <= len(words) <= MOST_WORDS else ["words"]
    whose = _whose(run, come, sent, wrong, now, needed=False)
    _wants_news(run, come, about, whose, sent, now)
    return _keep(run, come, COMMENT, about, whose, sent, (_name(sent), "", words), now)


def vote(run: Run, token: str, idea: int, sent: Sent, *, secret: str, now: datetime) -> Post:
    """Count a participant for an idea, once; of an address that is given, when it is confirmed. Raises as `suggest`."""
    come = _let_in(run, token, secret)
    about = shown_idea(run, come, idea)
    whose = _whose(run, come, sent, [], now, needed=True)
    assert whose is not None
    _wants_news(run, come, about, whose, sent, now)
    return _cast(run, come, about, whose, sent, now)


def take_back(run: Run, token: str, idea: int, *, secret: str, now: datetime) -> None:
    """A participant votes for an idea no more, nor for those that were merged into it. Raises as `suggest` does."""
    come = _let_in(run, token, secret)
    if come.participant is None:
        raise NotTakenError("unknown")
    about = shown_idea(run, come, idea)
    roots = root_of(run, come.board.id)
    for post in votes_of(run, come.participant):
        if roots.get(post.idea, post.idea) == about and post.held in ("", UNCONFIRMED):
            hold(run, post.id, TAKEN_BACK, now)
    tell_later(run, come.board.id, now)


def tell_me(run: Run, token: str, idea: int, *, secret: str, now: datetime) -> None:
    """A participant wants to be told what becomes of an idea. Raises as `suggest` does."""
    come = _let_in(run, token, secret)
    if come.participant is None or come.participant.confirmed_at is None:
        raise NotTakenError("unknown")
    want(run, come.participant, shown_idea(run, come, idea), confirmed=True, now=now)


def tell_me_no_more(run: Run, token: str, idea: int | None, *, secret: str) -> None:
    """They want to be told no more of an idea and those that count as it, or of none; also where the board is closed.

    Raises NotTakenError where the link is nobody's own.
    """
    come = come_by(run, token, secret)
    if come is None or come.participant is None:
        raise NotTakenError("unknown")
    hold_board(run, come.board.id)
    roots = root_of(run, come.board.id)
    want_no_more(run, come.participant, None if idea is None else counting_as(roots, roots.get(idea, idea)))


def confirm(run: Run, token: str, votes: Collection[int], news: Collection[int], *, secret: str, now: datetime) -> None:
    """The address to which a link was mailed is somebody's, who voted for these ideas, and wants to be told of these.

    What else waits in its name goes on waiting. Raises as `suggest` does.
    """
    come = _let_in(run, token, secret)
    if come.participant is None:
        raise NotTakenError("unknown")
    _is_theirs(run, come.participant, now)
    for post in _unconfirmed_votes(run, come.participant):
        if post.idea in votes:
            hold(run, post.id, "", now)
    confirm_news(run, come.participant, news, now)
    tell_later(run, come.board.id, now)


def to_confirm(run: Run, participant: Participant) -> tuple[list[int], list[int]]:
    """What was sent in the name of an address, and waits until it says so: ideas voted for, and those to be told of."""
    return [post.idea for post in _unconfirmed_votes(run, participant)], unconfirmed_news(run, participant)


def _unconfirmed_votes(run: Run, participant: Participant) -> list[Post]:
    return posts_where(run, "p.kind = 'vote' AND p.participant_id = ? AND p.held = ?", (participant.id, UNCONFIRMED))


def votes_of(run: Run, participant: Participant) -> list[Post]:
    """All votes that are somebody's, by whichever link: of a customer those of all their links."""
    if participant.customer is None:
        return posts_where(run, "p.kind = 'vote' AND p.participant_id = ?", (participant.id,))
    return posts_where(
        run, "p.kind = 'vote' AND w.customer_id = ? AND p.board_id = ?", (participant.customer, participant.board)
    )


def shown_idea(run: Run, come: Come, idea: int) -> int:
    """The idea of a board that is shown, or into which it was merged; raises NotTakenError where there is none."""
    about = root_of(run, come.board.id).get(idea, idea)
    if not posts_where(run, "p.id = ? AND p.kind = 'idea' AND p.board_id = ? AND p.held = ''", (about, come.board.id)):
        raise NotTakenError("unknown")
    return about


def fresh_chance() -> str:
    """What tells a form from all others."""
    return secrets.token_hex(12)


# -- keeping it ----------------------------------------------------------------------------------------------
def _name(sent: Sent) -> str:
    return " ".join(plain(sent.name).split())[:MOST_NAME].strip()


def _whose(run: Run, come: Come, sent: Sent, wrong: list[str], now: datetime, *, needed: bool) -> Participant | None:
    """Who posts: whose link it is, or the address that is given, which is mailed a link of its own to confirm."""
    if not _CHANCE.fullmatch(sent.chance):
        raise NotTakenError("unknown")
    address = None
    if come.participant is None and (sent.mail.strip() or needed or sent.tell):
        try:
            address = checked_address(sent.mail)
        except UsageError:
            wrong = [*wrong, "mail"]
    if wrong:
        raise MissingError(*wrong)
    if come.participant is not None:
        _is_theirs(run, come.participant, now)  # whoever posts by it has it
        there = participants_where(run, "id = ?", (come.participant.id,))
        if not there:  # erased meanwhile
            raise NotTakenError("unknown")
        return there[0]
    return _asks_for_link(run, come.board.id, address, sent, now, needed=needed) if address is not None else None


def _is_theirs(run: Run, whose: Participant, now: datetime) -> None:
    """Somebody has posted by the link that was mailed, so they have the address; what waits in its name is not said to
    be theirs."""
    run("UPDATE idea_participant SET confirmed_at = COALESCE(confirmed_at, ?) WHERE id = ?", (now, whose.id))


def _wants_news(run: Run, come: Come, idea: int, whose: Participant | None, sent: Sent, now: datetime) -> None:
    """Whoever ticked it is told; who gave an address, once it is confirmed that it is theirs."""
    if sent.tell and whose is not None and not sent.trap.strip():
        want(run, whose, idea, confirmed=come.participant is not None, now=now)


def _asks_for_link(run: Run, board: int, address: str, sent: Sent, now: datetime, *, needed: bool) -> Participant:
    """The participant of an address, to which its link is mailed: not too often, and not for whoever asks for many."""
    gone = participants_where(run, "board_id = ? AND confirmed_at IS NULL AND asked_at < ?", (board, now - TO_CONFIRM))
    for each in gone:
        run("DELETE FROM idea_post WHERE participant_id = ? AND kind = 'vote'", (each.id,))
        run("UPDATE idea_post SET participant_id = NULL WHERE participant_id = ?", (each.id,))
        run("DELETE FROM idea_news WHERE participant_id = ?", (each.id,))
        run("DELETE FROM idea_participant WHERE id = ?", (each.id,))
    found = participants_where(run, "board_id = ? AND address = ?", (board, address))
    number = (
        found[0].id
        if found
        else add_participant(run, board, customer=None, address=address, language=sent.language, now=now)
    )
    (whose,) = participants_where(run, "id = ?", (number,))
    may_more = whose.confirmed_at is not None or whose.mails < _MOST_MAILS
    is_due = whose.mails == 0 or (may_more and whose.asked_at + _MAIL_EVERY <= now)
    if not is_due or sent.trap.strip():
        return whose
    if _LINKS.lately(run, sent.address, now) >= _MOST_LINKS:
        if needed:
            raise NotTakenError("many")
        return whose
    _LINKS.note(run, number, sent.address, now)
    mails = whose.mails + 1
    run(
        "UPDATE idea_participant SET asked_at = ?, mails = ?, language = ? WHERE id = ?",
        (now, mails, sent.language, number),
    )
    enqueue(run, LINK_LETTER, f"{LINK_LETTER}:{number}:{mails}", {"participant": number}, due_at=now, now=now)
    return whose


def _cast(run: Run, come: Come, idea: int, whose: Participant, sent: Sent, now: datetime) -> Post:
    """A vote, once a participant; one that was taken back counts again."""
    there = posts_where(run, "p.kind = 'vote' AND p.idea_id = ? AND p.participant_id = ?", (idea, whose.id))
    if there:
        if there[0].held in (TAKEN_BACK, UNCONFIRMED):
            hold(run, there[0].id, "" if come.participant is not None else UNCONFIRMED, now)
        tell_later(run, come.board.id, now)
        return posts_where(run, "p.id = ?", (there[0].id,))[0]
    return _keep(run, come, VOTE, idea, whose, sent, ("", "", ""), now)


def _keep(
    run: Run, come: Come, kind: str, idea: int, whose: Participant | None, sent: Sent, told: Words, now: datetime
) -> Post:
    """A post more, or the one that the same form has made already of the same content."""
    own = come.participant
    trusted = own is not None and own.is_member and not come.board.plan.waits
    if kind == VOTE:  # whoever gives an address has yet to say that it is theirs
        held = UNCONFIRMED if own is None else TRAP if sent.trap.strip() else ""
    else:
        held = TRAP if sent.trap.strip() else "" if trusted else WAITING
    # a page has several forms and one chance: what differs is another post
    same = [sent.chance, come.board.id, kind, idea, whose.id if whose else None, *told]
    chance = sha256(json.dumps(same).encode()).hexdigest()[:40]
    values = (come.board.id, idea, kind, whose.id if whose else None, chance, *told, held, now, now)
    made = run(
        "INSERT INTO idea_post (board_id, idea_id, kind, participant_id, chance, name, title, words, held, at, "
        "changed_at, revision, told, in_facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0) "
        "ON CONFLICT (chance) DO NOTHING RETURNING id",
        values,
    )
    if not made:
        return posts_where(run, "p.chance = ?", (chance,))[0]
    ((number,),) = made
    # a vote that is not confirmed counts nowhere, and how many links are mailed has a limit of its own
    if held != UNCONFIRMED:
        _ARRIVALS.note(run, int(number), sent.address, now)
    tell_later(run, come.board.id, now)
    return posts_where(run, "p.id = ?", (int(number),))[0]


def tell_later(run: Run, board: int, now: datetime) -> None:
    """What has changed on a board becomes facts soon."""
    enqueue(run, TELLING, f"{TELLING}:{board}:{secrets.token_hex(8)}", {}, due_at=now, now=now)
