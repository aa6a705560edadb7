"""What a form asks: its fields, their words, and what it is for, as plain values, without a database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

import msgspec
from msgspec.structs import replace

from stamm.intake.words import Told, plain
from stamm.lang.errors import UsageError

#: what a form is for: to be won as a customer, to register, to book a place at a gathering, to ask for help
Use = Literal["lead", "registration", "booking", "support"]
USES: tuple[Use, ...] = get_args(Use)
FieldKind = Literal["email", "name", "phone", "company", "text", "choice", "tick", "date", "consent", "files"]
KINDS: tuple[FieldKind, ...] = get_args(FieldKind)
#: kinds of which a form has one at most: each is one attribute of a customer
SINGLE: tuple[FieldKind, ...] = ("email", "name", "phone", "company", "files")
#: kinds that are ticked or not
TICKED: tuple[FieldKind, ...] = ("tick", "consent")
#: the key of a date that is the customer's birthday, and of the choice that says what a request is about
BIRTHDAY, TOPIC = "birthday", "topic"
MOST_FIELDS, MOST_OPTIONS, MOST_NAME, MOST_TEXT, MOST_QUOTA = 30, 30, 120, 1_000, 1_000_000
#: what a moment of a form can lie in
YEARS = range(2000, 2200)
_KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


class Option(msgspec.Struct, frozen=True):
    """Something that can be chosen."""

    key: str
    told: Told


class Field(msgspec.Struct, frozen=True):
    """One field: its kind, its words, and what can be chosen. `purpose` is what a tick allows, of consents alone."""

    key: str
    kind: FieldKind
    told: Told
    hint: Told = {}
    required: bool = False
    options: tuple[Option, ...] = ()
    purpose: str = ""


class Plan(msgspec.Struct, frozen=True):
    """All that is set about a form: `name` is what people here call it, the rest is what whoever fills it in reads.

    `closes_at` is in UTC, `quota` the most submissions that are taken, the places of a booking (0: any number).
    `starts_at` and `ends_at` are those of the gathering that is booked.
    """

    name: str
    use: Use
    fields: tuple[Field, ...]
    title: Told
    intro: Told = {}
    button: Told = {}
    thanks: Told = {}
    closes_at: datetime | None = None
    quota: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which it is said, as the title has them."""
        return tuple(self.title)

    @property
    def email(self) -> Field:
        """The field that tells who somebody is."""
        return next(each for each in self.fields if each.kind == "email")

    def of_kind(self, kind: FieldKind) -> Field | None:
        """The first field of a kind."""
        return next((each for each in self.fields if each.kind == kind), None)

    def written(self) -> str:
        """As it is kept."""
        return msgspec.json.encode(self).decode()


def plan_of(written: str) -> Plan:
    """What was kept, or written by hand as JSON; raises UsageError for what is no form."""
    try:
        return msgspec.json.decode(written, type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"This is no form: {error}.", remedy="`stamm form show 1 --format json` writes one as an example."
        ) from error


# -- checked -------------------------------------------------------------------------------------------------
def checked(plan: Plan, before: Sequence[Plan] = ()) -> Plan:
    """The same in its one written form; raises UsageError for what cannot be asked.

    `before` is all that it was since it was opened: what it is for stays, and so does what a field ever meant.
    """
    name = " ".join(plain(plan.name).split())
    if not 0 < len(name) <= MOST_NAME:
        raise UsageError(f"The name of a form has 1 to {MOST_NAME} letters.", remedy="Write another one.")
    texts = {each: _told(getattr(plan, each)) for each in ("title", "intro", "button", "thanks")}
    made = replace(plan, name=name, fields=tuple(_field(each) for each in plan.fields), **texts)
    if not made.title:
        raise UsageError("A form has a title.", remedy="Write it in at least one language.")
    if not 0 < len(made.fields) <= MOST_FIELDS:
        raise UsageError(f"A form has 1 to {MOST_FIELDS} fields.", remedy="Ask less at once.")
    _check_fields(made)
    if not 0 <= made.quota <= MOST_QUOTA:
        raise UsageError("A number of this form is out of its bounds.", remedy="Write 0 where there is to be none.")
    _check_moments(made)
    for each in before:
        _check_same(made, each)
    return made


def _check_fields(plan: Plan) -> None:
    keys = [each.key for each in plan.fields]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise UsageError(f"{min(twice)!r} is there twice.", remedy="Give each a key of its own.")
    kinds = [each.kind for each in plan.fields]
    if "email" not in kinds:
        raise UsageError(
            "A form asks for the e-mail address: by it a customer is known.", remedy="Add a field of that kind."
        )
    if any(kinds.count(kind) > 1 for kind in SINGLE):
        raise UsageError(
            "E-mail, name, telephone, company and files are each asked once.", remedy="Take a text for the second one."
        )
    if "files" in kinds and plan.use != "support":
        raise UsageError("Files come with a support request alone.", remedy="Leave this field out.")


def _check_moments(plan: Plan) -> None:
    moments = (plan.closes_at, plan.starts_at, plan.ends_at)
    if any(each is not None and each.tzinfo is None for each in moments):
        raise UsageError("A moment of a form needs a time zone.", remedy="Write it as 2026-12-31T18:00:00Z.")
    if any(each is not None and each.year not in YEARS for each in moments):
        raise UsageError("A moment of a form lies in 2000 to 2199.", remedy="Look at the year.")
    if plan.use != "booking":
        if plan.starts_at or plan.ends_at:
            raise UsageError("Only a booking begins and ends.", remedy="Leave these moments out.")
    elif plan.starts_at is None or plan.ends_at is None or plan.ends_at <= plan.starts_at:
        raise UsageError("A booking says when the gathering begins and, later, ends.", remedy="Write both moments.")


def _check_same(plan: Plan, before: Plan) -> None:
    if plan.use != before.use:
        raise UsageError("What a form is for stays once it was opened.", remedy="Make another form.")
    known = {each.key: each.kind for each in before.fields}
    for each in plan.fields:
        if known.get(each.key, each.kind) != each.kind:
            raise UsageError(f"The field {each.key!r} would mean something else.", remedy="Ask it under another key.")


def _field(field: Field) -> Field:
    _check_key(field.key)
    options = tuple(replace(each, told=_told(each.told)) for each in field.options)
    purpose = " ".join(plain(field.purpose).split())
    made = replace(field, told=_told(field.told), hint=_told(field.hint), options=options, purpose=purpose)
    if not made.told:
        raise UsageError(f"The field {field.key!r} has no words.", remedy="Write them in at least one language.")
    if (made.kind == "choice") != bool(options) or len(options) > MOST_OPTIONS or not all(o.told for o in options):
        raise UsageError(
            f"A choice has 1 to {MOST_OPTIONS} options, each with words, and no other kind has any.",
            remedy="Write them, or take another kind.",
        )
    keys = [option.key for option in options]
    for key in keys:
        _check_key(key)
    if len(set(keys)) < len(keys):
        raise UsageError("An option is there twice.", remedy="Give each a key of its own.")
    if (made.kind == "consent") != bool(purpose) or len(purpose) > MOST_NAME:
        raise UsageError(
            "A consent says for what purpose, and no other field does.", remedy="Write one, such as newsletter."
        )
    if made.kind == "consent" and made.required:
        raise UsageError("A consent that has to be given is none.", remedy="Let them choose, or take a tick for terms.")
    return replace(made, required=made.required or made.kind == "email")


def _told(told: Told) -> Told:
    made = {code: plain(text).strip() for code, text in told.items()}
    if any(not _LANGUAGE.fullmatch(code) for code in made):
        raise UsageError("A language is written as de, en or pt-BR.", remedy="Write its code before the text.")
    if any(len(text) > MOST_TEXT for text in made.values()):
        raise UsageError(f"A text of a form has at most {MOST_TEXT} letters.", remedy="Write less.")
    return {code: text for code, text in made.items() if text}


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise UsageError(
            f"{key[:50]!r} is no key.", remedy="Write small letters, digits and _, at most 40, such as why_leaving."
        )
