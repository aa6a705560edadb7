"""The mail to owners about a webhook that was stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.automations.webhook_stopped import WebhookStopped, tell_owners
from stamm.delivery.letter import Letter
from stamm.delivery.telling import Stopped
from stamm.delivery.webhooks import Webhook
from stamm.lang.language import Language
from stamm.lang.window import zone_named
from stamm.people.database import Database, Run


def webhook_stopped(directory: Path, database: Callable[[], Database]) -> WebhookStopped:
    """The kind of job that writes to one owner."""

    def compose(webhook: Webhook, outcome: str, language: str) -> Letter:
        return letter_about(Project.open(directory), webhook, outcome, language)

    return WebhookStopped(database, lambda: Project.open(directory).settings.mail, compose)


def tells_owners(directory: Path, database: Callable[[], Database]) -> Stopped:
    """Has owners told, where there are accounts and a mail server; without them the page of webhooks says it alone."""

    def stopped(run: Run, number: int, now: datetime) -> None:
        if Project.open(directory).settings.mail is not None and "people_person" in database().tables(run):
            tell_owners(run, number, now=now)

    return stopped


def letter_about(project: Project, webhook: Webhook, outcome: str, language: str) -> Letter:
    """The letter in a language, or where none is named in that of the organisation."""
    say = Language("de" if (language or project.organisation.language) == "de" else "en")
    address, zone = project.settings.address, zone_named(project.organisation.zone)
    failing = webhook.failing_since or webhook.stopped_at
    since = say.moment(failing.astimezone(zone)) if failing else "–"
    title = say("Nothing is sent to the webhook {name} any more", name=webhook.name)
    told = say("Its receiver at {place} has taken nothing since {moment}.", place=webhook.place, moment=since)
    answer = say("What became of the last message: {outcome}.", outcome=say(retell(outcome, say))) if outcome else ""
    resume = say("Once it takes messages again, resume it; what it missed in the last 30 days can be sent again.")
    whose = project.organisation.name or "Stamm"
    return Letter(
        say.code,
        title,
        whose,
        title,
        [text for text in (told, answer, resume) if text],
        button=(say("Open the webhooks"), f"{address}/settings/webhooks/") if address else None,
        foot=[(say("{organisation} writes this to its owners.", organisation=whose), "")],
    )
