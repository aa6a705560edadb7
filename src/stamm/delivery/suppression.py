"""Addresses to which nothing is sent any more: they came back, somebody complained, or somebody here said so.

An address is kept as a keyed digest alone. So it outlives the erasure of its customer, and nobody can read whose it
was; whoever knows an address can ask whether it is among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stamm.delivery.mail_server import checked_address
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment
from stamm.store.erasing.words import Digests

Why = Literal["bounced", "complained", "asked"]
#: in English; the words of a language are looked up where they are shown
WHYS: dict[Why, str] = {
    "bounced": "Mail came back",
    "complained": "Complained",
    "asked": "Wants no mail",
}
#: what looks after the list by itself
STAMM = "stamm"


@dataclass(frozen=True)
class Suppressed:
    """One address as it is kept: its number, why, who said so, and since when (UTC)."""

    id: int
    why: Why
    who: str
    at: datetime


def mark_of(digests: Digests, address: str) -> str:
    """What stands for an address, however it is spelled; raises UsageError for what is none."""
    return digests.of("address", checked_address(address))


def suppress(run: Run, mark: str, why: str, *, who: str, now: datetime) -> bool:
    """Send nothing there from now on; False where that was so already. Raises UsageError."""
    if why not in WHYS:
        raise UsageError(f"An address is not suppressed because it {why!r}.", remedy=f"Choose {', '.join(WHYS)}.")
    made = run(
        "INSERT INTO mail_suppressed (mark, why, who, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (mark) DO NOTHING RETURNING id",
        (mark, why, who, now),
    )
    for (number,) in made:
        record(run, Act(now, who, "address_suppressed", f"address {number}: {why}"))
    return bool(made)


def take_off(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Send there again, where consent allows it. Raises UsageError where there is no such address."""
    rows = run("DELETE FROM mail_suppressed WHERE id = ? RETURNING why", (number,))
    if not rows:
        raise UsageError(f"There is no suppressed address {number}.", remedy="It may have been taken off already.")
    record(run, Act(now, who, "address_taken_off", f"address {number}: {rows[0][0]}"))


def suppressed(run: Run, mark: str) -> Suppressed | None:
    """Why and since when nothing is sent to an address; None where it is not suppressed."""
    return next(iter(_select(run, "WHERE mark = ?", (mark,))), None)


def suppressed_marks(run: Run) -> frozenset[str]:
    """What stands for the addresses to which nothing is sent."""
    return frozenset(mark for (mark,) in run("SELECT mark FROM mail_suppressed", ()))


def newest_suppressed(run: Run, *, most: int = 50) -> list[Suppressed]:
    """The list, those added last first."""
    return _select(run, "ORDER BY id DESC LIMIT ?", (most,))


def suppressed_counts(run: Run) -> dict[Why, int]:
    """How many addresses are suppressed, by why."""
    found = dict[str, int](run("SELECT why, count(*) FROM mail_suppressed GROUP BY why", ()))
    return {why: found.get(why, 0) for why in WHYS}


def _select(run: Run, condition: str, values: tuple[object, ...]) -> list[Suppressed]:
    rows = run(f"SELECT id, why, who, at FROM mail_suppressed {condition}", values)  # noqa: S608 - ours
    return [Suppressed(number, why, who, as_moment(at)) for number, why, who, at in rows]
