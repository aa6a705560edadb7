"""The page on which a form is changed: what it asks as fields that work without a script, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast, get_args
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from stamm.forms.plan import MOST_FIELDS, Field, FieldKind, Option, Plan
from stamm.intake.words import Told
from stamm.lang.errors import UsageError
from stamm.segments.named import key_of
from stamm.web.reading import whole_number

Fields = Mapping[str, str]
#: the languages of the page on which a form is made
CODES = ("de", "en")
#: texts of a form, and of a field, by the names of what holds them
TEXTS, OF_FIELD = ("title", "intro", "button", "thanks"), ("told", "hint")
MOMENTS = ("closes_at", "starts_at", "ends_at")


def fields_of(plan: Plan, zone: str) -> dict[str, str]:
    """What the page shows of a form."""
    found = {"name": plan.name, "quota": str(plan.quota or ""), "count": str(len(plan.fields))}
    for name in MOMENTS:
        at: datetime | None = getattr(plan, name)
        found[name] = _local(at, zone) if at else ""
    for code in CODES:
        found |= {f"{name}-{code}": getattr(plan, name).get(code, "") for name in TEXTS}
    for place, field in enumerate(plan.fields):
        start = f"q{place}"
        found |= {
            f"{start}-key": field.key,
            f"{start}-kind": field.kind,
            f"{start}-purpose": field.purpose,
            f"{start}-required": "yes" if field.required else "",
        }
        for code in CODES:
            found |= {f"{start}-{name}-{code}": getattr(field, name).get(code, "") for name in OF_FIELD}
            lines = (f"{each.key} = {each.told[code]}" for each in field.options if code in each.told)
            found[f"{start}-options-{code}"] = "\n".join(lines)
    return found


def count_in(fields: Fields) -> int:
    """How many fields it holds."""
    return min(MOST_FIELDS, whole_number(fields.get("count", "") or "0"))


def plan_in(fields: Fields, zone: str, before: Plan) -> Plan:
    """The form that the page says; raises UsageError for what no form says. What it means is not looked at."""
    asked = [
        _with_others(_field(fields, f"q{place}"), before)
        for place in range(count_in(fields))
        if not fields.get(f"q{place}-remove") and _told(fields, f"q{place}-told")
    ]
    quota = fields.get("quota", "").strip()
    return Plan(
        fields.get("name", ""),
        before.use,
        tuple(asked),
        _kept(_told(fields, "title"), before.title),
        intro=_kept(_told(fields, "intro"), before.intro),
        button=_kept(_told(fields, "button"), before.button),
        thanks=_kept(_told(fields, "thanks"), before.thanks),
        closes_at=_moment(fields.get("closes_at", ""), zone),
        starts_at=_moment(fields.get("starts_at", ""), zone),
        ends_at=_moment(fields.get("ends_at", ""), zone),
        quota=whole_number(quota) if quota else 0,
    )


def _field(fields: Fields, start: str) -> Field:
    kind = fields.get(f"{start}-kind", "")
    if kind not in get_args(FieldKind):
        raise UsageError(f"There is no kind of field {kind!r}.", remedy="Choose one of the list.")
    told = _told(fields, f"{start}-told")
    words = told.get("en") or next(iter(told.values()))
    return Field(
        fields.get(f"{start}-key", "").strip() or key_of(words)[:40].strip("_"),
        cast(FieldKind, kind),
        told,
        _told(fields, f"{start}-hint"),
        required=bool(fields.get(f"{start}-required")) and kind != "consent",
        options=_options(fields, start) if kind == "choice" else (),
        purpose=fields.get(f"{start}-purpose", "") if kind == "consent" else "",
    )


def _with_others(field: Field, before: Plan) -> Field:
    """With what it says in languages that the page does not show."""
    known = next((each for each in before.fields if each.key == field.key), None)
    if known is None:
        return field
    words = {option.key: option.told for option in known.options}
    options = tuple(replace(each, told=_kept(each.told, words.get(each.key, {}))) for each in field.options)
    return replace(field, told=_kept(field.told, known.told), hint=_kept(field.hint, known.hint), options=options)


def _options(fields: Fields, start: str) -> tuple[Option, ...]:
    """Each line one that can be chosen; a line without a key of its own gets one from its words."""
    found: dict[str, Told] = {}
    for code in CODES:
        for line in fields.get(f"{start}-options-{code}", "").splitlines():
            key, between, words = line.partition("=")
            key, words = (key.strip(), words.strip()) if between else (key_of(line)[:40].strip("_"), line.strip())
            if words:
                found.setdefault(key, {})[code] = words
    return tuple(Option(key, told) for key, told in found.items())


def _told(fields: Fields, name: str) -> Told:
    return {code: fields[f"{name}-{code}"] for code in CODES if fields.get(f"{name}-{code}", "").strip()}


def _kept(told: Told, before: Told) -> Told:
    """With the languages that the page does not show."""
    return {**told, **{code: text for code, text in before.items() if code not in CODES}}


def _local(at: datetime, zone: str) -> str:
    """As a browser writes a moment."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="minutes")


def _moment(text: str, zone: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise UsageError(f"{text!r} is no moment.", remedy="Write it as 2026-12-31T18:00.") from error
