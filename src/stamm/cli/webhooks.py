"""What `stamm webhook` does and says."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from stamm.app.framework import secret_of
from stamm.app.kinds import door_of
from stamm.app.retelling import retell
from stamm.app.telling import try_message
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.delivery.message import FORMS
from stamm.delivery.webhooks import (
    make_webhook,
    messages,
    remove_webhook,
    resume_webhook,
    send_again,
    try_webhook,
    webhook_of,
    webhooks,
)
from stamm.lang.errors import UsageError
from stamm.people import Database


def given(which: str | None, say: Session) -> str:
    """The address or number that was named; raises UsageError where none was."""
    if which is None:
        missing = say("{name} is missing.", name="WHICH")
        raise UsageError(missing, remedy=say("`{command} --help` shows what it takes.", command="stamm webhook"))
    return which


def add(database: Database, say: Session, url: str, name: str, form: str, *, who: str, now: datetime) -> None:
    """Make it, and show its secret this once."""
    checked, own = door_of(say.project).check(url), secret_of(say.project)
    with database.transaction() as run:
        number, secret = make_webhook(run, name or checked.place, checked, form, own, who=who, now=now)
    say.out.print(say("Webhook {number} is made. Its secret, shown this once:", number=number))
    say.out.print(secret)


def change(database: Database, say: Session, action: str, which: str, *, who: str, now: datetime) -> None:
    """Try one, end one, send a message again."""
    if not (which.isascii() and which.isdecimal() and len(which) < 10):
        raise UsageError(f"There is no webhook {which}.", remedy="`stamm webhook` lists them.")
    number = int(which)
    if action == "try":
        with database.transaction() as run:
            url = webhook_of(run, number).url
        door_of(say.project).check(url)
    with database.transaction() as run:
        if action == "try":
            try_webhook(run, number, try_message(say.project, say.language), who=who, now=now)
        else:
            {"again": send_again, "resume": resume_webhook, "remove": remove_webhook}[action](
                run, number, who=who, now=now
            )
    told = {
        "try": say("The message goes out by `stamm work`."),
        "again": say("The message goes out by `stamm work`."),
        "resume": say("Messages go there again."),
        "remove": say("Nothing goes there any more, and its address is forgotten."),
    }
    say.out.print(told[action])


def print_webhooks(database: Database, say: Session) -> None:
    """Each webhook, and the last messages."""
    with database.transaction() as run:
        found, sent = webhooks(run), messages(run, most=10)
    if not found:
        say.out.print(say("There are no webhooks yet. `stamm webhook add ADDRESS` makes one."))
        return
    made = printing.table(*map(say, ("number", "name", "host", "form", "state")), right=(0,))
    for one in found:
        state = say("stopped") if one.stopped_at else say("takes nothing") if one.failing_since else say("fine")
        made.add_row(str(one.id), one.name, one.place, say(FORMS[one.form]), state)
    say.out.show(made)
    if sent:
        say.heading(say("The last messages"))
        names, zone = {one.id: one.name for one in found}, ZoneInfo(say.project.organisation.zone)
        made = printing.table(*map(say, ("number", "message", "webhook", "when", "outcome")), right=(0,))
        for each in sent:
            outcome = say(retell(each.outcome, say.language)) if each.outcome else ""
            state = {"sent": say("sent"), "waiting": say("waits"), "failed": say("failed")}[each.state]
            when = say.language.moment(each.made_at.astimezone(zone))
            made.add_row(str(each.id), each.content.title, names.get(each.webhook, ""), when, outcome or state)
        say.out.show(made)
