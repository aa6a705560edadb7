"""The lease table: what is enqueued is claimed by one worker, for a while, and ends in the transaction of its effect.

Each function works in the transaction that is open. A worker that was lost loses its lease; whoever was slower than
the lease finds that out before anything of theirs is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

from stamm.jobs.kind import Job
from stamm.jobs.outcome import Cancel, Done, Outcome, Retry, Snooze, pause
from stamm.people.database import Database, Run, as_moment

#: how long jobs that are over are kept, and their keys with them
KEPT = timedelta(days=30)
LOST = "cut off in the middle again and again"
_COLUMNS = "id, key, kind, given, due_at, tries"


class LeaseLostError(Exception):
    """Somebody else has the job by now: nothing of what was done in this transaction may stay."""


def enqueue(run: Run, kind: str, key: str, given: Mapping[str, Any], *, due_at: datetime, now: datetime) -> bool:
    """Have something done at or after a moment; False where a job of that key is there already, also one that is over.

    Part of the transaction that is open: what is enqueued with a change is done if and only if the change is.
    """
    return bool(
        run(
            "INSERT INTO job (key, kind, given, state, due_at, tries, begun, reason, made_at) "
            "VALUES (?, ?, ?, 'waiting', ?, 0, 0, '', ?) ON CONFLICT (key) DO NOTHING RETURNING id",
            (key, kind, msgspec.json.encode(given).decode(), due_at, now),
        )
    )


def claim(
    database: Database, run: Run, kinds: Collection[str], *, lease: str, until: datetime, most: int, now: datetime
) -> list[Job]:
    """Up to so many jobs that are due, those due longest first; nobody else gets them until that moment."""
    if not kinds:
        return []
    marks = ", ".join("?" * len(kinds))
    rows = run(
        f"WITH due AS MATERIALIZED (SELECT id FROM job WHERE kind IN ({marks}) AND "  # noqa: S608 - ours
        "((state = 'waiting' AND due_at <= ?) OR (state = 'running' AND leased_until <= ?)) "
        f"ORDER BY begun, due_at, id LIMIT ? {database.skipping}) "
        "UPDATE job SET state = 'running', lease = ?, leased_until = ? "
        f"WHERE id IN (SELECT id FROM due) RETURNING {_COLUMNS}",
        (*sorted(kinds), now, now, most, lease, until),
    )
    return sorted((_job(row) for row in rows), key=lambda job: (job.due_at, job.id))


def set_aside_lost(run: Run, kind: str, most_begun: int, now: datetime) -> list[Job]:
    """Jobs of a kind whose lease ran out, and that were begun too often to be begun once more: they have failed."""
    rows = run(
        "UPDATE job SET state = 'failed', lease = NULL, leased_until = NULL, reason = ?, ended_at = ? "  # noqa: S608 - ours
        f"WHERE kind = ? AND state = 'running' AND leased_until <= ? AND begun >= ? RETURNING {_COLUMNS}",
        (LOST, now, kind, now, most_begun),
    )
    return [_job(row) for row in rows]


def hold(run: Run, job: Job, lease: str) -> None:
    """Keep a job for as long as the transaction lasts; raises LeaseLostError where somebody else has it by now."""
    _held(
        run(
            "UPDATE job SET lease = lease WHERE id = ? AND lease = ? AND state = 'running' RETURNING id",
            (job.id, lease),
        )
    )


def begin(run: Run, job: Job, lease: str) -> None:
    """It is begun now; raises LeaseLostError where somebody else has it by now."""
    _held(
        run(
            "UPDATE job SET begun = begun + 1 WHERE id = ? AND lease = ? AND state = 'running' RETURNING id",
            (job.id, lease),
        )
    )


def renew(run: Run, lease: str, until: datetime) -> None:
    """The worker is still there: what it has claimed stays its own until that moment."""
    run("UPDATE job SET leased_until = ? WHERE lease = ? AND state = 'running'", (until, lease))


def give_back(run: Run, lease: str) -> None:
    """What a worker has claimed and not begun is anybody's."""
    run(
        "UPDATE job SET state = 'waiting', lease = NULL, leased_until = NULL WHERE lease = ? AND state = 'running'",
        (lease,),
    )


def settle(run: Run, job: Job, lease: str, outcome: Outcome, *, most_tries: int, now: datetime, chance: Random) -> bool:
    """Write down how it came out; whether it has failed for good. Raises LeaseLostError."""
    state, due, tries, reason, ended = "done", job.due_at, job.tries, "", True
    match outcome:
        case Done():
            pass
        case Cancel(why):
            state, reason = "cancelled", why
        case Snooze(until):
            state, due, ended = "waiting", until, False
        case Retry(why, after):
            tries, reason, ended = job.tries + 1, why, job.tries + 1 >= most_tries
            state, due = "failed" if ended else "waiting", now + max(pause(tries, chance), after)
    found = run(
        "UPDATE job SET state = ?, due_at = ?, tries = ?, reason = ?, ended_at = ?, begun = 0, "
        "lease = NULL, leased_until = NULL WHERE id = ? AND lease = ? AND state = 'running' RETURNING id",
        (state, due, tries, reason[:300], now if ended else None, job.id, lease),
    )
    _held(found)
    return state == "failed"


def forget(run: Run, now: datetime) -> None:
    """Jobs that were done or cancelled long ago go; failed ones stay until somebody looks after them."""
    run("DELETE FROM job WHERE state IN ('done', 'cancelled') AND ended_at < ?", (now - KEPT,))


def _held(found: list[tuple[Any, ...]]) -> None:
    if not found:
        raise LeaseLostError


def _job(row: tuple[Any, ...]) -> Job:
    number, key, kind, given, due, tries = row
    return Job(number, key, kind, msgspec.json.decode(given), as_moment(due), tries)
