"""Notes: what somebody wants others to know about a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from stamm.care.tables import UNDO, checked, forget_removed
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment


@dataclass(frozen=True)
class Note:
    """A note: who wrote it about whom, and when (UTC)."""

    id: int
    customer_id: str
    told: str
    who: str
    at: datetime


def write_note(run: Run, customer: str, told: str, *, who: str, now: datetime) -> int:
    """A new note, in the transaction that is open; returns its number. Raises UsageError for none, or for too much."""
    text = checked(told)
    ((number,),) = run(
        "INSERT INTO care_note (customer_id, told, who, at) VALUES (?, ?, ?, ?) RETURNING id",
        (customer, text, who, now),
    )
    record(run, Act(now, who, "note_written", f"note {number}"))
    return int(number)


def notes_of(run: Run, customers: Sequence[str]) -> list[Note]:
    """The notes about somebody of these numbers, the newest one first."""
    marks = ", ".join("?" * len(customers))
    rows = run(
        f"SELECT id, customer_id, told, who, at FROM care_note "  # noqa: S608 - ours
        f"WHERE customer_id IN ({marks}) AND removed_at IS NULL ORDER BY at DESC, id DESC",
        tuple(customers),
    )
    return [Note(number, customer, told, who, as_moment(at)) for number, customer, told, who, at in rows]


def remove_note(run: Run, number: int, *, who: str, now: datetime) -> str:
    """Take it away, for a day so that it can be brought back; whose it was. Raises UsageError where there is none."""
    forget_removed(run, "care_note", now)
    found = run(
        "UPDATE care_note SET removed_at = ? WHERE id = ? AND removed_at IS NULL RETURNING customer_id", (now, number)
    )
    return _done(run, found, Act(now, who, "note_removed", f"note {number}"))


def restore_note(run: Run, number: int, *, who: str, now: datetime) -> str:
    """Bring it back; whose it is. Raises UsageError where it is gone."""
    found = run(
        "UPDATE care_note SET removed_at = NULL WHERE id = ? AND removed_at >= ? RETURNING customer_id",
        (number, now - UNDO),
    )
    return _done(run, found, Act(now, who, "note_restored", f"note {number}"))


def _done(run: Run, found: list[tuple[object, ...]], act: Act) -> str:
    if not found:
        raise UsageError("This note is gone.", remedy="Load the customer's page anew.")
    record(run, act)
    return str(found[0][0])
