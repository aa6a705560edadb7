"""A post as it is kept: an idea, a vote or a comment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.intake.spam import FLOOD, TRAP
from stamm.people.database import Run, as_moment

IDEA, VOTE, COMMENT = "idea", "vote", "comment"
#: why a post is not shown and not counted: somebody has to look at it first, somebody threw it away, the address that
#: was given has not said yet that it was theirs, its voter took it back, its author was erased
WAITING, REMOVED, UNCONFIRMED, TAKEN_BACK, ERASED = "waiting", "removed", "unconfirmed", "taken_back", "erased"
#: of these somebody here has to look at each
TO_REVIEW = (WAITING, FLOOD, TRAP)
_COLUMNS = (
    "p.id, p.board_id, p.idea_id, p.kind, p.participant_id, p.name, p.title, p.words, p.held, p.at, p.changed_at, "
    "p.revision, p.told, p.in_facts, w.customer_id, w.address, w.confirmed_at"
)


@dataclass(frozen=True)
class Post:
    """One post. `held` is why it is not shown or counted, empty where it is; `customer` is whose it is, where known.

    `confirmed`: it came by a link of a customer, or the address that asked for one was confirmed.
    """

    id: int
    board: int
    idea: int
    kind: str
    participant: int | None
    name: str
    title: str
    words: str
    held: str
    at: datetime
    changed_at: datetime
    revision: int
    told: int
    in_facts: int
    customer: str | None
    address: str | None
    confirmed: bool

    @property
    def voter(self) -> str:
        """Who it counts for: a customer once, by however many links they came."""
        return f"c{self.customer}" if self.customer is not None else f"p{self.participant}"


def posts_where(run: Run, condition: str, values: tuple[object, ...], rest: str = "ORDER BY p.id") -> list[Post]:
    """Those of which that is so."""
    rows = run(
        f"SELECT {_COLUMNS} FROM idea_post p LEFT JOIN idea_participant w ON w.id = p.participant_id "  # noqa: S608 - ours
        f"WHERE {condition} {rest}",
        values,
    )
    return [_post(row) for row in rows]


def hold(run: Run, number: int, held: str, now: datetime) -> None:
    """From now on a post is held so, or with an empty word is not; the facts are told."""
    run(
        "UPDATE idea_post SET held = ?, changed_at = ?, revision = revision + 1 WHERE id = ? AND held <> ?",
        (held, now, number, held),
    )


def _post(row: tuple[Any, ...]) -> Post:
    number, board, idea, kind, participant, name, title, words, held, at, changed, *rest = row
    revision, told, in_facts, customer, address, confirmed = rest
    about = number, board, idea, kind, participant, name, title, words, held, as_moment(at), as_moment(changed)
    return Post(*about, revision, told, in_facts, customer, address, confirmed is not None)
