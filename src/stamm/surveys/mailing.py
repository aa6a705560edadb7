"""A survey by mail: who would be asked, the mails planned through the send door, and what became of them.

Whoever is asked gets a sheet of their own first, so that nobody is asked twice; it counts as asked once the mail was
sent, and not at all where the door holds the mail back for good.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from stamm.delivery.customer_door import Whom
from stamm.delivery.customer_mail import PATIENCE, Mail, Planned, send_to_customer
from stamm.delivery.restraint import Occasion
from stamm.jobs.queue import enqueue
from stamm.people.acts import Act, record
from stamm.people.database import Run
from stamm.surveys.asking import TELLING, ask_customers, personal_sheets, resting
from stamm.surveys.keeping import Survey, survey_of
from stamm.surveys.letters import Words
from stamm.surveys.sheets import PLANNED, UNSENT

#: what the send door calls these mails, and whose limits hold for them
PROGRAMME = "survey"
OCCASION: Occasion = "feedback"
#: the purpose that customers agree to, where nobody names another one
PURPOSE = "feedback"
#: customers who are asked at once
MOST_AT_ONCE = 5_000
#: why somebody is not asked, beside what the door says
ASKED, ANSWERED, RESTING = (
    "asked by this survey already",
    "answered already",
    "asked of late, by this or another survey",
)


@dataclass(frozen=True)
class Chosen:
    """Who would be asked now, and how many of those looked at would not, by why. `more`: there are others yet."""

    customers: tuple[str, ...]
    left_out: Mapping[str, int]
    more: bool


@dataclass(frozen=True)
class Progress:
    """Mails of a survey: those that wait, were sent, and of these were answered; those held back, by why."""

    waiting: int
    sent: int
    answered: int
    held: Mapping[str, int]

    @property
    def planned(self) -> int:
        """All of them."""
        return self.waiting + self.sent + sum(self.held.values())


def choose(
    run: Run, survey: Survey, foreseen: Sequence[tuple[Whom, str]], *, sample: int, seed: str, now: datetime
) -> Chosen:
    """Who would be asked of some customers, each with why the door would hold a mail to them.

    They are looked at in an order that is random and the same for the same seed, until `sample` are found (0: no end).
    Who was asked by this survey before is one of them: so choosing again asks nobody else.
    """
    rests = resting(run, survey, now)
    sheets = {sheet.customer: sheet for sheet in personal_sheets(run, survey.id) if sheet.held != UNSENT}
    asked, before, out = list[str](), 0, Counter[str]()
    for whom, why in sorted(foreseen, key=lambda each: _place(seed, each[0].customer)):
        if len(asked) == MOST_AT_ONCE or (sample and len(asked) + before >= sample):
            return Chosen(tuple(asked), out, more=not sample)
        sheet = next((sheets[number] for number in whom.numbers if number in sheets), None)
        if sheet is not None:
            before += 1
            out[ASKED if sheet.begun_at is None else ANSWERED] += 1
        elif why:
            out[why] += 1
        elif rests & whom.numbers:
            out[RESTING] += 1
        else:
            asked.append(whom.customer)
    return Chosen(tuple(asked), out, more=False)


def send_survey(
    run: Run, number: int, customers: Sequence[str], words: Words, *, purpose: str, who: str, now: datetime
) -> int:
    """Plan a mail to each of them whom this survey has not asked yet; how many that is.

    Part of the transaction that is open; done again it plans nothing more. Raises UsageError where it is not open.
    """
    run("UPDATE survey SET revision = revision", ())  # of two who send at once one waits
    survey = survey_of(run, number)
    before = {sheet.customer for sheet in personal_sheets(run, number) if sheet.held != UNSENT}
    sheets, _ = ask_customers(run, number, customers, who=who, now=now, by_mail=True)
    fresh = [sheet for sheet in sheets if sheet.customer not in before]
    if not fresh:
        return 0
    ((mailing,),) = run(
        "INSERT INTO survey_mailing (survey_id, words, purpose, who, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (number, msgspec.json.encode(words).decode(), purpose, who, now),
    )
    until = min(survey.plan.closes_at or now + PATIENCE, now + PATIENCE)
    for sheet in fresh:
        run(
            "INSERT INTO survey_mail (sheet_id, survey_id, mailing_id, state, reason) VALUES (?, ?, ?, 'waiting', '')",
            (sheet.id, number, mailing),
        )
        planned = Planned(
            str(sheet.customer),
            purpose,
            OCCASION,
            PROGRAMME,
            f"{mailing}:{sheet.id}",
            {"sheet": sheet.id, "mailing": mailing},
            campaign=survey.key,
            until=until,
        )
        send_to_customer(run, planned, now=now)
    record(run, Act(now, who, "survey_sent", f"survey {number}, {len(fresh)} mails"))
    return len(fresh)


def settle(run: Run, mail: Mail, reason: str, now: datetime) -> None:
    """A mail was sent, or held back for that reason: now its sheet counts as asked, or never will."""
    sheet = mail.about.get("sheet")
    sent = not reason or mail.handed > 0  # it may have reached them, whatever was said of it later
    run(
        "UPDATE survey_mail SET state = ?, reason = ? WHERE sheet_id = ?",
        ("sent" if sent else "held", "" if sent else reason[:300], sheet),
    )
    turned = run(
        "UPDATE survey_sheet SET held = ?, told = 0, changed_at = ? WHERE id = ? AND held = ? RETURNING id",
        ("" if sent else UNSENT, now, sheet, PLANNED),
    )
    if turned and sent:
        enqueue(run, TELLING, f"{TELLING}:mail:{secrets.token_hex(8)}", {}, due_at=now, now=now)


def progress_of(run: Run, number: int) -> Progress:
    """How far the mails of a survey are."""
    rows = run(
        "SELECT m.state, m.reason, count(*), sum(CASE WHEN s.begun_at IS NULL THEN 0 ELSE 1 END) FROM survey_mail m "
        "JOIN survey_sheet s ON s.id = m.sheet_id WHERE m.survey_id = ? GROUP BY m.state, m.reason",
        (number,),
    )
    counts = Counter[str]()
    for state, _, count, _ in rows:
        counts[state] += count
    held = {reason: count for state, reason, count, _ in rows if state == "held"}
    answered = sum(int(begun) for state, _, _, begun in rows if state != "held")
    return Progress(counts["waiting"], counts["sent"], answered, held)


def _place(seed: str, customer: str) -> bytes:
    return hashlib.sha256(f"{seed}:{customer}".encode()).digest()
