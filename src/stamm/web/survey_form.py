"""The form of a survey: what is asked, as fields that work without a script, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import cast, get_args
from zoneinfo import ZoneInfo

from stamm.intake.words import Told
from stamm.lang.errors import UsageError
from stamm.segments.named import key_of
from stamm.surveys.plan import END, SCALES, Branch, Kind, Option, Page, Plan, Question
from stamm.web.reading import whole_number

Fields = Mapping[str, str]
#: texts of a question by the names of their fields
TEXTS = ("told", "hint", "low", "high")
#: questions that a form may hold; more would be no survey
MOST = 40
_CODE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2})?")
#: a line of an option: price = Too expensive; of a branch: recommend = 0, 1, 2 -> 3
_OPTION = re.compile(r"\s*([a-z0-9_]{1,40})\s*=\s*(.+?)\s*")
_BRANCH = re.compile(r"\s*([a-z0-9_]{1,40})\s*=\s*(.+?)\s*(?:->|→)\s*(\w+)\s*")


def fields_of(plan: Plan, zone: str) -> dict[str, str]:
    """What the form shows of a survey."""
    codes = list(dict.fromkeys(code for question in plan.questions for code in question.told))
    found = {
        "name": plan.name,
        "languages": ", ".join(codes),
        "closes_at": plan.closes_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if plan.closes_at else "",
        "quota": str(plan.quota or ""),
        "rest_days": str(plan.rest_days),
        "count": str(len(plan.questions)),
    }
    for code in codes:
        found |= {f"intro-{code}": plan.intro.get(code, ""), f"thanks-{code}": plan.thanks.get(code, "")}
    place = 0
    for number, page in enumerate(plan.pages, 1):
        for question in page.questions:
            found |= _fields_of(question, place, number, codes)
            place += 1
        lines = (f"{b.question} = {', '.join(b.answers)} -> {_named(plan, b.to)}" for b in page.branches)
        found[f"branches-{number}"] = "\n".join(lines)
    return found


def _fields_of(question: Question, place: int, page: int, codes: list[str]) -> dict[str, str]:
    start, scale = f"q{place}", question.scale
    found = {
        f"{start}-key": question.key,
        f"{start}-kind": question.kind,
        f"{start}-page": str(page),
        f"{start}-min": str(scale[0]) if scale else "",
        f"{start}-max": str(scale[1]) if scale else "",
        f"{start}-several": "yes" if question.several else "",
        f"{start}-required": "yes" if question.required else "",
    }
    for code in codes:
        found |= {f"{start}-{text}-{code}": getattr(question, text).get(code, "") for text in TEXTS}
        found[f"{start}-options-{code}"] = "\n".join(
            f"{option.key} = {option.told[code]}" for option in question.options if code in option.told
        )
    return found


def _named(plan: Plan, key: str) -> str:
    return END if key == END else str(plan.place(key) + 1)


def codes_in(fields: Fields) -> list[str]:
    """The languages that a form names, each once."""
    found = _CODE.findall(fields.get("languages", ""))
    return list(dict.fromkeys(code[:-3].lower() + code[-3:].upper() if "-" in code else code.lower() for code in found))


def count_in(fields: Fields) -> int:
    """How many questions it holds."""
    return min(MOST, whole_number(fields.get("count", "") or "0"))


def plan_in(fields: Fields, zone: str, before: Plan | None = None) -> Plan:
    """The survey that a form says; raises UsageError for what no form says. What it means is not looked at."""
    codes = codes_in(fields)
    if not codes:
        raise UsageError("A survey is asked in at least one language.", remedy="Write its code, such as de or en.")
    pages: dict[int, list[Question]] = {}
    for place in range(count_in(fields)):
        if fields.get(f"q{place}-remove") or not any(fields.get(f"q{place}-told-{code}", "").strip() for code in codes):
            continue
        pages.setdefault(_number(fields, f"q{place}-page", 1), []).append(_question(fields, place, codes))
    numbers = sorted(pages)
    keys = {number: _page_key(before, number) for number in numbers}
    return Plan(
        fields.get("name", ""),
        tuple(Page(keys[number], tuple(pages[number]), _branches(fields, number, keys)) for number in numbers),
        intro=_told(fields, "intro", codes),
        thanks=_told(fields, "thanks", codes),
        closes_at=_moment(fields.get("closes_at", ""), zone),
        quota=_number(fields, "quota", 0),
        rest_days=_number(fields, "rest_days", 0),
        colour=before.colour if before else "",
        origins=before.origins if before else (),
    )


def _question(fields: Fields, place: int, codes: list[str]) -> Question:
    start = f"q{place}"
    kind = fields.get(f"{start}-kind", "")
    if kind not in get_args(Kind):
        raise UsageError(f"There is no kind of question {kind!r}.", remedy="Choose one of the list.")
    told = _told(fields, f"{start}-told", codes)
    ends = kind in ("csat", "rating")
    return Question(
        fields.get(f"{start}-key", "").strip() or key_of(next(iter(told.values())))[:40].strip("_"),
        cast(Kind, kind),
        told,
        **{name: _told(fields, f"{start}-{name}", codes) for name in TEXTS[1:]},
        scale_min=_end(fields, f"{start}-min", SCALES[kind][0]) if ends else None,
        scale_max=_end(fields, f"{start}-max", SCALES[kind][1]) if ends else None,
        options=_options(fields, start, codes) if kind == "choice" else (),
        several=kind == "choice" and bool(fields.get(f"{start}-several")),
        required=bool(fields.get(f"{start}-required")),
    )


def _options(fields: Fields, start: str, codes: list[str]) -> tuple[Option, ...]:
    """Each line one that can be chosen; a line without a key of its own gets one from its words."""
    found: dict[str, Told] = {}
    for code in codes:
        for line in fields.get(f"{start}-options-{code}", "").splitlines():
            if not line.strip():
                continue
            known = _OPTION.fullmatch(line)
            key, words = known.groups() if known else (key_of(line)[:40].strip("_"), line.strip())
            found.setdefault(key, {})[code] = words
    return tuple(Option(key, told) for key, told in found.items())


def _branches(fields: Fields, number: int, keys: Mapping[int, str]) -> tuple[Branch, ...]:
    found = []
    for line in fields.get(f"branches-{number}", "").splitlines():
        if not line.strip():
            continue
        known = _BRANCH.fullmatch(line)
        if known is None:
            raise UsageError(f"{line.strip()!r} leads nowhere.", remedy="Write it as recommend = 0, 1, 2 -> 3.")
        question, answers, to = known.groups()
        there = keys.get(int(to), to) if to.isascii() and to.isdecimal() and len(to) < 4 else to
        found.append(Branch(question, tuple(each.strip() for each in answers.split(",") if each.strip()), there))
    return tuple(found)


def _page_key(before: Plan | None, number: int) -> str:
    known = before.pages[number - 1].key if before and number <= len(before.pages) else ""
    return known or f"page_{number}"


def _told(fields: Fields, name: str, codes: list[str]) -> Told:
    return {code: fields[f"{name}-{code}"] for code in codes if fields.get(f"{name}-{code}", "").strip()}


def _number(fields: Fields, name: str, usual: int) -> int:
    return whole_number(fields[name].strip()) if fields.get(name, "").strip() else usual


def _end(fields: Fields, name: str, usual: int) -> int | None:
    """An end of a scale; None where it is the usual one."""
    found = _number(fields, name, usual)
    return None if found == usual else found


def _moment(text: str, zone: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise UsageError(f"{text!r} is no moment.", remedy="Write it as 2026-12-31T18:00.") from error
