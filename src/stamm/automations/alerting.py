"""The kinds of jobs of an alert: it looks at what is new, and one letter goes to one address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from stamm.automations.alerts import (
    LETTER,
    LOOK,
    Alert,
    Finding,
    alert_of,
    look_at,
    note_judged,
    note_sent,
    note_told,
    told_of,
)
from stamm.automations.going_out import message_from
from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer
from stamm.delivery.mailing import message_of, send
from stamm.delivery.webhooks import tell
from stamm.jobs import Cancel, Done, Job, Kind, Outcome, Retry, Snooze, enqueue
from stamm.lang.errors import StammError, UsageError
from stamm.people.database import Database, Run

#: how often it is looked, and when again after it could not be
EACH, LATER = timedelta(minutes=15), timedelta(hours=1)


@dataclass(frozen=True)
class Looked:
    """What one look at an alert came to: how far it has judged, on which side it was left, and what is told."""

    until: date | None
    state: str
    findings: Sequence[Finding] = ()
    problem: str = ""


#: an alert and now -> what a look at it comes to
Look = Callable[[Alert, datetime], Looked]
#: an alert, what it found, and a language -> the letter about it
Compose = Callable[[Alert, Sequence[Finding], str], Letter]


@dataclass
class AlertLook(Kind):
    """Judges the windows that ended since the last look, again and again as long as its turn holds.

    The first look of a turn tells nobody: what was there when somebody made the alert is seen on its page.
    """

    database: Callable[[], Database]
    look: Look
    compose: Compose
    found: dict[int, tuple[Alert, Looked]] = field(default_factory=dict, repr=False)
    name = LOOK
    title = "Alert looks at what is new"
    goes_outside = True
    repeatable = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Judged without a transaction."""
        with self.database().transaction() as run:
            alert = _held(run, job)
        if alert is None:
            return Cancel("the alert was removed, or begins anew")
        try:
            looked = self.look(alert, now)
        except StammError as error:
            looked = Looked(alert.until, alert.state, problem=f"{error.what} {error.remedy or ''}".strip())
        self.found[job.id] = alert, looked
        return Done()

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """How far it is, what it found and all that goes out are written at once, or nothing of it."""
        alert, looked = self.found.pop(job.id, (None, None))
        if alert is None or looked is None:
            return outcome
        if not note_judged(run, alert, looked.until, looked.state, looked.problem):
            return Cancel("the alert was removed, or begins anew")
        look = f"{now:%Y-%m-%dT%H:%M:%S}"
        new = note_told(run, alert, looked.findings if alert.until else (), look, now=now)
        if new:
            for place in range(len(alert.about.to)):
                given = {"alert": alert.id, "look": look, "place": place}
                enqueue(run, LETTER, f"alert:{alert.id}:{look}:{place}", given, due_at=now, now=now)
            if alert.about.webhooks:
                message = message_from(self.compose(alert, new, alert.about.language), "alert")
                for number in alert.about.webhooks:
                    tell(run, number, message, f"alert:{alert.id}:{look}", now=now)
        return Snooze(now + EACH)

    def failed(self, run: Run, job: Job, reason: str, now: datetime) -> None:
        """An alert does not end because it could not be judged for a while."""
        if (alert := _held(run, job)) is not None:
            look_at(run, alert.id, alert.turn, now + LATER, now=now)


@dataclass
class AlertLetter(Kind):
    """What an alert found at one look goes to one address."""

    database: Callable[[], Database]
    server: Callable[[], MailServer | None]
    compose: Compose
    #: the language of an address here; None where its account is removed, empty where it has none
    language: Callable[[Run, str], str | None]
    name = LETTER
    title = "Alert by mail"
    goes_outside = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Composed of what was found then, whatever it is by now."""
        with self.database().transaction() as run:
            try:
                alert = alert_of(run, job.given["alert"])
            except UsageError:
                return Cancel("the alert was removed")
            told = told_of(run, alert.id, look=job.given["look"])
            if job.given["place"] >= len(alert.about.to):
                return Cancel("not wanted any more")
            address = alert.about.to[job.given["place"]]
            language = self.language(run, address)
        if language is None:
            return Cancel("the account is removed")
        server = self.server()
        if server is None:
            return Retry("stamm.toml names no mail server")
        letter = self.compose(alert, [each.found for each in reversed(told)], language or alert.about.language)
        return send(message_of(letter, address, server, key=job.key, now=now), server)

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """What came of it is written down."""
        try:
            alert = alert_of(run, job.given["alert"])
        except UsageError:
            return outcome
        if job.given["place"] < len(alert.about.to):
            reason = outcome.reason if isinstance(outcome, Cancel | Retry) else ""
            note_sent(run, alert.id, job.given["look"], alert.about.to[job.given["place"]], reason, now=now)
        return outcome


def _held(run: Run, job: Job) -> Alert | None:
    """The alert of a job, as long as it is not paused and its turn holds."""
    try:
        alert = alert_of(run, job.given["alert"])
    except UsageError:
        return None
    return alert if alert.paused_at is None and alert.turn == job.given["turn"] else None
