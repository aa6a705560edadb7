"""Keeping goals: each change is a version more, each word said on the way a check-in more; nothing is written over.

To undo is one version more, equal to one before. To take a goal away is to archive it. All is done in the transaction
that is open (`people.database.Run`), with the act beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from msgspec.structs import replace

from stamm.goals.aim import MOST_NOTE, Aim, aim_of, plain
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment

#: codes of versions
MADE, CHANGED, BACK, ARCHIVED, RESTORED = "made", "changed", "went_back", "archived", "restored"
#: goals below goals below goals
DEEPEST = 8
_NEWEST = (
    "SELECT v.goal_id, v.revision, v.aim, v.archived FROM goal g "
    "JOIN goal_version v ON v.goal_id = g.id AND v.revision = g.revision"
)


class MeanwhileError(UsageError):
    """What somebody wanted to change was changed by somebody else since they looked."""


@dataclass(frozen=True)
class Goal:
    """A goal as it is now, and which of its tasks are done (0: the goal itself, of yes or no)."""

    id: int
    revision: int
    aim: Aim
    archived: bool
    done: frozenset[int] = frozenset()
    #: what was last reported by hand, and for which day
    reported: tuple[float, date] | None = None


@dataclass(frozen=True)
class Version:
    """A goal as it was in one revision, by whom it became so, and the code of what they did; `at` is UTC."""

    revision: int
    aim: Aim
    archived: bool
    what: str
    who: str
    at: datetime


@dataclass(frozen=True)
class CheckIn:
    """Something said on the way: a note, the value then and the last day it speaks of, or what was done or undone."""

    id: int
    told: str
    value: float | None
    known_on: date | None
    task: int | None
    done: bool | None
    who: str
    at: datetime


# -- asking --------------------------------------------------------------------------------------------------
def goals(run: Run, *, archived: bool = False) -> list[Goal]:
    """All goals that are pursued, or those that were archived, the one due soonest first."""
    rows = run(f"{_NEWEST} WHERE v.archived = ?", (int(archived),))
    done, reported = _marks(run), _reports(run)
    found = [_goal(row, done, reported) for row in rows]
    return sorted(found, key=lambda goal: (goal.aim.due, goal.aim.name.casefold(), goal.id))


def goal_of(run: Run, number: int) -> Goal:
    """One goal, archived or not; raises UsageError where there is none of that number."""
    rows = run(f"{_NEWEST} WHERE g.id = ?", (number,))
    if not rows:
        raise UsageError(f"There is no goal {number}.", remedy="`stamm goal list` shows all.")
    return _goal(rows[0], _marks(run, number), _reports(run, number))


def versions_of(run: Run, number: int) -> list[Version]:
    """How it became what it is, the newest first."""
    rows = run(
        "SELECT revision, aim, archived, what, who, at FROM goal_version WHERE goal_id = ? ORDER BY revision DESC",
        (number,),
    )
    return [
        Version(revision, aim_of(aim), bool(archived), what, who, as_moment(at))
        for revision, aim, archived, what, who, at in rows
    ]


def check_ins_of(run: Run, number: int) -> list[CheckIn]:
    """What was said of it, the newest first."""
    rows = run(
        "SELECT id, told, value, known_on, task, done, who, at FROM goal_check_in WHERE goal_id = ? ORDER BY id DESC",
        (number,),
    )
    return [
        CheckIn(
            one,
            told,
            value,
            date.fromisoformat(known) if known else None,
            task,
            None if done is None else bool(done),
            who,
            as_moment(at),
        )
        for one, told, value, known, task, done, who, at in rows
    ]


# -- doing ---------------------------------------------------------------------------------------------------
def make_goal(run: Run, aim: Aim, *, who: str, now: datetime) -> int:
    """A new goal, whose aim is checked; returns its number. Raises UsageError for a goal above that cannot be."""
    _check_above(run, aim, 0)
    ((number,),) = run("INSERT INTO goal (revision, made_at) VALUES (?, ?) RETURNING id", (0, now))
    _write(run, int(number), 0, aim, archived=False, what=MADE, who=who, now=now)
    record(run, Act(now, who, "goal_made", f"goal {number}"))
    return int(number)


def change_goal(run: Run, number: int, aim: Aim, *, seen: int, who: str, now: datetime, what: str = CHANGED) -> int:
    """Another aim, checked, as one version more; returns its revision.

    Raises MeanwhileError where there is a newer version than the one `seen`, UsageError for what cannot be.
    """
    goal = goal_of(run, number)
    if goal.aim == aim and not goal.archived:
        return goal.revision
    _check_above(run, aim, number)
    revision = _write(run, number, seen, aim, archived=False, what=what, who=who, now=now)
    record(run, Act(now, who, "goal_changed", f"goal {number}"))
    return revision


def archive_goal(run: Run, number: int, *, seen: int, who: str, now: datetime) -> None:
    """Away from all lists; its history stays, and it can be brought back."""
    goal = goal_of(run, number)
    if not goal.archived:
        _write(run, number, seen, goal.aim, archived=True, what=ARCHIVED, who=who, now=now)
        record(run, Act(now, who, "goal_archived", f"goal {number}"))


def restore_goal(run: Run, number: int, *, seen: int, who: str, now: datetime) -> None:
    """Pursued again."""
    goal = goal_of(run, number)
    if goal.archived:
        _write(run, number, seen, goal.aim, archived=False, what=RESTORED, who=who, now=now)
        record(run, Act(now, who, "goal_restored", f"goal {number}"))


def check_in(
    run: Run,
    number: int,
    told: str = "",
    *,
    value: float | None = None,
    known_on: date | None = None,
    who: str,
    now: datetime,
) -> int:
    """A note, with the value then and the last day that it speaks of; returns its number.

    Raises UsageError where nothing is said, or too much.
    """
    text = plain(told).strip()
    goal = _held(run, number)
    if not text and value is None:
        raise UsageError("There is nothing written.", remedy="Write something, and save it again.")
    if len(text) > MOST_NOTE:
        raise UsageError(f"A note has at most {MOST_NOTE} signs.", remedy="Write less.")
    known = known_on.isoformat() if known_on else None
    return _say(run, goal, {"told": text, "value": value, "known_on": known}, who=who, now=now)


def mark(run: Run, number: int, task: int, *, done: bool, who: str, now: datetime) -> None:
    """A task of the list is done, or is not after all; 0 of a goal of yes or no. Done twice, it is written once.

    Raises UsageError where there is no such task.
    """
    goal = _held(run, number)
    known = {0} if goal.aim.kind == "yes_no" else {todo.number for todo in goal.aim.tasks}
    if task not in known:
        raise UsageError("There is no such task in this goal.", remedy="Load the goal's page anew.")
    if (task in goal.done) != done:
        _say(run, goal, {"task": task, "done": int(done)}, who=who, now=now)


def _held(run: Run, number: int) -> Goal:
    """The goal, which nobody else changes or marks until the transaction ends; raises UsageError for none."""
    run("UPDATE goal SET revision = revision WHERE id = ?", (number,))
    goal = goal_of(run, number)
    if goal.archived:
        raise UsageError("This goal is archived.", remedy="Bring it back first.")
    return goal


def _say(run: Run, goal: Goal, said: Mapping[str, object], *, who: str, now: datetime) -> int:
    """Write a check-in down; `said` are its columns."""
    columns = {"goal_id": goal.id, "told": "", **said, "who": who, "at": now}
    marks = ", ".join("?" * len(columns))
    ((number,),) = run(
        f"INSERT INTO goal_check_in ({', '.join(columns)}) VALUES ({marks}) RETURNING id",  # noqa: S608 - ours
        tuple(columns.values()),
    )
    record(run, Act(now, who, "goal_checked_in", f"goal {goal.id}"))
    return int(number)


def _write(run: Run, number: int, seen: int, aim: Aim, *, archived: bool, what: str, who: str, now: datetime) -> int:
    """One version more, if the newest one is the one that was seen."""
    taken = run(
        "UPDATE goal SET revision = revision + 1 WHERE id = ? AND revision = ? RETURNING revision", (number, seen)
    )
    if not taken:
        raise MeanwhileError(
            "Somebody else has changed this goal meanwhile.",
            remedy="Look at what it is now, and change it again if need be.",
        )
    ((revision,),) = taken
    run(
        "INSERT INTO goal_version (goal_id, revision, aim, archived, what, who, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, revision, aim.written(), int(archived), what, who, now),
    )
    return int(revision)


def _check_above(run: Run, aim: Aim, number: int) -> None:
    """Raises UsageError where the goal above is not there, or stands below this one itself."""
    above, place, depth = {goal.id: goal.aim.parent for goal in goals(run)}, aim.parent, 0
    while place:
        depth += 1
        if place == number:
            raise UsageError("A goal cannot stand below itself.", remedy="Choose another goal above it.")
        if place not in above:
            raise UsageError("The goal above is not there, or archived.", remedy="Choose another goal above it.")
        if depth > DEEPEST:
            raise UsageError(f"Goals stand at most {DEEPEST} deep.", remedy="Choose a goal that stands higher.")
        place = above[place]


def below(found: Sequence[Goal], number: int) -> list[Goal]:
    """Of some goals those right below one."""
    return [goal for goal in found if goal.aim.parent == number]


def without_parent(aim: Aim, found: Sequence[Goal]) -> Aim:
    """The same at the top, where the goal above it is not pursued any more."""
    return aim if aim.parent in {0, *(goal.id for goal in found)} else replace(aim, parent=0)


# -- rows ----------------------------------------------------------------------------------------------------
def _goal(
    row: tuple[object, ...], done: Mapping[int, frozenset[int]], reported: Mapping[int, tuple[float, date]]
) -> Goal:
    number, revision, aim, archived = row
    goal = int(str(number))
    return Goal(
        goal,
        int(str(revision)),
        aim_of(str(aim)),
        bool(archived),
        done.get(goal, frozenset()),
        reported.get(goal),
    )


def _marks(run: Run, number: int | None = None) -> dict[int, frozenset[int]]:
    """What is done, as it was said last."""
    only, values = ("", ()) if number is None else ("AND goal_id = ?", (number,))
    rows = run(
        f"SELECT goal_id, task, done FROM goal_check_in WHERE task IS NOT NULL {only} ORDER BY id",  # noqa: S608 - ours
        values,
    )
    last = {(goal, task): bool(done) for goal, task, done in rows}
    return {goal: frozenset(task for (one, task), done in last.items() if done and one == goal) for goal, _ in last}


def _reports(run: Run, number: int | None = None) -> dict[int, tuple[float, date]]:
    """What was last reported of each, and for which day."""
    only, values = ("", ()) if number is None else ("AND goal_id = ?", (number,))
    rows = run(
        f"SELECT goal_id, value, known_on FROM goal_check_in "  # noqa: S608 - ours
        f"WHERE value IS NOT NULL AND known_on IS NOT NULL {only} ORDER BY known_on, id",
        values,
    )
    return {goal: (float(value), date.fromisoformat(known)) for goal, value, known in rows}
