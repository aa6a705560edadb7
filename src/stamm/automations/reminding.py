"""Reminders of tickets: who is told of a ticket that waits too long, once for each time that it does.

Each choice is kept, and the last one holds. Of a ticket a keyed digest alone is kept, so that nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from stamm.delivery.webhooks import webhook_of
from stamm.jobs import enqueue
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment
from stamm.people.roles import NAMES, Role

#: the kinds of its jobs: looking for tickets, and one letter
LOOK, LETTER = "tickets_look", "tickets_letter"
#: how long it is known of which tickets somebody was told, and longer as long as they wait
KEPT = timedelta(days=90)
#: the longest that a ticket may wait: a year
MOST_HOURS = 8_760


class Reminder(msgspec.Struct, frozen=True):
    """Whether somebody is reminded, after how many hours, and who: everybody of these roles, and these webhooks.

    `language` is the one of messages to webhooks; people are written to in their own.
    """

    on: bool = False
    hours: int = 48
    roles: tuple[Role, ...] = (Role.SUPPORT,)
    webhooks: tuple[int, ...] = ()
    language: str = "en"

    def checked(self) -> Reminder:
        """The same; raises UsageError."""
        if not 1 <= self.hours <= MOST_HOURS:
            raise UsageError(
                f"A ticket cannot wait {self.hours} hours.", remedy=f"Choose 1 to {MOST_HOURS:,} whole hours."
            )
        if not set(self.roles) <= NAMES:
            raise UsageError("Somebody who may see no customer is told of no ticket.", remedy="Choose other roles.")
        if self.on and not (self.roles or self.webhooks):
            raise UsageError("A reminder needs somebody whom it reaches.", remedy="Choose a role or a webhook.")
        return self


@dataclass(frozen=True)
class Chosen:
    """What holds, by the number of the choice (0: nobody has chosen yet), and since when (UTC)."""

    id: int
    about: Reminder
    since: datetime | None


@dataclass(frozen=True)
class Person:
    """Somebody who is written to."""

    id: int
    address: str
    language: str


def chosen_reminder(run: Run) -> Chosen:
    """What was chosen last; nobody is reminded unless somebody chose so."""
    rows = run("SELECT id, about, made_at FROM ticket_reminder ORDER BY id DESC LIMIT 1", ())
    if not rows:
        return Chosen(0, Reminder(), None)
    number, about, at = rows[0]
    return Chosen(number, msgspec.json.decode(about, type=Reminder), as_moment(at))


def choose_reminder(run: Run, about: Reminder, *, who: str, now: datetime) -> None:
    """From now on this holds, and where it is on, it is looked at once. Raises UsageError."""
    before, checked = chosen_reminder(run), about.checked()
    for number in checked.webhooks:
        webhook_of(run, number)
    if before.about == checked:
        return
    ((number,),) = run(
        "INSERT INTO ticket_reminder (about, who, made_at) VALUES (?, ?, ?) RETURNING id",
        (msgspec.json.encode(checked).decode(), who, now),
    )
    if checked.on:
        look_at(run, number, now, now=now)
    whom = ", ".join((*(role.value for role in checked.roles), *(f"webhook {each}" for each in checked.webhooks)))
    what = f"after {checked.hours} hours: {whom}" if checked.on else "off"
    record(run, Act(now, who, "ticket_reminder_changed", what))


def look_at(run: Run, choice: int, due: datetime, *, now: datetime) -> bool:
    """Have it looked for tickets at that moment, as long as that choice holds."""
    return enqueue(run, LOOK, f"tickets:{choice}:{due:%Y-%m-%dT%H:%M}", {"choice": choice}, due_at=due, now=now)


def reminded(run: Run) -> set[str]:
    """The digests of all tickets of which somebody was told."""
    return {mark for (mark,) in run("SELECT mark FROM ticket_reminded", ())}


def reminded_at(run: Run, look: str) -> set[str]:
    """The digests of those that were found at one look."""
    return {mark for (mark,) in run("SELECT mark FROM ticket_reminded WHERE look = ?", (look,))}


def told(run: Run, choice: int) -> tuple[int, datetime | None]:
    """Of how many tickets somebody was told since a choice holds, and when last (UTC)."""
    ((count, last),) = run("SELECT count(*), max(at) FROM ticket_reminded WHERE look LIKE ?", (f"{choice}:%",))
    return int(count), None if last is None else as_moment(last)


def note_reminded(run: Run, marks: Iterable[str], look: str, *, now: datetime) -> list[str]:
    """Note tickets of which nobody was told yet; which those were."""
    waiting, before = dict.fromkeys(marks), reminded(run)
    for (mark,) in run("SELECT mark FROM ticket_reminded WHERE at < ?", (now - KEPT,)):
        if mark not in waiting:
            run("DELETE FROM ticket_reminded WHERE mark = ?", (mark,))
    new = [mark for mark in waiting if mark not in before]
    for mark in new:
        run("INSERT INTO ticket_reminded (mark, look, at) VALUES (?, ?, ?)", (mark, look, now))
    return new


def people_of(run: Run, roles: Sequence[Role]) -> list[Person]:
    """Everybody of these roles who can sign in."""
    if not roles:
        return []
    places = ", ".join("?" * len(roles))
    rows = run(
        f"SELECT id, email, language FROM people_person WHERE is_active AND role IN ({places}) ORDER BY id",  # noqa: S608
        tuple(role.value for role in roles),
    )
    return [Person(number, address, language) for number, address, language in rows]
