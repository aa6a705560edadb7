"""Keeping surveys: each change of words or state is a version more; nothing is written over.

All is done in the transaction that is open (`people.database.Run`), with the act beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment
from stamm.segments.named import key_of
from stamm.surveys.plan import Plan, checked, plan_of

#: states: not asked yet, asked, not asked any more
DRAFT, OPEN, CLOSED = "draft", "open", "closed"
#: codes of versions
MADE, CHANGED, OPENED, SHUT = "made", "changed", "opened", "closed"
_LONGEST_KEY = 60
_NEWEST = (
    "SELECT s.id, s.key, v.revision, v.plan, v.state, s.made_at FROM survey s "
    "JOIN survey_version v ON v.survey_id = s.id AND v.revision = s.revision"
)


class MeanwhileError(UsageError):
    """What somebody wanted to change was changed by somebody else since they looked."""


@dataclass(frozen=True)
class Survey:
    """A survey as it is now; `key` is its name in the facts, and stays."""

    id: int
    key: str
    revision: int
    plan: Plan
    state: str
    made_at: datetime

    def is_closed(self, now: datetime) -> bool:
        """Whether it was closed, or its time is over."""
        over = self.plan.closes_at is not None and now >= self.plan.closes_at
        return self.state == CLOSED or over


@dataclass(frozen=True)
class Version:
    """A survey as it was in one revision, and by whom it became so; `at` is UTC."""

    revision: int
    plan: Plan
    state: str
    what: str
    who: str
    at: datetime


def surveys(run: Run) -> list[Survey]:
    """All of them, the newest first."""
    return [_survey(row) for row in run(f"{_NEWEST} ORDER BY s.id DESC", ())]


def survey_of(run: Run, number: int) -> Survey:
    """One of them; raises UsageError where there is none of that number."""
    rows = run(f"{_NEWEST} WHERE s.id = ?", (number,))
    if not rows:
        raise UsageError(f"There is no survey {number}.", remedy="`stamm survey list` shows all.")
    return _survey(rows[0])


def versions_of(run: Run, number: int) -> list[Version]:
    """How it became what it is, the newest first."""
    rows = run(
        "SELECT revision, plan, state, what, who, at FROM survey_version WHERE survey_id = ? ORDER BY revision DESC",
        (number,),
    )
    return [
        Version(revision, plan_of(plan), state, what, who, as_moment(at))
        for revision, plan, state, what, who, at in rows
    ]


def make_survey(run: Run, plan: Plan, *, who: str, now: datetime) -> int:
    """A new one, not asked yet; returns its number. Raises UsageError for what cannot be asked."""
    sound = checked(plan)
    key = _free_key(run, sound.name)
    ((number,),) = run("INSERT INTO survey (key, revision, made_at) VALUES (?, ?, ?) RETURNING id", (key, 0, now))
    _write(run, int(number), 0, sound, DRAFT, MADE, who=who, now=now)
    record(run, Act(now, who, "survey_made", f"survey {number}"))
    return int(number)


def change_survey(run: Run, number: int, plan: Plan, *, seen: int, who: str, now: datetime) -> int:
    """Another plan as one version more; returns its revision.

    Raises MeanwhileError where there is a newer version than the one `seen`, UsageError for what cannot be asked.
    """
    found = survey_of(run, number)
    sound = checked(plan, found.plan if found.state != DRAFT else None)
    if sound == found.plan:
        return found.revision
    revision = _write(run, number, seen, sound, found.state, CHANGED, who=who, now=now)
    record(run, Act(now, who, "survey_changed", f"survey {number}"))
    return revision


def open_survey(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Its links take answers from now on."""
    found = survey_of(run, number)
    if found.plan.closes_at is not None and found.plan.closes_at <= now:
        raise UsageError("The moment of closing is over.", remedy="Set a later one, or none, and open it then.")
    _turn(run, found, OPEN, OPENED, who, now)


def close_survey(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Its links take no answers any more; it can be opened again."""
    _turn(run, survey_of(run, number), CLOSED, SHUT, who, now)


def _turn(run: Run, found: Survey, state: str, what: str, who: str, now: datetime) -> None:
    if found.state != state:
        _write(run, found.id, found.revision, found.plan, state, what, who=who, now=now)
        record(run, Act(now, who, f"survey_{what}", f"survey {found.id}"))


def _write(run: Run, number: int, seen: int, plan: Plan, state: str, what: str, *, who: str, now: datetime) -> int:
    """One version more, if the newest one is the one that was seen."""
    taken = run(
        "UPDATE survey SET revision = revision + 1 WHERE id = ? AND revision = ? RETURNING revision", (number, seen)
    )
    if not taken:
        raise MeanwhileError(
            "Somebody else has changed this survey meanwhile.",
            remedy="Look at what it is now, and change it again if need be.",
        )
    ((revision,),) = taken
    run(
        "INSERT INTO survey_version (survey_id, revision, plan, state, what, who, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, revision, plan.written(), state, what, who, now),
    )
    return int(revision)


def _free_key(run: Run, name: str) -> str:
    """The name of the survey in the facts, which no other one has."""
    base = key_of(name)[: _LONGEST_KEY - 8] or "survey"
    taken = {key for (key,) in run("SELECT key FROM survey", ())}
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _survey(row: tuple[object, ...]) -> Survey:
    number, key, revision, plan, state, made = row
    return Survey(int(str(number)), str(key), int(str(revision)), plan_of(str(plan)), str(state), as_moment(made))
