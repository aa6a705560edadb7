"""News of ideas: who asked to be told, and the one mail that each of them gets when an idea is planned, done or not.

Whoever ticked it by the link that everybody has is told once the address says that it is theirs, as for votes. Known
customers are told through the send door; an address of nobody known by a job of its own (`news_letters`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.delivery.customer_mail import Mail, Planned, send_to_customer, unsubscribed_by
from stamm.delivery.restraint import Occasion
from stamm.ideas.keeping import OPEN, idea_board_of
from stamm.ideas.links import Participant, participants_where
from stamm.ideas.plan import PUBLIC
from stamm.jobs.queue import enqueue
from stamm.people.database import Run, as_moment

#: what the send door calls these mails, the purpose of which somebody may want no more, and whose limits hold
PROGRAMME, PURPOSE = "idea_news", "ideas"
OCCASION: Occasion = "service"
#: the kind of job that mails an address of nobody known
NEWS_LETTER = "idea_news_letter"
#: what became of the mail of a step to somebody
WAITING, SENT, HELD = "waiting", "sent", "held"
_COLUMNS = "id, board_id, idea_id, revision, state, participant_id, outcome, made_at, counted_at, handed"


@dataclass(frozen=True)
class News:
    """One mail to one participant, of the step of an idea by which it came to be in that state.

    `handed` is how often it may have left, `counted_at` since when it counts towards the limits of an address.
    """

    id: int
    board: int
    idea: int
    revision: int
    state: str
    participant: int
    outcome: str
    made_at: datetime
    counted_at: datetime | None
    handed: int


# -- who asks ------------------------------------------------------------------------------------------------
def want(run: Run, whose: Participant, idea: int, *, confirmed: bool, now: datetime) -> None:
    """Somebody wants to be told of an idea; unless it is `confirmed` that it is they, from when it is."""
    run(
        "INSERT INTO idea_news (board_id, idea_id, participant_id, wanted_at, confirmed) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (idea_id, participant_id) DO NOTHING",
        (whose.board, idea, whose.id, now, int(confirmed)),
    )
    if confirmed:
        run(
            "UPDATE idea_news SET wanted_at = ?, confirmed = 1 WHERE idea_id = ? AND participant_id = ?",
            (now, idea, whose.id),
        )


def confirm_news(run: Run, whose: Participant, ideas: Collection[int], now: datetime) -> None:
    """Whoever has the address wants to be told of these ideas, as was asked in its name: they say so at this moment."""
    for idea in unconfirmed_news(run, whose):
        if idea in ideas:
            want(run, whose, idea, confirmed=True, now=now)


def unconfirmed_news(run: Run, whose: Participant) -> list[int]:
    """The ideas of which somebody would be told, were it confirmed that they asked for it."""
    rows = run("SELECT idea_id FROM idea_news WHERE participant_id = ? AND confirmed = 0 ORDER BY id", (whose.id,))
    return [int(idea) for (idea,) in rows]


def want_no_more(run: Run, whose: Participant, ideas: Collection[int] | None = None) -> None:
    """They are told no more of these ideas, or of none of the board; by any of a customer's links, all of theirs."""
    for participant in _same_person(run, whose):
        for (idea,) in run("SELECT idea_id FROM idea_news WHERE participant_id = ?", (participant,)):
            if ideas is None or idea in ideas:
                run("DELETE FROM idea_news WHERE participant_id = ? AND idea_id = ?", (participant, idea))


def wanted_by(run: Run, whose: Participant) -> set[int]:
    """The ideas of which somebody is told."""
    them = _same_person(run, whose)
    return {idea for idea, each in _asking(run, whose.board) if each.id in them}


def wanting(run: Run, board: int, ideas: Collection[int]) -> list[Participant]:
    """Those who are told of an idea and of those that count as it: each person once, as whom they came first."""
    found: dict[str, Participant] = {}
    for idea, each in _asking(run, board):
        if idea in ideas:
            found.setdefault(person_of(each), each)
    return list(found.values())


def last_wanted(run: Run, numbers: Collection[str]) -> datetime | None:
    """When a customer of these numbers last asked to be told of an idea."""
    marks = ", ".join("?" * len(numbers))
    ((at,),) = run(
        "SELECT max(n.wanted_at) FROM idea_news n JOIN idea_participant p ON p.id = n.participant_id "  # noqa: S608 - ours
        f"WHERE n.confirmed = 1 AND p.customer_id IN ({marks})",
        sorted(numbers),
    )
    return None if at is None else as_moment(at)


def person_of(whose: Participant) -> str:
    """Who that is: of a customer the same by all links."""
    return f"c{whose.customer}" if whose.customer is not None else f"p{whose.id}"


def _asking(run: Run, board: int) -> list[tuple[int, Participant]]:
    """Ideas and who is told of each: those who said so themselves, may come, and did not say otherwise by a mail."""
    rows = run(
        "SELECT idea_id, participant_id, wanted_at FROM idea_news WHERE board_id = ? AND confirmed = 1 "
        "ORDER BY participant_id, idea_id",
        (board,),
    )
    if not rows:
        return []
    of_board = {each.id: each for each in participants_where(run, "board_id = ?", (board,))}
    ended, is_public = unsubscribed_by(run, PURPOSE), idea_board_of(run, board).plan.open_to == PUBLIC
    found = []
    for idea, participant, at in rows:
        each = of_board.get(participant)
        if each is None or each.confirmed_at is None or (each.customer is None and not is_public):
            continue
        end = ended.get(each.customer) if each.customer is not None else None
        if end is None or end < as_moment(at):
            found.append((int(idea), each))
    return found


def _same_person(run: Run, whose: Participant) -> set[int]:
    if whose.customer is None:
        return {whose.id}
    values = (whose.board, whose.customer)
    return {each.id for each in participants_where(run, "board_id = ? AND customer_id = ?", values)}


# -- what they are told --------------------------------------------------------------------------------------
def plan_news(
    run: Run, idea: int, ideas: Collection[int], revision: int, state: str, *, board: int, now: datetime
) -> int:
    """Plan a mail of a step to each who asked, unless the last that they were told is that state; how many.

    Part of the transaction of the step; `ideas` are the idea and those that count as it.
    """
    if idea_board_of(run, board).state != OPEN:
        return 0
    told = _last_told(run, idea)
    people = [each for each in wanting(run, board, ideas) if told.get(person_of(each)) != state]
    for each in people:
        ((number,),) = run(
            f"INSERT INTO idea_news_mail ({_COLUMNS.removeprefix('id, ')}, reason) "  # noqa: S608 - ours
            "VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 0, '') RETURNING id",
            (board, idea, revision, state, each.id, WAITING, now),
        )
        about = {"news": int(number)}
        name = f"{idea}:{revision}:{each.id}"
        if each.customer is None:
            enqueue(run, NEWS_LETTER, f"{NEWS_LETTER}:{name}", about, due_at=now, now=now)
        else:
            send_to_customer(run, Planned(each.customer, PURPOSE, OCCASION, PROGRAMME, name, about), now=now)
    return len(people)


def _last_told(run: Run, idea: int) -> dict[str, str]:
    """By the person, what they were told of an idea last, or are about to be."""
    rows = news_where(run, "idea_id = ? AND outcome <> ?", (idea, HELD), "ORDER BY revision")
    if not rows:
        return {}
    whose = {each.id: person_of(each) for each in participants_where(run, "board_id = ?", (rows[0].board,))}
    return {whose[each.participant]: each.state for each in rows if each.participant in whose}


def news_where(run: Run, condition: str, values: tuple[object, ...], rest: str = "ORDER BY id") -> list[News]:
    """Those mails of which that is so."""
    return [_news(row) for row in run(f"SELECT {_COLUMNS} FROM idea_news_mail WHERE {condition} {rest}", values)]  # noqa: S608 - ours


def note_news(run: Run, number: int, reason: str) -> None:
    """A mail was sent, or with a reason never will be."""
    run(
        "UPDATE idea_news_mail SET outcome = ?, reason = ? WHERE id = ?",
        (HELD if reason else SENT, reason[:300], number),
    )


def settle(run: Run, mail: Mail, reason: str, _now: datetime) -> None:
    """What the send door made of a mail."""
    sent = not reason or mail.handed > 0  # it may have reached them, whatever was said of it later
    note_news(run, int(mail.about.get("news", 0)), "" if sent else reason)


def _news(row: tuple[Any, ...]) -> News:
    number, board, idea, revision, state, participant, outcome, made, counted, handed = row
    moments = as_moment(made), None if counted is None else as_moment(counted)
    return News(number, board, idea, revision, state, participant, outcome, *moments, handed)
