"""Owners: who here looks after a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from stamm.people.acts import Act, record
from stamm.people.database import Run


def owner_of(run: Run, customers: Sequence[str]) -> str | None:
    """The address of who looks after somebody of these numbers; of several the last who was named."""
    marks = ", ".join("?" * len(customers))
    rows = run(
        f"SELECT whose FROM care_owner WHERE customer_id IN ({marks}) ORDER BY at DESC, id DESC LIMIT 1",  # noqa: S608 - ours
        tuple(customers),
    )
    return rows[0][0] if rows else None


def owned_by(run: Run, whose: str) -> list[str]:
    """The numbers of the customers whom somebody looks after, sorted."""
    return [number for (number,) in run("SELECT customer_id FROM care_owner WHERE whose = ? ORDER BY 1", (whose,))]


def set_owner(run: Run, customers: Sequence[str], whose: str | None, *, who: str, now: datetime) -> None:
    """From now on that person looks after the customer of these numbers, the present one first; None for nobody."""
    marks = ", ".join("?" * len(customers))
    run(f"DELETE FROM care_owner WHERE customer_id IN ({marks})", tuple(customers))  # noqa: S608 - ours
    if whose is not None:
        run(
            "INSERT INTO care_owner (customer_id, whose, who, at) VALUES (?, ?, ?, ?)",
            (customers[0], whose, who, now),
        )
    record(run, Act(now, who, "owner_set", f"to {whose}" if whose else "to nobody"))
