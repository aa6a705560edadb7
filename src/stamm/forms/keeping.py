"""Keeping forms: each change of words or state is a version more; nothing is written over.

All is done in the transaction that is open (`people.database.Run`), with the act beside it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from stamm.forms.plan import Field, Plan, checked, plan_of
from stamm.jobs.queue import enqueue
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment
from stamm.segments.named import key_of

#: states: not filled in yet, open to whoever has the link, not any more
DRAFT, OPEN, CLOSED = "draft", "open", "closed"
#: codes of versions
MADE, CHANGED, OPENED, SHUT = "made", "changed", "opened", "closed"
#: the job that makes facts of what is not told yet
TELLING = "form_submissions"
_LONGEST_KEY = 60
_NEWEST = (
    "SELECT f.id, f.key, v.revision, v.plan, v.state, f.made_at FROM form f "
    "JOIN form_version v ON v.form_id = f.id AND v.revision = f.revision"
)


class MeanwhileError(UsageError):
    """What somebody wanted to change was changed by somebody else since they looked."""


@dataclass(frozen=True)
class Form:
    """A form as it is now; `key` is its name in the facts, and stays."""

    id: int
    key: str
    revision: int
    plan: Plan
    state: str
    made_at: datetime

    def is_closed(self, now: datetime) -> bool:
        """Whether it was closed, or its time is over, or what is booked has begun."""
        ends = (self.plan.closes_at, self.plan.starts_at)
        return self.state == CLOSED or any(each is not None and now >= each for each in ends)


@dataclass(frozen=True)
class Version:
    """What somebody did with a form; `at` is UTC."""

    what: str
    who: str
    at: datetime


def forms(run: Run) -> list[Form]:
    """All of them, the newest first."""
    return [_form(row) for row in run(f"{_NEWEST} ORDER BY f.id DESC", ())]


def form_of(run: Run, number: int) -> Form:
    """One of them; raises UsageError where there is none of that number."""
    rows = run(f"{_NEWEST} WHERE f.id = ?", (number,))
    if not rows:
        raise UsageError(f"There is no form {number}.", remedy="`stamm form list` shows all.")
    return _form(rows[0])


def versions_of(run: Run, number: int) -> list[Version]:
    """How it became what it is, the newest first."""
    rows = run("SELECT what, who, at FROM form_version WHERE form_id = ? ORDER BY revision DESC", (number,))
    return [Version(what, who, as_moment(at)) for what, who, at in rows]


def plans_of(run: Run, number: int, *, opened: bool = False) -> dict[int, Plan]:
    """The plans of all its versions by their revisions, the newest first; `opened`: only since somebody can send."""
    rows = run("SELECT revision, plan, state FROM form_version WHERE form_id = ? ORDER BY revision DESC", (number,))
    return {int(revision): plan_of(plan) for revision, plan, state in rows if not opened or state != DRAFT}


def all_fields(run: Run, number: int) -> tuple[Field, ...]:
    """All that was ever asked since it was opened: the fields of now, and behind them those that were removed."""
    fields: dict[str, Field] = {}
    for plan in (form_of(run, number).plan, *plans_of(run, number, opened=True).values()):
        for field in plan.fields:
            fields.setdefault(field.key, field)
    return tuple(fields.values())


def make_form(run: Run, plan: Plan, *, who: str, now: datetime) -> int:
    """A new one, not open yet; returns its number. Raises UsageError for what cannot be asked."""
    sound = checked(plan)
    key = _free_key(run, sound.name)
    ((number,),) = run("INSERT INTO form (key, revision, made_at) VALUES (?, ?, ?) RETURNING id", (key, 0, now))
    _write(run, int(number), 0, sound, DRAFT, MADE, who=who, now=now)
    record(run, Act(now, who, "form_made", f"form {number}"))
    return int(number)


def change_form(run: Run, number: int, plan: Plan, *, seen: int, who: str, now: datetime) -> int:
    """Another plan as one version more; returns its revision. What was booked is told to the facts anew.

    Raises MeanwhileError where there is a newer version than the one `seen`, UsageError for what cannot be asked.
    """
    found = form_of(run, number)
    sound = checked(plan, tuple(plans_of(run, number, opened=True).values()))
    if sound == found.plan:
        return found.revision
    revision = _write(run, number, seen, sound, found.state, CHANGED, who=who, now=now)
    record(run, Act(now, who, "form_changed", f"form {number}"))
    if sound.use == "booking":
        run("UPDATE form_submission SET told = 0, changed_at = ? WHERE form_id = ? AND held = ''", (now, number))
        enqueue(run, TELLING, f"{TELLING}:{number}:{secrets.token_hex(8)}", {}, due_at=now, now=now)
    return revision


def open_form(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Its link takes what is sent from now on; raises UsageError where its time is over."""
    found = form_of(run, number)
    if any(each is not None and each <= now for each in (found.plan.closes_at, found.plan.starts_at)):
        raise UsageError("The moment of closing is over.", remedy="Set a later one, or none, and open it then.")
    _turn(run, found, OPEN, OPENED, who, now)


def close_form(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Its link takes nothing any more; it can be opened again."""
    _turn(run, form_of(run, number), CLOSED, SHUT, who, now)


def _turn(run: Run, found: Form, state: str, what: str, who: str, now: datetime) -> None:
    if found.state != state:
        _write(run, found.id, found.revision, found.plan, state, what, who=who, now=now)
        record(run, Act(now, who, f"form_{what}", f"form {found.id}"))


def _write(run: Run, number: int, seen: int, plan: Plan, state: str, what: str, *, who: str, now: datetime) -> int:
    """One version more, if the newest one is the one that was seen."""
    taken = run(
        "UPDATE form SET revision = revision + 1 WHERE id = ? AND revision = ? RETURNING revision", (number, seen)
    )
    if not taken:
        raise MeanwhileError(
            "Somebody else has changed this form meanwhile.",
            remedy="Look at what it is now, and change it again if need be.",
        )
    ((revision,),) = taken
    run(
        "INSERT INTO form_version (form_id, revision, plan, state, what, who, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, revision, plan.written(), state, what, who, now),
    )
    return int(revision)


def _free_key(run: Run, name: str) -> str:
    """The name of the form in the facts, which no other one has."""
    base = key_of(name)[: _LONGEST_KEY - 8] or "form"
    taken = {key for (key,) in run("SELECT key FROM form", ())}
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _form(row: tuple[object, ...]) -> Form:
    number, key, revision, plan, state, made = row
    return Form(int(str(number)), str(key), int(str(revision)), plan_of(str(plan)), str(state), as_moment(made))
