"""What is held for review: counted, or thrown away. What counts can be thrown away, too: a place that is given back."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from stamm.forms.keeping import TELLING, form_of
from stamm.forms.submissions import REMOVED, Submission, counted, delete_submission, has_place, submissions_where
from stamm.jobs.queue import enqueue
from stamm.people.acts import Act, record
from stamm.people.database import Run


def accept(run: Run, form: int, numbers: Collection[int], *, who: str, now: datetime) -> tuple[int, int]:
    """Count these of what is held, the oldest first: how many were, and how many could not be.

    Nothing counts beyond the quota, and nobody has two places.
    """
    run("UPDATE form SET revision = revision WHERE id = ?", (form,))  # of two at once one waits
    plan, done, left = form_of(run, form).plan, 0, 0
    for each in _those(run, form, numbers, "held NOT IN ('', ?)"):
        full = bool(plan.quota) and counted(run, form) >= plan.quota
        if full or (plan.use == "booking" and has_place(run, form, each.email)):
            left += 1
            continue
        run("UPDATE form_submission SET held = '', told = 0, changed_at = ? WHERE id = ?", (now, each.id))
        done += 1
    _note(run, form, "form_held_counted", done, who, now)
    return done, left


def throw_away(run: Run, form: int, numbers: Collection[int], *, who: str, now: datetime) -> int:
    """Remove these, held or counted: from the facts, too, and then altogether; how many they were."""
    run("UPDATE form SET revision = revision WHERE id = ?", (form,))
    found = _those(run, form, numbers, "held <> ?")
    for each in found:
        run("DELETE FROM form_arrival WHERE submission_id = ?", (each.id,))
        if each.facts or each.is_counted:
            run("UPDATE form_submission SET held = ?, told = 0, changed_at = ? WHERE id = ?", (REMOVED, now, each.id))
        else:
            delete_submission(run, each.id)
    _note(run, form, "form_submissions_removed", len(found), who, now)
    return len(found)


def _those(run: Run, form: int, numbers: Collection[int], condition: str) -> list[Submission]:
    wanted = set(numbers)
    there = submissions_where(run, f"form_id = ? AND {condition}", (form, REMOVED))
    return [each for each in there if each.id in wanted]


def _note(run: Run, form: int, what: str, count: int, who: str, now: datetime) -> None:
    if count:
        record(run, Act(now, who, what, f"form {form}, {count} submissions"))
        enqueue_telling(run, form, now)


def enqueue_telling(run: Run, form: int, now: datetime) -> None:
    """What changed is told to the facts."""
    enqueue(run, TELLING, f"{TELLING}:{form}:{secrets.token_hex(8)}", {}, due_at=now, now=now)
