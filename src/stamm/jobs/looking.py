"""What is due, running, failed; and what somebody does about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment

State = Literal["waiting", "running", "done", "cancelled", "failed"]
#: what each state means, in English; the words of a language are looked up where they are shown
STATES: dict[State, str] = {
    "failed": "failed",
    "running": "running",
    "waiting": "due",
    "done": "done",
    "cancelled": "cancelled",
}


@dataclass(frozen=True)
class Seen:
    """A job as it is shown: moments in UTC, `reason` is why it last came to nothing."""

    id: int
    key: str
    kind: str
    state: State
    due_at: datetime
    tries: int
    reason: str
    ended_at: datetime | None


@dataclass(frozen=True)
class SeenTimer:
    """A timer as it is shown, and when it is due next (UTC)."""

    name: str
    kind: str
    due_at: datetime


def jobs_in(run: Run, state: State, *, most: int = 50) -> list[Seen]:
    """Jobs of one state: of those to be done the one due soonest first, of those that are over the last first."""
    order = "due_at, id" if state in ("waiting", "running") else "ended_at DESC, id DESC"
    return _select(run, f"state = ? ORDER BY {order} LIMIT ?", (state, most))


def job_of(run: Run, number: int) -> Seen:
    """One job; raises UsageError where there is none."""
    found = _select(run, "id = ?", (number,))
    if not found:
        raise UsageError(f"There is no job {number}.", remedy="`stamm jobs` lists them.")
    return found[0]


def counts(run: Run) -> dict[State, int]:
    """How many jobs there are of each state; those that are over stay for a while."""
    found: dict[State, int] = dict(run("SELECT state, count(*) FROM job GROUP BY state", ()))
    return {state: found.get(state, 0) for state in STATES}


def timers(run: Run) -> list[SeenTimer]:
    """All timers, the one due soonest first."""
    rows = run("SELECT name, kind, due_at FROM job_timer ORDER BY due_at, name", ())
    return [SeenTimer(name, kind, as_moment(due)) for name, kind, due in rows]


def retry_job(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Try a job that failed or waits once more, now, under its key. Raises UsageError where it is over, or running."""
    found = run(
        "UPDATE job SET state = 'waiting', due_at = ?, tries = 0, begun = 0, ended_at = NULL "
        "WHERE id = ? AND state IN ('failed', 'waiting') RETURNING id",
        (now, number),
    )
    _done(run, found, number, Act(now, who, "job_retried", f"job {number}"))


def cancel_job(run: Run, number: int, *, who: str, now: datetime) -> None:
    """It is not to be done any more. Raises UsageError where it is over, or running."""
    found = run(
        "UPDATE job SET state = 'cancelled', ended_at = ? WHERE id = ? AND state IN ('failed', 'waiting') RETURNING id",
        (now, number),
    )
    _done(run, found, number, Act(now, who, "job_cancelled", f"job {number}"))


def _done(run: Run, found: Sequence[object], number: int, act: Act) -> None:
    if not found:
        job_of(run, number)
        raise UsageError(
            f"Job {number} is over, or running just now.", remedy="Only what failed or waits can be changed."
        )
    record(run, act)


def _select(run: Run, condition: str, values: Sequence[object]) -> list[Seen]:
    rows = run(
        f"SELECT id, key, kind, state, due_at, tries, reason, ended_at FROM job WHERE {condition}",  # noqa: S608 - ours
        values,
    )
    return [
        Seen(number, key, kind, state, as_moment(due), tries, reason, as_moment(ended) if ended else None)
        for number, key, kind, state, due, tries, reason, ended in rows
    ]
