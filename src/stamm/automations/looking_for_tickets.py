"""The kinds of jobs that remind of tickets: one looks for those that wait too long, one writes to one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from stamm.automations.going_out import message_from
from stamm.automations.reminding import (
    LETTER,
    LOOK,
    chosen_reminder,
    look_at,
    note_reminded,
    people_of,
    reminded_at,
)
from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer
from stamm.delivery.mailing import message_of, send
from stamm.delivery.message import Message
from stamm.delivery.webhooks import tell
from stamm.jobs import Cancel, Done, Job, Kind, Outcome, Retry, Snooze, enqueue
from stamm.people.database import Database, Run

#: how often it is looked, and when again after it could not be
EACH, LATER = timedelta(minutes=15), timedelta(hours=1)


@dataclass(frozen=True)
class Waiting:
    """A ticket that waits: since when (UTC) it is open, or open again, and what else is known of it.

    `mark` is the keyed digest of this time that it is open.
    """

    mark: str
    ticket: str
    customer: str
    since: datetime
    channel: str
    topic: str
    answered: bool


#: hours and now -> the tickets that have waited for longer, those that wait longest first
Look = Callable[[int, datetime], Sequence[Waiting]]
#: tickets, hours, now and a language (empty: that of the organisation) -> the letter about them
Compose = Callable[[Sequence[Waiting], int, datetime, str], Letter]


@dataclass
class TicketsLook(Kind):
    """Looks for tickets that wait too long, again and again as long as its choice holds."""

    database: Callable[[], Database]
    look: Look
    compose: Compose
    found: dict[int, Sequence[Waiting]] = field(default_factory=dict, repr=False)
    name = LOOK
    title = "Look for tickets that wait"
    goes_outside = True
    repeatable = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """What waits now."""
        with self.database().transaction() as run:
            chosen = chosen_reminder(run)
        if chosen.id != job.given["choice"] or not chosen.about.on:
            return Cancel("something else was chosen")
        self.found[job.id] = self.look(chosen.about.hours, now)
        return Done()

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """Whoever is to be told is told of those of which nobody was yet; then it is looked again a little later."""
        found, chosen = self.found.pop(job.id, ()), chosen_reminder(run)
        if not isinstance(outcome, Done):
            return outcome
        if chosen.id != job.given["choice"]:
            return Cancel("something else was chosen")
        look = f"{chosen.id}:{now:%Y-%m-%dT%H:%M:%S}"
        new = set(note_reminded(run, (each.mark for each in found), look, now=now))
        if new:
            for person in people_of(run, chosen.about.roles):
                given = {"look": look, "person": person.id}
                enqueue(run, LETTER, f"tickets:{look}:{person.id}", given, due_at=now, now=now)
            if chosen.about.webhooks:
                told = [each for each in found if each.mark in new]
                message = nobodys(message_from(self.compose(told, chosen.about.hours, now, chosen.about.language)))
                for number in chosen.about.webhooks:
                    tell(run, number, message, f"tickets:{look}", now=now)
        return Snooze(now + EACH)

    def failed(self, run: Run, job: Job, reason: str, now: datetime) -> None:
        """A reminder does not end because it could not be looked for a while."""
        if chosen_reminder(run).id == job.given["choice"]:
            look_at(run, job.given["choice"], now + LATER, now=now)


@dataclass
class TicketsLetter(Kind):
    """One person is told of the tickets of one look that still wait."""

    database: Callable[[], Database]
    server: Callable[[], MailServer | None]
    look: Look
    compose: Compose
    name = LETTER
    title = "Reminder of tickets by mail"
    goes_outside = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Looked at again, as it may have waited for the mail server."""
        with self.database().transaction() as run:
            about = chosen_reminder(run).about
            person = next((one for one in people_of(run, about.roles) if one.id == job.given["person"]), None)
            marks = reminded_at(run, job.given["look"])
        if not about.on or person is None:
            return Cancel("not wanted any more")
        told = [each for each in self.look(about.hours, now) if each.mark in marks]
        if not told:
            return Cancel("they are solved by now")
        server = self.server()
        if server is None:
            return Retry("stamm.toml names no mail server")
        letter = self.compose(told, about.hours, now, person.language)
        return send(message_of(letter, person.address, server, key=job.key, now=now), server)


def nobodys(message: Message) -> Message:
    """The same without what leads to customers: who reads a channel is not known, and what went out is kept a while."""
    return replace(message, numbers=tuple(replace(one, url="") for one in message.numbers))
