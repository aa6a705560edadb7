"""Taking what is sent by a form: one way in, with every gate on it, and what looks like spam held for review.

The page carries an address of its own for each time it is opened. What is sent to it is kept once, however often it
is sent; a place that is left is given once, however many ask at once.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stamm.forms.confirming import note_ticked
from stamm.forms.files import MOST_KEPT, MOST_WAITING, are_sound, files_of, keep_files, kept_bytes
from stamm.forms.keeping import DRAFT, TELLING, Form, form_of, plans_of
from stamm.forms.plan import BIRTHDAY, TICKED, Field, Plan
from stamm.forms.submissions import TWICE, Submission, counted, has_place, held_count, submissions_where
from stamm.intake.arriving import Arrivals
from stamm.intake.signed import read_signed, signed
from stamm.intake.spam import doubt
from stamm.intake.words import plain
from stamm.jobs.queue import enqueue
from stamm.lang.errors import UsageError
from stamm.people.database import Run

_log = logging.getLogger("django.stamm")
_USE = "form"
_ARRIVALS = Arrivals("form_arrival", "submission_id", "form_salt", "form_submission")
#: letters of a short answer and of a text, and how much may wait to be looked at
MOST_SHORT, MOST_LONG, MOST_HELD = 200, 4_000, 5_000
#: nobody who was born before fills in a form
OLDEST = date(1900, 1, 1)
_OPEN = re.compile(r"o([0-9]{1,18})")
_BEGUN = re.compile(r"b([0-9]{1,18})-([0-9a-f]{24})-([0-9]{1,12})")
_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]{1,64}@[^@\s<>\"(),:;\[\]\\.]+(?:\.[^@\s<>\"(),:;\[\]\\.]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.\-]{3,38}")
_MOST_EMAIL = 254


@dataclass(frozen=True)
class Token:
    """What an address says: a form, and, once somebody has opened it, a piece of chance and when that was."""

    form: int
    chance: str = ""
    issued: datetime | None = None


@dataclass(frozen=True)
class Found:
    """Where an address leads: a form, and what was sent from that page if anything was."""

    form: Form
    token: Token
    submission: Submission | None


@dataclass(frozen=True)
class Sent:
    """A form as it came: the fields by their names, in which language, from where, and what tells spam.

    `revision` is that of the form which the page showed.
    """

    fields: Mapping[str, Sequence[str]]
    address: str
    language: str = ""
    trap: str = ""
    nonce: str = ""
    files: Mapping[str, Sequence[bytes]] = dataclass_field(default_factory=dict)
    revision: int = -1


class NotTakenError(UsageError):
    """Nothing was kept: `gate` says which one was shut."""

    def __init__(self, gate: str) -> None:
        super().__init__(f"This form takes nothing: {gate}.")
        self.gate = gate


class WrongError(UsageError):
    """Something is missing or is not what it should be: `fields` are their keys. Nothing was kept."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__("Something is missing.", remedy="Fill it in, and send it again.")
        self.fields = tuple(fields)


class ChangedError(UsageError):
    """The form says something else than the page that was sent: nothing was kept. `anew` are the keys of fields whose
    tick was set beside other words."""

    def __init__(self, anew: Sequence[str]) -> None:
        super().__init__("This form was changed meanwhile.", remedy="Look through it, and send it again.")
        self.anew = tuple(anew)


# -- addresses -----------------------------------------------------------------------------------------------
def open_token(form: int, secret: str) -> str:
    """The address of a form, for whoever has it."""
    return signed(f"o{form}", secret, _USE)


def fresh_token(form: int, secret: str, now: datetime) -> str:
    """The address to which a page that is opened now sends."""
    return signed(f"b{form}-{secrets.token_hex(12)}-{int(now.timestamp())}", secret, _USE)


def read_token(token: str, secret: str) -> Token | None:
    """What it says; None where nobody here made it."""
    told = read_signed(token, secret, _USE) or ""
    if found := _OPEN.fullmatch(told):
        return Token(int(found[1]))
    if found := _BEGUN.fullmatch(told):
        return Token(int(found[1]), found[2], datetime.fromtimestamp(int(found[3]), UTC))
    return None


# -- gates ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Look:
    """Somebody who opens a form, or sends it."""

    run: Run
    found: Found
    now: datetime


def _not_open(look: Look) -> bool:
    return look.found.form.state == DRAFT


def _used(look: Look) -> bool:
    return look.found.submission is not None


def _closed(look: Look) -> bool:
    return look.found.form.is_closed(look.now)


def _full(look: Look) -> bool:
    form = look.found.form
    return bool(form.plan.quota) and counted(look.run, form.id) >= form.plan.quota


#: by the name under which a page says why, in the order in which they are looked at
GATES: Mapping[str, Callable[[Look], bool]] = {
    "not_open": _not_open,
    "used": _used,
    "closed": _closed,
    "full": _full,
}
#: nothing more of what looks like spam is kept, or no more files; whoever sends a form as people do is not shut out
CROWDED = "crowded"


def shut_gate(look: Look) -> str:
    """The first gate that is shut; empty where all are open."""
    return next((name for name, is_shut in GATES.items() if is_shut(look)), "")


# -- the way in ----------------------------------------------------------------------------------------------
def found_by(run: Run, token: str, secret: str, *, lock: bool = False) -> Found | None:
    """Where an address leads; None where nobody made it, or the form is gone. `lock`: nobody sends meanwhile."""
    read = read_token(token, secret)
    if read is None:
        return None
    if lock:
        run("UPDATE form SET revision = revision WHERE id = ?", (read.form,))
    if not run("SELECT id FROM form WHERE id = ?", (read.form,)):
        return None
    there = submissions_where(run, "chance = ?", (read.chance,)) if read.chance else []
    return Found(form_of(run, read.form), read, there[0] if there else None)


def take_submission(run: Run, token: str, sent: Sent, *, secret: str, now: datetime) -> Submission:
    """Keep what somebody sent, in the transaction that is open; counted, or held for review.

    Raises NotTakenError where a gate is shut or there is no room, ChangedError where the page showed another form,
    WrongError where something is missing or is not what it should be; then nothing of it may stay.
    """
    found = found_by(run, token, secret, lock=True)
    if found is None or found.token.issued is None:
        raise NotTakenError("unknown")
    gate = shut_gate(Look(run, found, now))
    if gate:
        raise NotTakenError(gate)
    plan, form = found.form.plan, found.form.id
    _check_shown(run, found.form, sent.revision)
    content = read_fields(plan, sent.fields, sent.files, now.date())
    held = doubt(token, sent.nonce, sent.trap, found.token.issued, now)
    if not held and plan.use == "booking" and has_place(run, form, content[plan.email.key].lower()):
        held = TWICE
    ((number,),) = run(
        "INSERT INTO form_submission (form_id, chance, email, content, language, customer_id, is_new, sent_at, "
        "changed_at, held, told, facts) VALUES (?, ?, ?, ?, ?, NULL, 0, ?, ?, ?, 0, '[]') RETURNING id",
        (
            *(form, found.token.chance, content[plan.email.key].lower(), json.dumps(content, ensure_ascii=False)),
            *(sent.language if sent.language in plan.languages else "", now, now, held),
        ),
    )
    if (field := plan.of_kind("files")) is not None:
        keep_files(run, number, sent.files.get(field.key, ()))
    _ARRIVALS.note(run, number, sent.address, now)
    enqueue(run, TELLING, f"{TELLING}:{form}:{number}", {}, due_at=now, now=now)
    (kept,) = submissions_where(run, "id = ?", (number,))
    if (kept.held and _is_crowded(run, form)) or (kept_bytes(run) > MOST_KEPT and files_of(run, [number])):
        raise NotTakenError(CROWDED)
    note_ticked(run, plan, kept)
    if kept.held:
        _log.info("what was sent by a form is held for review: %s", kept.held)
    return kept


def _check_shown(run: Run, form: Form, revision: int) -> None:
    """Raises ChangedError where whoever sends this has read something else than the form says now."""
    if revision == form.revision:
        return
    read = plans_of(run, form.id, opened=True).get(revision)
    if read is not None and _shown(read) == _shown(form.plan):
        return
    known = read.fields if read is not None else ()
    raise ChangedError([each.key for each in form.plan.fields if each.kind in TICKED and each not in known])


def _shown(plan: Plan) -> tuple[object, ...]:
    """What somebody reads before they send it."""
    return plan.use, plan.title, plan.intro, plan.fields, plan.starts_at, plan.ends_at


def _is_crowded(run: Run, form: int) -> bool:
    """Whether as much waits to be looked at as may, with what just came."""
    return held_count(run, form) > MOST_HELD or kept_bytes(run, waiting=True) > MOST_WAITING


# -- what a form says ----------------------------------------------------------------------------------------
def read_fields(
    plan: Plan, fields: Mapping[str, Sequence[str]], files: Mapping[str, Sequence[bytes]], today: date
) -> dict[str, Any]:
    """What was filled in, by the key of the field, None where nothing was.

    Raises WrongError for what has to be there and is not, and for what is not what it should be.
    """
    found: dict[str, Any] = {}
    wrong = []
    for field in plan.fields:
        if field.kind == "files":
            there = files.get(field.key, ())
            found[field.key] = len(there) or None
            if not are_sound(there) or (field.required and not there):
                wrong.append(field.key)
            continue
        given = next((text for text in fields.get(field.key, ()) if text.strip()), "")
        value = _value(field, given)
        if field.kind == "date" and field.key == BIRTHDAY and value and not _was_born(date.fromisoformat(value), today):
            value = None
        found[field.key] = value
        if (given and value is None) or (field.required and not value):
            wrong.append(field.key)
    if wrong:
        raise WrongError(wrong)
    return found


def _value(field: Field, given: str) -> Any:
    """What was filled in; None where nothing was, or what is no such thing."""
    if field.kind in TICKED:
        return bool(given)
    if field.kind == "text":
        return plain(given).strip()[:MOST_LONG] or None
    line = " ".join(plain(given).split())
    if field.kind == "choice":
        return line if line in {option.key for option in field.options} else None
    if field.kind == "date":
        return _day(line)
    if field.kind == "email":
        return line if _EMAIL.fullmatch(line) and len(line) <= _MOST_EMAIL else None
    if field.kind == "phone":
        return line if _PHONE.fullmatch(line) else None
    return line[:MOST_SHORT] or None


def _was_born(day: date, today: date) -> bool:
    """Whether somebody who fills in a form can have been born that day; `today` is UTC's, somewhere it is tomorrow."""
    return OLDEST <= day <= today + timedelta(days=1)


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None
