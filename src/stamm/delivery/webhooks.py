"""Webhooks: where messages go, what went to each, and what became of it. Each change is in the record of acts.

An address is often a secret of its own (whoever knows one of Slack's may write there), so that nobody is shown more of
it than its host.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import msgspec

from stamm.delivery.destination import Destination, destination_of
from stamm.delivery.message import FORMS, Form, Message
from stamm.delivery.signing import secret_from
from stamm.jobs import enqueue
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment

#: the kind of job that sends one message
JOB = "webhook"
#: webhooks of one organisation
MOST = 50
#: after so long without one message that was taken, nothing more is sent
LONG = timedelta(days=5)
#: how long messages are kept, and can be sent again
KEPT = timedelta(days=30)
#: what becomes of messages to one that is stopped
STOPPED = "the webhook is stopped"
State = Literal["waiting", "sent", "failed"]


@dataclass(frozen=True)
class Webhook:
    """Where messages go. `stopped_at`: nothing is sent any more, since it failed for long (UTC)."""

    id: int
    name: str
    url: str = field(repr=False)
    form: Form
    chance: str = field(repr=False)
    who: str
    failing_since: datetime | None
    stopped_at: datetime | None

    @property
    def place(self) -> str:
        """Its host; the rest of an address may be a secret."""
        return destination_of(self.url).place


@dataclass(frozen=True)
class Sent:
    """A message as it is shown: the number that its receiver sees, its title, and what became of it."""

    id: int
    webhook: int
    key: str
    content: Message
    made_at: datetime
    state: State
    outcome: str


def make_webhook(
    run: Run, name: str, checked: Destination, form: str, project_secret: str, *, who: str, now: datetime
) -> tuple[int, str]:
    """A new webhook: its number, and the secret that nobody is shown again. Raises UsageError.

    `checked` is what the door says of its address; it looks a name up, which is nothing to do while others wait.
    """
    plain = "".join(sign for sign in name if sign.isprintable()).strip()
    if not plain or len(plain) > 120:
        raise UsageError("A webhook needs a name of at most 120 letters.", remedy="Name it after who reads it.")
    if form not in FORMS:
        raise UsageError(f"There is no form {form!r}.", remedy=f"Choose {', '.join(FORMS)}.")
    if len(webhooks(run)) >= MOST:
        raise UsageError(f"There are {MOST} webhooks already.", remedy="Remove one that nobody reads.")
    chance = secrets.token_urlsafe(24)
    ((number,),) = run(
        "INSERT INTO webhook (name, url, form, chance, who, made_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (plain, checked.url, form, chance, who, now),
    )
    record(run, Act(now, who, "webhook_made", f"webhook {number} at {checked.place}"))
    return int(number), secret_from(project_secret, number, chance)


def remove_webhook(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Nothing goes there any more, and its address is forgotten. Raises UsageError where there is none."""
    if not run(
        "UPDATE webhook SET removed_at = ?, url = '', chance = '' WHERE id = ? AND removed_at IS NULL RETURNING id",
        (now, number),
    ):
        raise _gone(number)
    run("DELETE FROM webhook_message WHERE webhook_id = ?", (number,))
    record(run, Act(now, who, "webhook_removed", f"webhook {number}"))


def resume_webhook(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Send to it again, after it was stopped. Raises UsageError where there is none."""
    if not run(
        "UPDATE webhook SET stopped_at = NULL, failing_since = NULL WHERE id = ? AND removed_at IS NULL RETURNING id",
        (number,),
    ):
        raise _gone(number)
    record(run, Act(now, who, "webhook_resumed", f"webhook {number}"))


def webhooks(run: Run) -> list[Webhook]:
    """All there are, in the order in which they were made."""
    return _select(run, "removed_at IS NULL ORDER BY id", ())


def webhook_of(run: Run, number: int) -> Webhook:
    """One of them; raises UsageError where there is none."""
    found = _select(run, "removed_at IS NULL AND id = ?", (number,))
    if not found:
        raise _gone(number)
    return found[0]


def tell(run: Run, number: int, message: Message, name: str, *, now: datetime) -> bool:
    """Have a message sent, once under its name; False where one of that name was, or there is no such webhook any more.

    It goes out if and only if the transaction that is open does.
    """
    if not _select(run, "removed_at IS NULL AND id = ?", (number,)):
        return False
    key = "msg_" + sha256(f"{number}:{name}".encode()).hexdigest()[:32]
    run("DELETE FROM webhook_message WHERE made_at < ? AND state <> 'waiting'", (now - KEPT,))
    made = run(
        "INSERT INTO webhook_message (webhook_id, key, content, made_at, state, outcome) "
        "VALUES (?, ?, ?, ?, 'waiting', '') ON CONFLICT (key) DO NOTHING RETURNING id",
        (number, key, msgspec.json.encode(message).decode(), now),
    )
    return bool(made) and enqueue(run, JOB, key, {"message": made[0][0]}, due_at=now, now=now)


def try_webhook(run: Run, number: int, message: Message, *, who: str, now: datetime) -> None:
    """Have a try sent, once a minute at most; raises UsageError where there is no such webhook."""
    webhook_of(run, number)
    tell(run, number, message, f"test:{now:%Y-%m-%dT%H:%M}", now=now)
    record(run, Act(now, who, "webhook_tried", f"webhook {number}"))


def send_again(run: Run, message: int, *, who: str, now: datetime) -> None:
    """Send a message once more, under its own number, once a minute at most. Raises UsageError where it is gone."""
    rows = run("SELECT webhook_id, key FROM webhook_message WHERE id = ?", (message,))
    if not rows:
        raise UsageError(f"There is no message {message} any more.", remedy="`stamm webhook` lists them.")
    ((number, key),) = rows
    if enqueue(run, JOB, f"{key}:{now:%Y-%m-%dT%H:%M}", {"message": message}, due_at=now, now=now):
        run("UPDATE webhook_message SET state = 'waiting', outcome = '' WHERE id = ?", (message,))
        record(run, Act(now, who, "webhook_sent_again", f"message {message} to webhook {number}"))


def messages(run: Run, *, most: int = 50) -> list[Sent]:
    """What was told, the newest first."""
    return _messages(run, "1 = 1 ORDER BY id DESC LIMIT ?", (most,))


def message_of(run: Run, number: int) -> Sent | None:
    """One message; None where it is gone, as with its webhook."""
    return next(iter(_messages(run, "id = ?", (number,))), None)


def last_outcome(run: Run, webhook: Webhook) -> str:
    """What became of the last message that a webhook did not take before it was stopped; empty where there is none."""
    rows = run(
        "SELECT outcome FROM webhook_message WHERE webhook_id = ? AND outcome NOT IN ('', ?) AND tried_at <= ? "
        "ORDER BY tried_at DESC, id DESC LIMIT 1",
        (webhook.id, STOPPED, webhook.stopped_at),
    )
    return str(rows[0][0]) if rows else ""


def note_outcome(run: Run, sent: Sent, state: State, outcome: str, *, gone: bool, now: datetime) -> bool:
    """Write down what became of a try; True where it stops its webhook.

    One that took nothing for long, or says that it is gone, is stopped.
    """
    run(
        "UPDATE webhook_message SET state = ?, outcome = ?, tried_at = ? WHERE id = ?",
        (state, outcome[:300], now, sent.id),
    )
    if state == "sent":
        run("UPDATE webhook SET failing_since = NULL WHERE id = ?", (sent.webhook,))
        return False
    run("UPDATE webhook SET failing_since = ? WHERE id = ? AND failing_since IS NULL", (now, sent.webhook))
    stopped = bool(
        run(
            "UPDATE webhook SET stopped_at = ? WHERE id = ? AND stopped_at IS NULL AND failing_since <= ? RETURNING id",
            (now, sent.webhook, now if gone else now - LONG),
        )
    )
    if stopped:
        record(run, Act(now, "stamm", "webhook_stopped", f"webhook {sent.webhook}"))
    return stopped


def _select(run: Run, condition: str, values: tuple[Any, ...]) -> list[Webhook]:
    rows = run(
        f"SELECT id, name, url, form, chance, who, failing_since, stopped_at FROM webhook WHERE {condition}",  # noqa: S608 - ours
        values,
    )
    return [
        Webhook(number, name, url, form, chance, who, _moment(failing), _moment(stopped))
        for number, name, url, form, chance, who, failing, stopped in rows
    ]


def _messages(run: Run, condition: str, values: tuple[Any, ...]) -> list[Sent]:
    rows = run(
        f"SELECT id, webhook_id, key, content, made_at, state, outcome FROM webhook_message WHERE {condition}",  # noqa: S608 - ours
        values,
    )
    return [
        Sent(number, webhook, key, msgspec.json.decode(content, type=Message), as_moment(made), state, outcome)
        for number, webhook, key, content, made, state, outcome in rows
    ]


def _moment(value: Any) -> datetime | None:
    return None if value is None else as_moment(value)


def _gone(number: int) -> UsageError:
    return UsageError(f"There is no webhook {number}.", remedy="`stamm webhook` lists them.")
