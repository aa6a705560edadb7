"""What `stamm schedule` does and says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from stamm.app.retelling import retell
from stamm.automations.reports import About, make_report, remove_report, report_of, reports, send_now, sent_of
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.delivery.letter import Letter
from stamm.delivery.mailing import message_of
from stamm.delivery.mailing import send as send_message
from stamm.delivery.webhooks import webhooks
from stamm.jobs import Done, Rhythm
from stamm.lang.errors import ProjectError, UsageError
from stamm.reports.schedule_words import rhythm_words

if TYPE_CHECKING:
    from stamm.people.database import Run


def asked(say: Session, metric: str, board: int | None, more: Mapping[str, Any]) -> About:
    """The report that the options describe; raises UsageError."""
    hour, _, minute = str(more["at"]).partition(":")
    if not (hour.isdecimal() and (minute or "0").isdecimal() and len(hour) + len(minute) <= 4):
        raise UsageError(f"{more['at']} is no hour.", remedy="Write it as 9:00.")
    rhythm = Rhythm(more["every"], int(hour), int(minute or 0), say.project.organisation.zone, more["on"])
    if more["every"] == "day":
        rhythm = Rhythm("day", rhythm.hour, rhythm.minute, rhythm.zone)
    name = more["name"]
    if metric:
        title = say.project.metrics[metric].title(say.language.code)
        name = name or title
    return About(name, rhythm, board or 0, metric, tuple(more["where"]), more["webhook"], more["language"])


def add(run: Run, say: Session, about: About, to: Sequence[tuple[str, str]], *, who: str, now: datetime) -> None:
    """Make it, and say when it is due."""
    number = make_report(run, about, to, who=who, now=now)
    report = report_of(run, number)
    say.out.print(say("Report {number} goes out next {when}.", number=number, when=_moment(report.due_at, say)))
    if to and say.project.settings.mail is None:
        say.err.print(say("stamm.toml names no mail server yet: nothing goes out until `[mail]` does."), style="quiet")


def remove(run: Run, say: Session, number: int, *, who: str, now: datetime) -> None:
    """End it."""
    remove_report(run, number, who=who, now=now)
    say.out.print(say("Report {number} goes out no more.", number=number))


def send(run: Run, say: Session, number: int, *, who: str, now: datetime) -> None:
    """Have it sent beside its hours."""
    count = send_now(run, number, who=who, now=now)
    text = say.language.counted(
        count, "{count} letter goes out by `stamm work`.", "{count} letters go out by `stamm work`."
    )
    say.out.print(text)


def print_reports(run: Run, say: Session) -> None:
    """Each report, whom it goes to, when, and what became of the last."""
    found = reports(run)
    if not found:
        say.out.print(say("No report goes out."))
        return
    made = printing.table(*map(say, ("number", "report", "when", "recipients", "due next")), right=(0,))
    hooks = {each.id: each.name for each in webhooks(run)}
    for one in found:
        addresses = [each.address for each in one.recipients if each.stopped_at is None]
        to = ", ".join((*addresses, *(hooks[number] for number in one.about.webhooks if number in hooks)))
        made.add_row(
            str(one.id), one.about.name, rhythm_words(one.about.rhythm, say.language), to, _moment(one.due_at, say)
        )
    say.out.show(made)
    last = [(one.about.name, sent) for one in found for sent in sent_of(run, one.id, most=5)]
    if last:
        say.heading(say("The last that went out"))
        made = printing.table(*map(say, ("report", "recipient", "when", "outcome")))
        for name, sent in last:
            outcome = say(retell(sent.outcome, say.language)) if sent.outcome else say("sent")
            made.add_row(name, sent.address, _moment(sent.at, say), outcome)
        say.out.show(made)


def try_mail(say: Session, address: str, now: datetime) -> None:
    """A mail to one address; raises ProjectError where it does not go out."""
    server, speak = say.project.settings.mail, say.language
    if server is None:
        raise ProjectError("stamm.toml names no mail server.", remedy="Write server and sender into [mail].")
    whose = say.project.organisation.name or "Stamm"
    title = speak("Mail goes out")
    letter = Letter(speak.code, title, whose, title, [speak("This is a try. Nobody has to do anything.")])
    outcome = send_message(message_of(letter, address, server, key=f"try:{now.isoformat()}", now=now), server)
    if not isinstance(outcome, Done):
        raise ProjectError(
            f"The mail did not go out: {getattr(outcome, 'reason', '')}.", remedy="Look at [mail] in stamm.toml."
        )
    say.out.print(say("The mail server has taken it for {address}.", address=address))


def number_of(text: str) -> int:
    """The number of a report; raises UsageError for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UsageError(f"There is no report {text}.", remedy="`stamm schedule` lists them.")
    return int(text)


def _moment(moment: datetime | None, say: Session) -> str:
    if moment is None:
        return ""
    return say.language.moment(moment.astimezone(ZoneInfo(say.project.organisation.zone)))
