"""Mail to customers: planned in the transaction of whoever wants it sent, and what became of each.

`send_to_customer` is the one way for programmes. Whether a mail goes out is decided when it is sent, not when it is
planned.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import msgspec

from stamm.delivery.restraint import OCCASIONS, Occasion
from stamm.jobs import enqueue
from stamm.lang.errors import UsageError
from stamm.people.database import Run, as_moment
from stamm.store.erasing.words import Digests

#: the kinds of jobs that send one mail, and that append what became of it as facts
JOB, FACTS = "customer_mail", "customer_mail_facts"
#: how long after it is due a mail may still go out
PATIENCE = timedelta(days=7)
#: how long it is known what was sent, and a link in a mail says that no more is wanted
KEPT = timedelta(days=400)
State = Literal["waiting", "sent", "cancelled", "failed"]
#: what becomes a fact
Happened = Literal["sent", "bounced", "unsubscribed"]
_COLUMNS = (
    "id, key, customer_id, purpose, occasion, programme, about, campaign, until_at, state, outcome, handed, "
    "counted_at, sent_at, bounced_at, unsubscribed_at"
)


@dataclass(frozen=True)
class Mail:
    """One mail; moments are in UTC. `customer` is None once they were erased.

    `about` holds what its programme composes it from, by numbers; `handed` is how often it may have left, `counted_at`
    since when it counts towards the limits.
    """

    id: int
    key: str
    customer: str | None
    purpose: str
    occasion: Occasion
    programme: str
    about: Mapping[str, Any]
    campaign: str
    until: datetime
    state: State
    outcome: str
    handed: int
    counted_at: datetime | None
    sent_at: datetime | None
    bounced_at: datetime | None
    unsubscribed_at: datetime | None


@dataclass(frozen=True)
class Planned:
    """A mail to be sent. `purpose` is what the customer agreed to, as in consents; `occasion` says whose limits hold.

    `programme` composes it from `about` when it goes out: numbers, no word about anybody. `name` tells it from all
    others of the programme, and holds no customer's number. Due at `due_at` (now), it goes out until `until` (a week
    later), or not at all.
    """

    customer: str
    purpose: str
    occasion: Occasion
    programme: str
    name: str
    about: Mapping[str, Any]
    campaign: str = ""
    due_at: datetime | None = None
    until: datetime | None = None


def send_to_customer(run: Run, planned: Planned, *, now: datetime) -> bool:
    """Have a mail sent to a customer, once under its name; False where one of that name was planned before.

    Part of the transaction that is open. Raises UsageError for an occasion that there is not.
    """
    if planned.occasion not in OCCASIONS:
        raise UsageError(f"There is no occasion {planned.occasion!r}.", remedy=f"Choose {', '.join(OCCASIONS)}.")
    due = planned.due_at or now
    key = "mail_" + sha256(f"{planned.programme}:{planned.name}".encode()).hexdigest()[:32]
    run("DELETE FROM customer_mail WHERE made_at < ? AND state <> 'waiting'", (now - KEPT,))
    made = run(
        "INSERT INTO customer_mail (key, customer_id, purpose, occasion, programme, about, campaign, "
        "made_at, until_at, state, outcome, handed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', '', 0) "
        "ON CONFLICT (key) DO NOTHING RETURNING id",
        (
            *(key, planned.customer, planned.purpose, planned.occasion, planned.programme),
            *(msgspec.json.encode(planned.about).decode(), planned.campaign, now, planned.until or due + PATIENCE),
        ),
    )
    return bool(made) and enqueue(run, JOB, key, {"mail": made[0][0]}, due_at=due, now=now)


def mail_of(run: Run, number: int) -> Mail | None:
    """One mail; None where it is not kept any more."""
    return next(iter(_select(run, "id = ?", (number,))), None)


def newest_mails(run: Run, *, most: int = 50) -> list[Mail]:
    """What was planned last, the newest first."""
    return _select(run, "1 = 1 ORDER BY id DESC LIMIT ?", (most,))


# -- on its way ----------------------------------------------------------------------------------------------
def take_turn(run: Run, numbers: Collection[str]) -> None:
    """Of all who send to one customer, one at a time goes on, until its transaction ends."""
    marks = ", ".join("?" * len(numbers))
    first = f"SELECT min(id) FROM customer_mail WHERE customer_id IN ({marks})"  # noqa: S608 - ours
    run(f"UPDATE customer_mail SET key = key WHERE id = ({first})", sorted(numbers))  # noqa: S608 - ours


def counted(run: Run, mail: Mail, numbers: Collection[str], since: datetime) -> list[datetime]:
    """When other mails of the same occasion went to a customer of these numbers, or are on their way to them."""
    marks = ", ".join("?" * len(numbers))
    rows = run(
        f"SELECT counted_at FROM customer_mail WHERE customer_id IN ({marks}) "  # noqa: S608 - ours
        "AND occasion = ? AND counted_at > ? AND id <> ?",
        (*sorted(numbers), mail.occasion, since, mail.id),
    )
    return [as_moment(at) for (at,) in rows]


def unsubscribed_at(run: Run, purpose: str, numbers: Collection[str]) -> datetime | None:
    """When a customer of these numbers last said by a link that they want no more of a purpose."""
    marks = ", ".join("?" * len(numbers))
    ((at,),) = run(
        f"SELECT max(unsubscribed_at) FROM customer_mail WHERE purpose = ? AND customer_id IN ({marks})",  # noqa: S608 - ours
        (purpose, *sorted(numbers)),
    )
    return None if at is None else as_moment(at)


def unsubscribed_by(run: Run, purpose: str) -> dict[str, datetime]:
    """By the number of a customer, when they last said by a link that they want no more of a purpose."""
    rows = run(
        "SELECT customer_id, max(unsubscribed_at) FROM customer_mail WHERE purpose = ? AND unsubscribed_at IS NOT NULL "
        "AND customer_id IS NOT NULL GROUP BY customer_id",
        (purpose,),
    )
    return {customer: as_moment(at) for customer, at in rows}


def reserve(run: Run, mail: Mail, customer: str, now: datetime) -> None:
    """It is about to leave: from now on it counts, and may have left once more."""
    run(
        "UPDATE customer_mail SET customer_id = ?, handed = handed + 1, counted_at = coalesce(counted_at, ?) "
        "WHERE id = ?",
        (customer, now, mail.id),
    )


def release(run: Run, mail: Mail) -> None:
    """It has not left; it counts no more, unless it may have left before."""
    run(
        "UPDATE customer_mail SET handed = handed - 1, "
        "counted_at = CASE WHEN handed <= 1 THEN NULL ELSE counted_at END WHERE id = ?",
        (mail.id,),
    )


def note(run: Run, mail: Mail, state: State, outcome: str = "") -> None:
    """Write down what became of it."""
    run("UPDATE customer_mail SET state = ?, outcome = ? WHERE id = ?", (state, outcome[:300], mail.id))


def note_happened(run: Run, mail: Mail, happened: Happened, now: datetime) -> None:
    """Write down what happened to it, and have it appended as facts."""
    run(f"UPDATE customer_mail SET {happened}_at = ? WHERE id = ?", (now, mail.id))  # noqa: S608 - ours
    given = {"mail": mail.id, "happened": happened, "at": now.isoformat()}
    # whoever agrees again, and then wants no more once more, says so again
    enqueue(run, FACTS, f"{mail.key}:{happened}:{now:%Y-%m-%dT%H:%M}", given, due_at=now, now=now)


def took_others(run: Run, now: datetime) -> bool:
    """Whether the server took a mail to anybody within a day: then what it refuses is the address's fault."""
    return bool(run("SELECT 1 FROM customer_mail WHERE sent_at > ? LIMIT 1", (now - timedelta(days=1),)))


# -- the link by which somebody wants no more ----------------------------------------------------------------
def stop_token(digests: Digests, mail: Mail) -> str:
    """What a link carries with which somebody wants no more of its purpose; only who has the key makes one."""
    return f"{mail.id}-{digests.of('unsubscribe', mail.key)}"


def mail_of_token(run: Run, token: str, digests: Digests) -> Mail:
    """The mail in which a link stood; raises UsageError where nobody made it, or it is too old."""
    number = token.partition("-")[0]
    found = mail_of(run, int(number)) if number.isascii() and number.isdecimal() and len(number) < 16 else None
    if found is None or not hmac.compare_digest(stop_token(digests, found).encode(), token.encode()):
        raise UsageError("Nobody made this link.", remedy="Open it from the mail again.")
    return found


def unsubscribe(run: Run, token: str, digests: Digests, *, now: datetime) -> Mail:
    """The customer of that mail wants no more of its purpose, from now on. Raises UsageError."""
    found = mail_of_token(run, token, digests)
    note_happened(run, found, "unsubscribed", now)
    return found


def _select(run: Run, condition: str, values: tuple[object, ...]) -> list[Mail]:
    rows = run(f"SELECT {_COLUMNS} FROM customer_mail WHERE {condition}", values)  # noqa: S608 - ours
    return [_mail(row) for row in rows]


def _mail(row: tuple[Any, ...]) -> Mail:
    number, key, customer, purpose, occasion, programme, about, campaign, until, state, outcome, handed, *at = row
    counted_at, sent_at, bounced_at, unsubscribed = map(_moment, at)
    return Mail(
        *(number, key, customer, purpose, occasion, programme, msgspec.json.decode(about), campaign, as_moment(until)),
        *(state, outcome, handed, counted_at, sent_at, bounced_at, unsubscribed),
    )


def _moment(value: Any) -> datetime | None:
    return None if value is None else as_moment(value)
