"""The kinds of jobs of a report: it is due, one letter goes to one address, and its message to one webhook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from stamm.automations.reports import DUE, HOOK, LETTER, Recipient, Report, note_sent, report_of, send_all
from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer
from stamm.delivery.mailing import message_of, send
from stamm.delivery.message import Message, Number
from stamm.delivery.webhooks import tell
from stamm.jobs import Cancel, Done, Job, Kind, Outcome, Retry
from stamm.lang.errors import UsageError
from stamm.people.database import Database, Run

#: the letter of a report to somebody on a day
Compose = Callable[[Report, Recipient, datetime], Letter]
#: why somebody may not have it any more; empty: they may
Refused = Callable[[Run, Report, Recipient], str]


class ReportDue(Kind):
    """A report is due: a letter for each recipient."""

    name = DUE
    title = "Report is due"

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """One job a recipient and webhook, of which none holds another up."""
        try:
            report = report_of(run, job.given["report"])
        except UsageError:
            return Cancel("the report was removed")
        send_all(run, report, job.given["day"], now=now)
        return Done()


@dataclass
class ReportLetter(Kind):
    """A report goes to one address."""

    database: Callable[[], Database]
    server: Callable[[], MailServer | None]
    compose: Compose
    refused: Refused
    name = LETTER
    title = "Report by mail"
    goes_outside = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Composed and given to the mail server, unless it is not wanted any more."""
        with self.database().transaction() as run:
            try:
                report = report_of(run, job.given["report"])
            except UsageError:
                return Cancel("the report was removed")
            recipient = next((one for one in report.recipients if one.id == job.given["recipient"]), None)
            if recipient is None or recipient.stopped_at is not None:
                return Cancel("not wanted any more")
            why = self.refused(run, report, recipient)
        if why:
            return Cancel(why)
        server = self.server()
        if server is None:
            return Retry("stamm.toml names no mail server")
        return send(
            message_of(self.compose(report, recipient, now), recipient.address, server, key=job.key, now=now), server
        )

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """What came of it is written down."""
        told = outcome.reason if isinstance(outcome, Cancel | Retry) else ""
        note_sent(run, job.given["report"], job.given["recipient"], job.given["day"], told, now=now)
        return outcome


@dataclass
class ReportMessage(Kind):
    """A report becomes a message to one webhook. It is composed without a transaction, and told in one."""

    database: Callable[[], Database]
    compose: Callable[[Report, str, datetime], Letter]
    made: dict[int, Letter] = field(default_factory=dict, repr=False)
    name = HOOK
    title = "Report to a webhook"
    goes_outside = True
    repeatable = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Composed, unless the report was removed."""
        with self.database().transaction() as run:
            try:
                report = report_of(run, job.given["report"])
            except UsageError:
                return Cancel("the report was removed")
        self.made[job.id] = self.compose(report, report.about.language, now)
        return Done()

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """Told, once for that day."""
        letter = self.made.pop(job.id, None)
        if letter is None:
            return outcome
        name = f"report:{job.given['report']}:{job.given['day']}"
        tell(run, job.given["webhook"], message_from(letter), name, now=now)
        return outcome


def message_from(letter: Letter, kind: str = "report") -> Message:
    """What a letter says, without its pictures and files."""
    numbers = tuple(Number(one.name, one.value, " · ".join(one.about), one.address) for one in letter.numbers)
    text = " · ".join(part for part in (letter.over, *letter.paragraphs) if part)
    return Message(kind, letter.title, text, numbers, letter.button[1] if letter.button else "")
