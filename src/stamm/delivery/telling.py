"""The kind of job that sends one message to one webhook: signed, through the guarded door, again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stamm.delivery.door import Door, UnreachableError
from stamm.delivery.signing import secret_from, signed
from stamm.delivery.webhooks import JOB, STOPPED, State, message_of, note_outcome, webhook_of
from stamm.jobs import Cancel, Done, Job, Kind, Outcome, Retry
from stamm.lang.errors import UsageError
from stamm.people.database import Database, Run

#: what says that nobody will take anything here any more
GONE = "its receiver says that it is gone (410)"
#: the longest wait that a receiver may ask for
PATIENCE = timedelta(days=1)
#: in the transaction that is open: a webhook, by its number, was stopped just now
Stopped = Callable[[Run, int, datetime], None]


@dataclass
class WebhookMessage(Kind):
    """A message goes to a webhook: at most 18 tries, over two days and a half."""

    database: Callable[[], Database]
    door: Callable[[], Door]
    secret: Callable[[], str]
    stopped: Stopped
    name = JOB
    title = "Message to a webhook"
    goes_outside = True
    most_tries = 18

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Signed and sent, unless the webhook was removed or is stopped."""
        with self.database().transaction() as run:
            sent = message_of(run, job.given["message"])
            if sent is None:
                return Cancel("the webhook was removed")
            webhook = webhook_of(run, sent.webhook)
        if webhook.stopped_at is not None:
            return Cancel(STOPPED)
        body = sent.content.body(webhook.form, sent.made_at.astimezone(UTC).isoformat(timespec="seconds"))
        headers = signed(secret_from(self.secret(), webhook.id, webhook.chance), sent.key, body, now)
        try:
            told = self.door().post(webhook.url, body, {"Content-Type": "application/json", **headers})
        except UsageError as error:
            return Cancel(error.what)
        except UnreachableError as error:
            return Retry(str(error))
        if told.is_fine:
            return Done()
        if told.status == 410:
            return Cancel(GONE)
        return Retry(f"its receiver answers {told.status}", _asked_for(told.headers.get("retry-after", "")))

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """What came of it is written down, and with it how long nothing was taken."""
        match outcome:
            case Retry(reason):
                self._note(run, job, "waiting", reason, now)
            case Cancel(reason):
                self._note(run, job, "failed", reason, now)
            case _:
                self._note(run, job, "sent", "", now)
        return outcome

    def failed(self, run: Run, job: Job, reason: str, now: datetime) -> None:
        """After its last try it has failed; somebody may send it again."""
        self._note(run, job, "failed", reason, now)

    def _note(self, run: Run, job: Job, state: State, outcome: str, now: datetime) -> None:
        sent = message_of(run, job.given["message"])
        if sent is not None and note_outcome(run, sent, state, outcome, gone=outcome == GONE, now=now):
            self.stopped(run, sent.webhook, now)


def _asked_for(retry_after: str) -> timedelta:
    """How long a receiver wants to be left alone, where it says so in seconds."""
    seconds = int(retry_after) if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 8 else 0
    return min(timedelta(seconds=seconds), PATIENCE)
