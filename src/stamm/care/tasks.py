"""Tasks: what somebody is to do about a customer, until when, and whether it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from stamm.care.tables import UNDO, checked, forget_removed
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment

_COLUMNS = "id, customer_id, told, whose, due_on, who, at, done_at, done_by"
#: tasks of one person that are shown at once
MOST = 500


@dataclass(frozen=True)
class Task:
    """A task: whose it is (an address), who gave it, and by whom it was done; moments are UTC, `due_on` a local day."""

    id: int
    customer_id: str
    told: str
    whose: str
    due_on: date | None
    who: str
    at: datetime
    done_at: datetime | None
    done_by: str | None


def make_task(run: Run, customer: str, told: str, *, whose: str, due_on: date | None, who: str, now: datetime) -> int:
    """A new task, in the transaction that is open; returns its number. Raises UsageError for none, or for too much."""
    ((number,),) = run(
        "INSERT INTO care_task (customer_id, told, whose, due_on, who, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (customer, checked(told), whose, due_on.isoformat() if due_on else None, who, now),
    )
    record(run, Act(now, who, "task_made", f"task {number} for {whose}"))
    return int(number)


def tasks_of(run: Run, customers: Sequence[str]) -> list[Task]:
    """The tasks about somebody of these numbers: open ones first, the one due soonest before all."""
    marks = ", ".join("?" * len(customers))
    return _select(run, f"customer_id IN ({marks})", *customers)


def tasks_for(run: Run, whose: str, *, done: bool = False) -> list[Task]:
    """The open tasks of a person, the one due soonest first; or those that are done, the last one first."""
    return _select(run, f"whose = ? AND done_at IS {'NOT ' if done else ''}NULL", whose)


def finish_task(run: Run, number: int, *, who: str, now: datetime) -> str:
    """It is done; about whom it was. Raises UsageError where there is no such open task."""
    found = run(
        "UPDATE care_task SET done_at = ?, done_by = ? WHERE id = ? AND done_at IS NULL AND removed_at IS NULL "
        "RETURNING customer_id",
        (now, who, number),
    )
    return _done(run, found, Act(now, who, "task_done", f"task {number}"))


def reopen_task(run: Run, number: int, *, who: str, now: datetime) -> str:
    """It is not done after all. Raises UsageError where there is no such task that is done."""
    found = run(
        "UPDATE care_task SET done_at = NULL, done_by = NULL "
        "WHERE id = ? AND done_at IS NOT NULL AND removed_at IS NULL RETURNING customer_id",
        (number,),
    )
    return _done(run, found, Act(now, who, "task_reopened", f"task {number}"))


def remove_task(run: Run, number: int, *, who: str, now: datetime) -> str:
    """Take it away, for a day so that it can be brought back. Raises UsageError where there is none."""
    forget_removed(run, "care_task", now)
    found = run(
        "UPDATE care_task SET removed_at = ? WHERE id = ? AND removed_at IS NULL RETURNING customer_id", (now, number)
    )
    return _done(run, found, Act(now, who, "task_removed", f"task {number}"))


def restore_task(run: Run, number: int, *, who: str, now: datetime) -> str:
    """Bring it back. Raises UsageError where it is gone."""
    found = run(
        "UPDATE care_task SET removed_at = NULL WHERE id = ? AND removed_at >= ? RETURNING customer_id",
        (number, now - UNDO),
    )
    return _done(run, found, Act(now, who, "task_restored", f"task {number}"))


def _select(run: Run, condition: str, *values: str) -> list[Task]:
    rows = run(
        f"SELECT {_COLUMNS} FROM care_task WHERE {condition} AND removed_at IS NULL "  # noqa: S608 - ours
        "ORDER BY done_at IS NOT NULL, done_at DESC, due_on IS NULL, due_on, id LIMIT ?",
        (*values, MOST),
    )
    return [
        Task(
            number,
            customer,
            told,
            whose,
            date.fromisoformat(due) if due else None,
            who,
            as_moment(at),
            as_moment(done) if done else None,
            by,
        )
        for number, customer, told, whose, due, who, at, done, by in rows
    ]


def _done(run: Run, found: list[tuple[object, ...]], act: Act) -> str:
    if not found:
        raise UsageError("This task is gone, or somebody was faster.", remedy="Load the customer's page anew.")
    record(run, act)
    return str(found[0][0])
