"""Consents that were ticked, until the mailbox has said so: nobody allows anything in somebody else's name.

Whoever is known by the address is mailed a link once what they sent counts. What they ticked is a fact from the moment
at which somebody presses the button behind that link; opening it changes nothing, because scanners open links.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from stamm.delivery.customer_mail import Mail, Planned, send_to_customer
from stamm.delivery.restraint import Occasion
from stamm.forms.keeping import TELLING, Form, form_of
from stamm.forms.plan import Plan
from stamm.forms.submissions import Submission, submissions_where
from stamm.intake.signed import read_signed, signed
from stamm.intake.words import said
from stamm.jobs.queue import enqueue
from stamm.people.database import Run, as_moment

#: what the send door calls these mails, whose limits hold for them, and the purpose of which somebody may want no more
PROGRAMME, PURPOSE = "form_confirmation", "confirmation"
OCCASION: Occasion = "service"
#: how long after it was sent somebody is asked, and how long after that the link is good
LASTS = timedelta(days=30)
#: mails to one address in 24 hours, whoever types it in
MOST_A_DAY, DAY = 3, timedelta(days=1)
#: states of the mail: not planned or on its way, sent, never to be sent
WAITING, SENT, HELD = "waiting", "sent", "held"
TOO_MANY = "three of these mails went to this address within a day"
NO_LONGER_THEIRS = "confirmed from an address that the customer no longer has, and so not allowed"
_USE = "form-consent"


class Ticked(msgspec.Struct, frozen=True):
    """A consent as it was ticked: the key of its field, its purpose, and its words as they were read."""

    key: str
    purpose: str
    words: str


@dataclass(frozen=True)
class Confirmation:
    """What was ticked in a submission, and whether the mailbox has said so; `reason`: why it never will."""

    submission: int
    ticked: tuple[Ticked, ...]
    state: str
    reason: str
    asked_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Asked:
    """Where a link leads."""

    form: Form
    submission: Submission
    confirmation: Confirmation

    def is_over(self, now: datetime) -> bool:
        """Whether it is too late to confirm it."""
        asked = self.confirmation.asked_at
        return asked is None or self.confirmation.state == HELD or now > asked + LASTS


def note_ticked(run: Run, plan: Plan, sent: Submission) -> None:
    """Write down what was ticked, where anything was, in the words that were read."""
    ticked = [
        Ticked(field.key, field.purpose, said(field.told, sent.language))
        for field in plan.fields
        if field.kind == "consent" and sent.content.get(field.key) is True
    ]
    if ticked:
        run(
            "INSERT INTO form_confirmation (submission_id, ticked, state, reason) VALUES (?, ?, ?, '')",
            (sent.id, msgspec.json.encode(ticked).decode(), WAITING),
        )


def confirmations_of(run: Run, submissions: Collection[int]) -> dict[int, Confirmation]:
    """What was ticked in each of these, where anything was."""
    if not submissions:
        return {}
    marks = ", ".join("?" * len(submissions))
    rows = run(
        "SELECT submission_id, ticked, state, reason, asked_at, confirmed_at FROM form_confirmation "  # noqa: S608 - ours
        f"WHERE submission_id IN ({marks})",
        sorted(submissions),
    )
    return {row[0]: _confirmation(row) for row in rows}


# -- asked by mail -------------------------------------------------------------------------------------------
def ask_for_confirmations(run: Run, now: datetime) -> int:
    """Plan a mail for each that counts, is told to the facts and was not asked; how many. May be done again."""
    run("UPDATE form SET revision = revision", ())  # of two who count an address's mails at once one waits
    waiting = submissions_where(
        run,
        "held = '' AND told = 1 AND customer_id IS NOT NULL AND sent_at > ? AND id IN "
        "(SELECT submission_id FROM form_confirmation WHERE asked_at IS NULL AND confirmed_at IS NULL AND state = ?)",
        (now - LASTS, WAITING),
    )
    planned = 0
    for each in waiting:
        ((before,),) = run(
            "SELECT count(*) FROM form_confirmation c JOIN form_submission s ON s.id = c.submission_id "
            "WHERE s.email = ? AND c.asked_at > ?",
            (each.email, now - DAY),
        )
        if before >= MOST_A_DAY:
            _note(run, each.id, HELD, TOO_MANY)
            continue
        run("UPDATE form_confirmation SET asked_at = ? WHERE submission_id = ?", (now, each.id))
        mail = Planned(str(each.customer), PURPOSE, OCCASION, PROGRAMME, str(each.id), {"submission": each.id})
        planned += send_to_customer(run, mail, now=now)
    return planned


def settle(run: Run, mail: Mail, reason: str, _now: datetime) -> None:
    """The mail was sent, or never will be for that reason."""
    sent = not reason or mail.handed > 0  # it may have reached them, whatever was said of it later
    _note(run, int(mail.about.get("submission", 0)), SENT if sent else HELD, "" if sent else reason[:300])


def _note(run: Run, submission: int, state: str, reason: str) -> None:
    run("UPDATE form_confirmation SET state = ?, reason = ? WHERE submission_id = ?", (state, reason, submission))


# -- confirmed -----------------------------------------------------------------------------------------------
def confirm_token(sent: Submission, secret: str) -> str:
    """What the link carries: the submission by its chance, which no other one ever has."""
    return signed(sent.chance, secret, _USE)


def asked_by(run: Run, token: str, secret: str) -> Asked | None:
    """Where a link leads; None where nobody made it, or what was sent is gone or does not count (any more)."""
    chance = read_signed(token, secret, _USE)
    there = submissions_where(run, "chance = ? AND held = ''", (chance,)) if chance else []
    if not there:
        return None
    (sent,) = there
    confirmation = confirmations_of(run, [sent.id]).get(sent.id)
    return None if confirmation is None else Asked(form_of(run, sent.form), sent, confirmation)


def confirm(run: Run, token: str, secret: str, *, now: datetime) -> Asked | None:
    """The mailbox says so: what was ticked becomes a fact of this moment. Once; again, or too late, changes nothing."""
    found = asked_by(run, token, secret)
    if found is None or found.is_over(now):
        return found
    number = found.submission.id
    first = run(
        "UPDATE form_confirmation SET confirmed_at = ? WHERE submission_id = ? AND confirmed_at IS NULL "
        "RETURNING submission_id",
        (now, number),
    )
    if first:
        run("UPDATE form_submission SET told = 0, changed_at = ? WHERE id = ?", (now, number))
        enqueue(run, TELLING, f"{TELLING}:confirmed:{number}", {}, due_at=now, now=now)
    return asked_by(run, token, secret)


def refuse_confirmed(run: Run, submission: int) -> None:
    """Whose address it was has another one by now: what was confirmed from it allows nothing."""
    run("UPDATE form_confirmation SET confirmed_at = NULL WHERE submission_id = ?", (submission,))
    _note(run, submission, HELD, NO_LONGER_THEIRS)


def _confirmation(row: tuple[Any, ...]) -> Confirmation:
    number, ticked, state, reason, *moments = row
    asked, confirmed = (None if each is None else as_moment(each) for each in moments)
    return Confirmation(number, msgspec.json.decode(ticked, type=tuple[Ticked, ...]), state, reason, asked, confirmed)
