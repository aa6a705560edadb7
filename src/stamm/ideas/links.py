"""Links to a board, and who takes part by them.

A public board has one link for everybody. A participant's own link is given to a customer, or mailed to an address
that asked for it; what somebody posts by it is theirs. A link is a number or a piece of chance with a signature of this
project's secret, so that nobody makes one, and the same link can be shown again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.ideas.keeping import IdeaBoard, hold_board, idea_board_of
from stamm.ideas.plan import PUBLIC
from stamm.intake.signed import read_signed, signed
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment

#: kinds of tokens: of a public board, of a participant
_OPEN, _OWN, _USE = "o", "p", "ideas"
#: customers who are given links at once
MOST_AT_ONCE = 5_000
_COLUMNS = "id, board_id, chance, customer_id, address, language, made_at, asked_at, mails, confirmed_at"


@dataclass(frozen=True)
class Participant:
    """Somebody with a link of their own: a customer, or an address, which counts once it is confirmed."""

    id: int
    board: int
    chance: str
    customer: str | None
    address: str | None
    language: str
    made_at: datetime
    asked_at: datetime
    mails: int
    confirmed_at: datetime | None

    @property
    def is_member(self) -> bool:
        """Whether it is a customer whom we know."""
        return self.customer is not None and self.confirmed_at is not None


@dataclass(frozen=True)
class Come:
    """Where a link leads: a board, and whose link it is (None: that of everybody)."""

    board: IdeaBoard
    participant: Participant | None


def open_token(board: int, secret: str) -> str:
    """What the address of a public board carries."""
    return signed(f"{_OPEN}{board}", secret, _USE)


def own_token(participant: Participant, secret: str) -> str:
    """What the address carries by which a participant comes."""
    return signed(f"{_OWN}{participant.chance}", secret, _USE)


def come_by(run: Run, token: str, secret: str) -> Come | None:
    """Where a link leads; None where nobody here made it, it is gone, or its board is one for members alone."""
    told = read_signed(token, secret, _USE)
    if told is None:
        return None
    if told[:1] == _OPEN:
        board = idea_board_of(run, int(told[1:]))
        return Come(board, None) if board.plan.open_to == PUBLIC else None
    found = participants_where(run, "chance = ?", (told[1:],))
    return Come(idea_board_of(run, found[0].board), found[0]) if found and _may_come(run, found[0]) else None


def _may_come(run: Run, participant: Participant) -> bool:
    """A board that became one for members lets in no address that is no customer's."""
    return participant.customer is not None or idea_board_of(run, participant.board).plan.open_to == PUBLIC


def invite(run: Run, number: int, customers: Iterable[str], *, who: str, now: datetime) -> list[Participant]:
    """A link of their own for each of these customers; who has one keeps it, so that this may be done again.

    Raises UsageError for none, and for too many at once.
    """
    wanted = sorted({each.strip() for each in customers if each.strip()})
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise UsageError(
            f"Links are made for 1 to {MOST_AT_ONCE:,} customers at once.", remedy="Write their numbers, one a line."
        )
    hold_board(run, idea_board_of(run, number).id)
    there = {each.customer for each in participants_where(run, "board_id = ? AND address IS NULL", (number,))}
    fresh = [customer for customer in wanted if customer not in there]
    for customer in fresh:
        add_participant(run, number, customer=customer, address=None, language="", now=now)
    if fresh:
        record(run, Act(now, who, "idea_links_made", f"board of ideas {number}, {len(fresh)} customers"))
    asked = set(wanted)
    found = participants_where(run, "board_id = ? AND address IS NULL", (number,))
    return sorted((each for each in found if each.customer in asked), key=lambda each: str(each.customer))


def add_participant(
    run: Run, board: int, *, customer: str | None, address: str | None, language: str, now: datetime
) -> int:
    """One more; an address counts once it is confirmed, a customer at once. Returns its number."""
    ((number,),) = run(
        "INSERT INTO idea_participant (board_id, chance, customer_id, address, language, made_at, asked_at, mails, "
        "confirmed_at, looked_up) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, 0) RETURNING id",
        (board, secrets.token_hex(12), customer, address, language, now, now, now if customer else None),
    )
    return int(number)


def participants_where(run: Run, condition: str, values: tuple[object, ...]) -> list[Participant]:
    """Those of whom that is so."""
    rows = run(f"SELECT {_COLUMNS} FROM idea_participant WHERE {condition} ORDER BY id", values)  # noqa: S608 - ours
    return [_participant(row) for row in rows]


def _participant(row: tuple[Any, ...]) -> Participant:
    number, board, chance, customer, address, language, made, asked, mails, confirmed = row
    moments = as_moment(made), as_moment(asked), mails, as_moment(confirmed) if confirmed else None
    return Participant(number, board, chance, customer, address, language, *moments)
