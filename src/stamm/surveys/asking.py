"""Links: an open one for whoever has it, and personal ones, each for one customer and one sheet.

A link is a number or a piece of chance with a signature of this project's secret, so that nobody makes one, and the
same link can be shown again: to print it once more, or to send a mail again that got lost.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from stamm.intake.signed import read_signed, signed
from stamm.intake.words import plain
from stamm.jobs.queue import enqueue
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run
from stamm.surveys.keeping import DRAFT, Survey, survey_of
from stamm.surveys.sheets import PLANNED, UNSENT, Sheet, sheets_where

#: the job that makes facts of what is not told yet
TELLING = "survey_answers"
#: the places of personal links: one that somebody hands over, and one in a mail
PERSONAL, MAIL = "link", "mail"
#: kinds of tokens: of an open link, of a sheet that an open link begins, of a personal sheet
_OPEN, _BEGUN, _OWN = "o", "b", "p"
_MOST_TOUCHPOINT, _USE = 60, "survey"


@dataclass(frozen=True)
class Token:
    """What a link says: an open link by its number, or a sheet by its chance, and by which open link it begins."""

    link: int
    chance: str

    @property
    def is_open(self) -> bool:
        """Whether it is the link itself, not yet a sheet."""
        return not self.chance


@dataclass(frozen=True)
class OpenLink:
    """A link that whoever has it may use, and where it hangs."""

    id: int
    survey: int
    touchpoint: str


# -- tokens --------------------------------------------------------------------------------------------------
def open_token(link: int, secret: str) -> str:
    """What the address of an open link carries."""
    return signed(f"{_OPEN}{link}", secret, _USE)


def fresh_token(link: int, secret: str) -> str:
    """A sheet that an open link begins; it is kept once something is answered."""
    return signed(f"{_BEGUN}{link}-{secrets.token_hex(12)}", secret, _USE)


def token_of(sheet: Sheet, link: int, secret: str) -> str:
    """The address of a sheet; `link` is the open one that it came by, 0 for a personal one."""
    return signed(f"{_BEGUN}{link}-{sheet.chance}" if link else f"{_OWN}{sheet.chance}", secret, _USE)


def read_token(token: str, secret: str) -> Token | None:
    """What it says; None where nobody here made it."""
    told = read_signed(token, secret, _USE)
    if told is None:
        return None
    kind, rest = told[:1], told[1:]
    if kind == _OPEN:
        return Token(int(rest), "")
    if kind == _BEGUN:
        link, _, chance = rest.partition("-")
        return Token(int(link), chance)
    return Token(0, rest)


# -- links ---------------------------------------------------------------------------------------------------
def make_open_link(run: Run, number: int, touchpoint: str, *, who: str, now: datetime) -> OpenLink:
    """The link of a survey for one place, made where there is none yet.

    Raises UsageError for a place without words, and for those of personal links, whose answers are told apart by them.
    """
    survey_of(run, number)
    place = " ".join(plain(touchpoint).split())
    if not 0 < len(place) <= _MOST_TOUCHPOINT:
        raise UsageError(f"A place has 1 to {_MOST_TOUCHPOINT} letters.", remedy="Write where the link is to hang.")
    if place.casefold() in (PERSONAL, MAIL):
        raise UsageError(f"{place!r} is the place of personal links.", remedy="Call the place by another name.")
    made = run(
        "INSERT INTO survey_link (survey_id, touchpoint, who, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (survey_id, touchpoint) DO NOTHING RETURNING id",
        (number, place, who, now),
    )
    if made:
        record(run, Act(now, who, "survey_link_made", f"survey {number}"))
    return next(link for link in open_links(run, number) if link.touchpoint == place)


def open_links(run: Run, number: int) -> list[OpenLink]:
    """Those of a survey."""
    rows = run("SELECT id, survey_id, touchpoint FROM survey_link WHERE survey_id = ? ORDER BY id", (number,))
    return [OpenLink(*row) for row in rows]


def link_of(run: Run, link: int) -> OpenLink | None:
    """One of them by its number."""
    rows = run("SELECT id, survey_id, touchpoint FROM survey_link WHERE id = ?", (link,))
    return OpenLink(*rows[0]) if rows else None


def ask_customers(
    run: Run, number: int, customers: Iterable[str], *, who: str, now: datetime, by_mail: bool = False
) -> tuple[list[Sheet], int]:
    """A personal link for each of them, and how many were left out because they were asked lately, by any survey.

    Who has one of this survey already keeps it, so that this may be done again. `by_mail`: they count as asked once
    the mail is sent. Raises UsageError where it is not open.
    """
    run("UPDATE survey SET revision = revision", ())  # of two who ask the same customer at once one waits
    survey = survey_of(run, number)
    if survey.state == DRAFT or survey.is_closed(now):
        raise UsageError("This survey is not open.", remedy=f"Open it first: `stamm survey open {number}`.")
    wanted = sorted({each.strip() for each in customers if each.strip()})
    there = {sheet.customer: sheet for sheet in personal_sheets(run, number)}
    made = resting = 0
    for customer in wanted:
        before = there.get(customer)
        if before is not None and before.held != UNSENT:
            continue
        if is_resting(run, survey, customer, now, before.id if before else 0):
            resting += 1
            continue
        _add(run, survey, customer, now, by_mail=by_mail)
        made += 1
    if made:
        record(run, Act(now, who, "survey_asked", f"survey {number}, {made} customers"))
        enqueue(run, TELLING, f"{TELLING}:{number}:{secrets.token_hex(8)}", {}, due_at=now, now=now)
    asked = set(wanted)
    found = [sheet for sheet in personal_sheets(run, number) if sheet.customer in asked]
    return sorted(found, key=lambda sheet: str(sheet.customer)), resting


def personal_sheets(run: Run, number: int) -> list[Sheet]:
    """Of a survey the sheets of customers, answered or not."""
    return sheets_where(run, "survey_id = ? AND customer_id IS NOT NULL", (number,))


def is_resting(run: Run, survey: Survey, customer: str, at: datetime, but: int) -> bool:
    """Whether somebody was asked before that moment, within the rest of this survey, by any; the sheet `but` apart."""
    if not survey.plan.rest_days:
        return False
    since = at - timedelta(days=survey.plan.rest_days)
    rows = run(
        "SELECT count(*) FROM survey_sheet WHERE customer_id = ? AND asked_at > ? AND "
        "(asked_at < ? OR (asked_at = ? AND id < ?)) AND id <> ? AND held <> ?",
        (customer, since, at, at, but or 2**60, but, UNSENT),
    )
    return bool(rows[0][0])


def resting(run: Run, survey: Survey, now: datetime) -> frozenset[str]:
    """All who were asked within the rest of this survey, by any."""
    since = now - timedelta(days=survey.plan.rest_days)
    rows = run(
        "SELECT DISTINCT customer_id FROM survey_sheet WHERE customer_id IS NOT NULL AND asked_at > ? AND held <> ?",
        (since, UNSENT),
    )
    return frozenset(customer for (customer,) in rows) if survey.plan.rest_days else frozenset()


def _add(run: Run, survey: Survey, customer: str, now: datetime, *, by_mail: bool) -> None:
    """A sheet of theirs; one of which the mail was never sent is thrown away for it."""
    gone = run(
        "DELETE FROM survey_sheet WHERE survey_id = ? AND customer_id = ? AND held = ? RETURNING id",
        (survey.id, customer, UNSENT),
    )
    for (number,) in gone:
        run("DELETE FROM survey_mail WHERE sheet_id = ?", (number,))
    run(
        "INSERT INTO survey_sheet (survey_id, chance, customer_id, touchpoint, asked_at, changed_at, answers, moments, "
        "held, revision, told, facts) VALUES (?, ?, ?, ?, ?, ?, '{}', '{}', ?, 1, 0, '[]')",
        (
            *(survey.id, secrets.token_hex(12), customer, MAIL if by_mail else PERSONAL, now, now),
            PLANNED if by_mail else "",
        ),
    )
