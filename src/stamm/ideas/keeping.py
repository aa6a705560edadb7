"""Keeping boards of ideas: each change of words or state is a version more; nothing is written over.

All is done in the transaction that is open (`people.database.Run`), with the act beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.ideas.plan import BoardPlan, checked, plan_of
from stamm.intake.words import said
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment
from stamm.segments.named import key_of

#: states: nobody sees it yet, takes posts, can be read alone
DRAFT, OPEN, CLOSED = "draft", "open", "closed"
#: codes of versions
MADE, CHANGED, OPENED, SHUT = "made", "changed", "opened", "closed"
_LONGEST_KEY = 60
_NEWEST = (
    "SELECT b.id, b.key, v.revision, v.plan, v.state, b.made_at FROM idea_board b "
    "JOIN idea_board_version v ON v.board_id = b.id AND v.revision = b.revision"
)


class MeanwhileError(UsageError):
    """What somebody wanted to change was changed by somebody else since they looked."""


@dataclass(frozen=True)
class IdeaBoard:
    """A board as it is now; `key` is its name in the facts, and stays."""

    id: int
    key: str
    revision: int
    plan: BoardPlan
    state: str
    made_at: datetime


@dataclass(frozen=True)
class Version:
    """A board as it was in one revision, and by whom it became so; `at` is UTC."""

    revision: int
    plan: BoardPlan
    state: str
    what: str
    who: str
    at: datetime


def idea_boards(run: Run) -> list[IdeaBoard]:
    """All of them, the newest first."""
    return [_board(row) for row in run(f"{_NEWEST} ORDER BY b.id DESC", ())]


def idea_board_of(run: Run, number: int) -> IdeaBoard:
    """One of them; raises UsageError where there is none of that number."""
    rows = run(f"{_NEWEST} WHERE b.id = ?", (number,))
    if not rows:
        raise UsageError(f"There is no board of ideas {number}.", remedy="The page of ideas shows all.")
    return _board(rows[0])


def versions_of(run: Run, number: int) -> list[Version]:
    """How it became what it is, the newest first."""
    rows = run(
        "SELECT revision, plan, state, what, who, at FROM idea_board_version WHERE board_id = ? ORDER BY revision DESC",
        (number,),
    )
    return [
        Version(revision, plan_of(plan), state, what, who, as_moment(at))
        for revision, plan, state, what, who, at in rows
    ]


def make_idea_board(run: Run, plan: BoardPlan, *, who: str, now: datetime) -> int:
    """A new one, which nobody sees yet; returns its number. Raises UsageError for what is no board."""
    sound = checked(plan)
    key = _free_key(run, said(sound.name, "en"))
    ((number,),) = run("INSERT INTO idea_board (key, revision, made_at) VALUES (?, ?, ?) RETURNING id", (key, 0, now))
    _write(run, int(number), 0, sound, DRAFT, MADE, who=who, now=now)
    record(run, Act(now, who, "idea_board_made", f"board of ideas {number}"))
    return int(number)


def change_idea_board(run: Run, number: int, plan: BoardPlan, *, seen: int, who: str, now: datetime) -> int:
    """Another plan as one version more; returns its revision.

    Raises MeanwhileError where there is a newer version than the one `seen`, UsageError for what is no board.
    """
    found, sound = idea_board_of(run, number), checked(plan)
    if sound == found.plan:
        return found.revision
    revision = _write(run, number, seen, sound, found.state, CHANGED, who=who, now=now)
    record(run, Act(now, who, "idea_board_changed", f"board of ideas {number}"))
    return revision


def open_idea_board(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Its links show it and take posts from now on."""
    _turn(run, idea_board_of(run, number), OPEN, OPENED, who, now)


def close_idea_board(run: Run, number: int, *, who: str, now: datetime) -> None:
    """It can be read and takes no posts any more; it can be opened again."""
    _turn(run, idea_board_of(run, number), CLOSED, SHUT, who, now)


def hold_board(run: Run, number: int) -> None:
    """Until the transaction ends, nobody else posts on it or decides about it."""
    run("UPDATE idea_board SET revision = revision WHERE id = ?", (number,))


def _turn(run: Run, found: IdeaBoard, state: str, what: str, who: str, now: datetime) -> None:
    if found.state != state:
        _write(run, found.id, found.revision, found.plan, state, what, who=who, now=now)
        record(run, Act(now, who, f"idea_board_{what}", f"board of ideas {found.id}"))


def _write(run: Run, number: int, seen: int, plan: BoardPlan, state: str, what: str, *, who: str, now: datetime) -> int:
    """One version more, if the newest one is the one that was seen."""
    taken = run(
        "UPDATE idea_board SET revision = revision + 1 WHERE id = ? AND revision = ? RETURNING revision", (number, seen)
    )
    if not taken:
        raise MeanwhileError(
            "Somebody else has changed this board meanwhile.",
            remedy="Look at what it is now, and change it again if need be.",
        )
    ((revision,),) = taken
    run(
        "INSERT INTO idea_board_version (board_id, revision, plan, state, what, who, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, revision, plan.written(), state, what, who, now),
    )
    return int(revision)


def _free_key(run: Run, name: str) -> str:
    """The name of the board in the facts, which no other one has."""
    base = key_of(name)[: _LONGEST_KEY - 8] or "ideas"
    taken = {key for (key,) in run("SELECT key FROM idea_board", ())}
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _board(row: tuple[Any, ...]) -> IdeaBoard:
    number, key, revision, plan, state, made = row
    return IdeaBoard(int(number), str(key), int(revision), plan_of(plan), str(state), as_moment(made))
