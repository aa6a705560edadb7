"""Timers: what is due again and again at a local hour becomes a job, once each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from stamm.jobs.calendar import Rhythm
from stamm.jobs.queue import enqueue
from stamm.people.database import Run, as_moment


def set_timer(run: Run, name: str, kind: str, given: Mapping[str, Any], rhythm: Rhythm, *, now: datetime) -> datetime:
    """From now on a job of that kind is due in that rhythm; when for the first time. Raises UsageError.

    A timer of that name is written over; where its rhythm stays, so does the moment at which it is due.
    """
    written = msgspec.json.encode(rhythm.checked()).decode()
    due, _ = rhythm.after(now)
    rows = run(
        "INSERT INTO job_timer (name, kind, given, rhythm, due_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) "
        "DO UPDATE SET due_at = CASE WHEN job_timer.rhythm = excluded.rhythm THEN job_timer.due_at "
        "ELSE excluded.due_at END, kind = excluded.kind, given = excluded.given, rhythm = excluded.rhythm "
        "RETURNING due_at",
        (name, kind, msgspec.json.encode(given).decode(), written, due),
    )
    return as_moment(rows[0][0])


def remove_timer(run: Run, name: str) -> None:
    """It is due no more; what has become a job stays one."""
    run("DELETE FROM job_timer WHERE name = ?", (name,))


def due_of(run: Run, name: str) -> datetime | None:
    """When a timer is due next, None where there is none."""
    rows = run("SELECT due_at FROM job_timer WHERE name = ?", (name,))
    return as_moment(rows[0][0]) if rows else None


def fire(run: Run, now: datetime) -> int:
    """Each timer that is due becomes a job, and is due again later; how many did.

    Where nobody worked for a while, only the last time missed is made up for. A job's key names its local day, so that
    a clock that was set back makes none twice.
    """
    fired = 0
    rows = run("SELECT id, name, kind, given, rhythm, due_at FROM job_timer WHERE due_at <= ? ORDER BY id", (now,))
    for number, name, kind, given, written, due_at in rows:
        rhythm = msgspec.json.decode(written, type=Rhythm)
        due, day = rhythm.last(now, as_moment(due_at))
        following, _ = rhythm.after(now)
        # of two workers who see it due one moves it on
        if run("UPDATE job_timer SET due_at = ? WHERE id = ? AND due_at = ? RETURNING id", (following, number, due_at)):
            about = {**msgspec.json.decode(given), "day": day.isoformat()}
            fired += enqueue(run, kind, f"{name}:{day.isoformat()}", about, due_at=due, now=now)
    return fired
