"""Reports: what goes out, when, and to whom. Each change is written into the record of acts with it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from stamm.boards.content import Content, Kept, Placed
from stamm.delivery.mail_server import checked_address
from stamm.delivery.webhooks import webhook_of
from stamm.facts.filter import filter_of
from stamm.jobs import Rhythm, enqueue, remove_timer, set_timer
from stamm.jobs.timers import due_of
from stamm.lang.errors import UsageError
from stamm.lang.language import CODES
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment

#: what its timer makes, and what goes to one address
DUE, LETTER = "report", "report_letter"
#: what goes to one webhook
HOOK = "report_webhook"
#: recipients of one report
MOST = 100


class About(msgspec.Struct, frozen=True):
    """What a report shows: the board of a number, or one metric (kept to conditions); and when it goes out.

    `webhooks` get it beside those who get it by mail, in `language`.
    """

    name: str
    rhythm: Rhythm
    board: int = 0
    metric: str = ""
    where: tuple[str, ...] = ()
    webhooks: tuple[int, ...] = ()
    language: str = "en"

    def checked(self) -> About:
        """The same in its one written form; raises UsageError."""
        name = "".join(sign for sign in self.name if sign.isprintable()).strip()
        if not name or len(name) > 120:
            raise UsageError("A report needs a name of at most 120 letters.", remedy="Name it after what it shows.")
        if bool(self.board) == bool(self.metric):
            raise UsageError("A report shows a board or a metric.", remedy="Choose one of them.")
        where = tuple(str(condition) for condition in filter_of(self.where))
        return msgspec.structs.replace(self, name=name, where=where, rhythm=self.rhythm.checked())

    def of_metric(self) -> Content:
        """The metric as a board would show it, in windows as long as its rhythm."""
        settings = {"metric": self.metric}
        widgets = (
            Placed(1, "number", settings, span=4),
            Placed(2, "trend", settings, span=8),
            Placed(3, "windows", settings, span=12),
        )
        return Content(self.name, Kept(self.rhythm.each, "", self.where), widgets)


@dataclass(frozen=True)
class Recipient:
    """Whom a report goes to, in which language; `stopped_at` once they wanted it no more (UTC)."""

    id: int
    address: str
    language: str
    stopped_at: datetime | None


@dataclass(frozen=True)
class Report:
    """A report, and when it is due next (UTC)."""

    id: int
    about: About
    who: str
    due_at: datetime | None
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True)
class Sent:
    """What went to somebody on a day, or why not; an empty outcome is that it went."""

    address: str
    day: str
    outcome: str
    at: datetime


def make_report(run: Run, about: About, to: Sequence[tuple[str, str]], *, who: str, now: datetime) -> int:
    """A new report for addresses, each with its language; its number. Raises UsageError."""
    checked = about.checked()
    for webhook in checked.webhooks:
        webhook_of(run, webhook)
    recipients = _recipients(to, optional=bool(checked.webhooks), languages={checked.language})
    ((number,),) = run(
        "INSERT INTO report (about, who, made_at) VALUES (?, ?, ?) RETURNING id",
        (msgspec.json.encode(checked).decode(), who, now),
    )
    for address, language in recipients:
        run("INSERT INTO report_recipient (report_id, address, language) VALUES (?, ?, ?)", (number, address, language))
    set_timer(run, _timer(number), DUE, {"report": number}, checked.rhythm, now=now)
    whose = len(recipients) + len(checked.webhooks)
    record(run, Act(now, who, "report_made", f"report {number} for {whose}"))
    return int(number)


def remove_report(run: Run, number: int, *, who: str, now: datetime) -> None:
    """It goes out no more; what went out stays written down. Raises UsageError where there is none."""
    if not run("UPDATE report SET removed_at = ? WHERE id = ? AND removed_at IS NULL RETURNING id", (now, number)):
        raise _gone(number)
    remove_timer(run, _timer(number))
    record(run, Act(now, who, "report_removed", f"report {number}"))


def send_now(run: Run, number: int, *, who: str, now: datetime) -> int:
    """Have it sent beside its hours, once a minute at most; how many letters. Raises UsageError where there is none."""
    count = send_all(run, report_of(run, number), f"{now:%Y-%m-%dT%H:%M}", now=now)
    record(run, Act(now, who, "report_sent", f"report {number}"))
    return count


def send_all(run: Run, report: Report, day: str, *, now: datetime) -> int:
    """Have it sent to all who want it, of whom none holds another up; to how many it was not yet, for that day."""
    count = sum(send_letter(run, report, each, day, now=now) for each in report.recipients if each.stopped_at is None)
    for webhook in report.about.webhooks:
        given = {"report": report.id, "webhook": webhook, "day": day}
        count += enqueue(run, HOOK, f"report:{report.id}:{day}:webhook:{webhook}", given, due_at=now, now=now)
    return count


def send_letter(run: Run, report: Report, recipient: Recipient, day: str, *, now: datetime) -> bool:
    """Have it sent to one of its recipients; False where it has been for that day."""
    given = {"report": report.id, "recipient": recipient.id, "day": day}
    return enqueue(run, LETTER, f"report:{report.id}:{day}:{recipient.id}", given, due_at=now, now=now)


def reports(run: Run) -> list[Report]:
    """All that go out, the newest first."""
    rows = run("SELECT id, about, who FROM report WHERE removed_at IS NULL ORDER BY id DESC", ())
    return [_report(run, row) for row in rows]


def report_of(run: Run, number: int) -> Report:
    """One that goes out; raises UsageError where there is none."""
    rows = run("SELECT id, about, who FROM report WHERE id = ? AND removed_at IS NULL", (number,))
    if not rows:
        raise _gone(number)
    return _report(run, rows[0])


def sent_of(run: Run, number: int, *, most: int = 50) -> list[Sent]:
    """What went out of a report, the last first."""
    rows = run(
        "SELECT address, day, outcome, at FROM report_sent JOIN report_recipient ON report_recipient.id = recipient_id "
        "WHERE report_sent.report_id = ? ORDER BY report_sent.id DESC LIMIT ?",
        (number, most),
    )
    return [Sent(address, day, outcome, as_moment(at)) for address, day, outcome, at in rows]


def note_sent(run: Run, report: int, recipient: int, day: str, outcome: str, *, now: datetime) -> None:
    """Write down that it went, or why not; of one day the last word counts."""
    run(
        "INSERT INTO report_sent (report_id, recipient_id, day, outcome, at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (recipient_id, day) DO UPDATE SET outcome = excluded.outcome, at = excluded.at",
        (report, recipient, day, outcome[:300], now),
    )


def stop_token(secret: str, recipient: int, address: str) -> str:
    """What a link carries with which somebody wants a report no more; only who has the secret makes one."""
    told = f"report:{recipient}:{address}"
    return f"{recipient}-{hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()}"


def stop(run: Run, token: str, secret: str, *, now: datetime) -> None:
    """The report of that link goes to its recipient no more; raises UsageError for a link that nobody made."""
    recipient, report = recipient_of(run, token, secret)
    if run(
        "UPDATE report_recipient SET stopped_at = ? WHERE id = ? AND stopped_at IS NULL RETURNING id",
        (now, recipient.id),
    ):
        record(run, Act(now, recipient.address, "report_stopped", f"report {report}"))


def recipient_of(run: Run, token: str, secret: str) -> tuple[Recipient, int]:
    """Whose link that is, and the number of the report; raises UsageError where nobody made it."""
    number = token.partition("-")[0]
    rows = (
        run("SELECT id, address, language, stopped_at, report_id FROM report_recipient WHERE id = ?", (int(number),))
        if number.isascii() and number.isdecimal() and len(number) < 10
        else []
    )
    for each, address, language, stopped, report in rows:
        if hmac.compare_digest(stop_token(secret, each, address).encode(), token.encode()):
            return Recipient(each, address, language, as_moment(stopped) if stopped else None), int(report)
    raise UsageError("Nobody made this link.", remedy="Open it from the mail again.")


def _recipients(to: Sequence[tuple[str, str]], *, optional: bool, languages: set[str]) -> list[tuple[str, str]]:
    found = {checked_address(address): language for address, language in to}
    if not (found or optional) or len(found) > MOST:
        raise UsageError(f"A report goes to 1 to {MOST} addresses.", remedy="Write one a line.")
    if (languages | set(found.values())) - set(CODES):
        raise UsageError("A report is written in en or de.", remedy="Choose one of them.")
    return sorted(found.items())


def _report(run: Run, row: tuple[Any, ...]) -> Report:
    number, about, who = row
    to = run(
        "SELECT id, address, language, stopped_at FROM report_recipient WHERE report_id = ? ORDER BY id", (number,)
    )
    recipients = tuple(Recipient(each, a, code, as_moment(at) if at else None) for each, a, code, at in to)
    return Report(number, msgspec.json.decode(about, type=About), who, due_of(run, _timer(number)), recipients)


def _timer(number: int) -> str:
    return f"report {number}"


def _gone(number: int) -> UsageError:
    return UsageError(f"There is no report {number}.", remedy="`stamm schedule` lists them.")
