"""A webhook that took nothing for so long that it was stopped: each owner is told once, by mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from stamm.automations.reminding import people_of
from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer
from stamm.delivery.mailing import message_of, send
from stamm.delivery.webhooks import Webhook, last_outcome, webhook_of
from stamm.jobs import Cancel, Job, Kind, Outcome, Retry, enqueue
from stamm.lang.errors import UsageError
from stamm.people.database import Database, Run
from stamm.people.roles import Role

LETTER = "webhook_stopped"
#: a webhook, what its receiver answered last, and a language -> the letter about it
Compose = Callable[[Webhook, str, str], Letter]


def tell_owners(run: Run, number: int, *, now: datetime) -> None:
    """Have each owner told that a webhook was stopped, in the transaction in which it is."""
    for person in people_of(run, (Role.OWNER,)):
        key = f"webhook:{number}:stopped:{now:%Y-%m-%dT%H:%M}:{person.id}"
        enqueue(run, LETTER, key, {"webhook": number, "person": person.id}, due_at=now, now=now)


@dataclass
class WebhookStopped(Kind):
    """One owner is told, unless the webhook was removed or resumed before the mail could leave."""

    database: Callable[[], Database]
    server: Callable[[], MailServer | None]
    compose: Compose
    name = LETTER
    title = "Mail about a webhook that was stopped"
    goes_outside = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Composed and given to the mail server."""
        with self.database().transaction() as run:
            try:
                webhook = webhook_of(run, job.given["webhook"])
            except UsageError:
                return Cancel("the webhook was removed")
            owners = people_of(run, (Role.OWNER,))
            outcome = last_outcome(run, webhook) if webhook.stopped_at else ""
        person = next((one for one in owners if one.id == job.given["person"]), None)
        if webhook.stopped_at is None:
            return Cancel("it is sent to again")
        if person is None:
            return Cancel("not wanted any more")
        server = self.server()
        if server is None:
            return Retry("stamm.toml names no mail server")
        letter = self.compose(webhook, outcome, person.language)
        return send(message_of(letter, person.address, server, key=job.key, now=now), server)
