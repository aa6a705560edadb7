"""The record of acts: who did what, when, and to what. It only grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stamm.people.database import Database, Run, as_moment


@dataclass(frozen=True)
class Act:
    """Something that somebody did: `what` is a code such as `key_created`, `about` names its object."""

    at: datetime
    who: str
    what: str
    about: str


def record(run: Run, act: Act) -> None:
    """Write it down, in the transaction in which it is done."""
    run(
        "INSERT INTO people_act (at, who, what, about) VALUES (?, ?, ?, ?)",
        (act.at, act.who[:200], act.what, act.about[:500]),
    )


def acts(database: Database, last: int = 100) -> list[Act]:
    """The last acts, the newest one first."""
    with database.transaction() as run:
        rows = run("SELECT at, who, what, about FROM people_act ORDER BY id DESC LIMIT ?", (last,))
    return [Act(as_moment(at), who, what, about) for at, who, what, about in rows]
