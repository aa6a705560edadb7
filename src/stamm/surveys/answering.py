"""Taking answers: one way in, with every gate on it.

A form says which revision of the sheet it was made from. Whoever sends it again, or sends two at once, is told that
the sheet has changed since: so one link gives one answer, and a correction replaces what was there.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.intake.arriving import Arrivals
from stamm.intake.spam import FLOOD, TRAP
from stamm.intake.words import plain
from stamm.jobs.queue import enqueue
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run
from stamm.surveys.asking import TELLING, OpenLink, Token, is_resting, link_of, read_token
from stamm.surveys.keeping import DRAFT, Survey, survey_of
from stamm.surveys.plan import MOST_ANSWER, Page, Plan, Question
from stamm.surveys.sheets import LOW_SINCE, PLANNED, UNSENT, Sheet, moments_written, sheets_where
from stamm.surveys.voices import is_low, scored_question

_log = logging.getLogger("django.stamm")
_ARRIVALS = Arrivals("survey_arrival", "sheet_id", "survey_salt", "survey_sheet")


@dataclass(frozen=True)
class Found:
    """Where a link leads: a survey, the open link it came by if it did, and the sheet as far as there is one."""

    survey: Survey
    token: Token
    link: OpenLink | None
    sheet: Sheet | None


@dataclass(frozen=True)
class Sent:
    """A page of a sheet as it came: the fields by their names, the revision it was made from, and from where.

    `trap` is what stood in the field that nobody sees.
    """

    page: str
    fields: Mapping[str, Sequence[str]]
    revision: int
    address: str
    trap: str = ""


class NotTakenError(UsageError):
    """Nothing was kept: `gate` says which one was shut."""

    def __init__(self, gate: str) -> None:
        super().__init__(f"This answer is not taken: {gate}.")
        self.gate = gate


class MissingError(UsageError):
    """Something that has to be answered is not, or is no answer: `questions` are their keys. Nothing was kept."""

    def __init__(self, questions: Sequence[str]) -> None:
        super().__init__("An answer is missing.", remedy="Answer it, and send it again.")
        self.questions = tuple(questions)


# -- gates ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Look:
    """Somebody who opens a link, or sends an answer by it."""

    run: Run
    found: Found
    now: datetime
    sent: Sent | None = None


def _not_open(look: Look) -> bool:
    return look.found.survey.state == DRAFT


def _closed(look: Look) -> bool:
    return look.found.survey.is_closed(look.now)


def _used(look: Look) -> bool:
    sheet = look.found.sheet
    return look.sent is not None and look.sent.revision != (sheet.revision if sheet else 0)


def _full(look: Look) -> bool:
    survey, sheet = look.found.survey, look.found.sheet
    has_begun = sheet is not None and sheet.begun_at is not None
    return bool(survey.plan.quota) and not has_begun and counted(look.run, survey.id) >= survey.plan.quota


def _resting(look: Look) -> bool:
    sheet = look.found.sheet
    if sheet is None or sheet.customer is None or sheet.begun_at is not None:
        return False
    return is_resting(look.run, look.found.survey, sheet.customer, sheet.asked_at, sheet.id)


#: by the name under which a page says why, in the order in which they are looked at
GATES: Mapping[str, Callable[[Look], bool]] = {
    "not_open": _not_open,
    "closed": _closed,
    "used": _used,
    "full": _full,
    "resting": _resting,
}


def shut_gate(look: Look) -> str:
    """The first gate that is shut; empty where all are open."""
    return next((name for name, is_shut in GATES.items() if is_shut(look)), "")


def counted(run: Run, survey: int) -> int:
    """Sheets of a survey that somebody has begun to answer, without those held for review."""
    rows = run(
        "SELECT count(*) FROM survey_sheet WHERE survey_id = ? AND begun_at IS NOT NULL AND held = ''", (survey,)
    )
    return int(rows[0][0])


# -- the way in ----------------------------------------------------------------------------------------------
def found_by(run: Run, token: str, secret: str, *, lock: bool = False) -> Found | None:
    """Where a link leads; None where nobody made it, or what it led to is gone. `lock`: nobody answers meanwhile."""
    read = read_token(token, secret)
    if read is None:
        return None
    link = link_of(run, read.link) if read.link else None
    if read.link and link is None:
        return None
    number = link.survey if link else _survey_of_chance(run, read.chance)
    if number is None:
        return None
    if lock:
        run("UPDATE survey SET revision = revision WHERE id = ?", (number,))
    sheets = sheets_where(run, "chance = ?", (read.chance,)) if read.chance else []
    return Found(survey_of(run, number), read, link, sheets[0] if sheets else None)


def take_answers(run: Run, token: str, sent: Sent, *, secret: str, now: datetime) -> Sheet:
    """Keep what a page of a sheet says, in the transaction that is open; the sheet as it is now.

    Raises NotTakenError where a gate is shut, MissingError where something has to be answered.
    """
    found = found_by(run, token, secret, lock=True)
    if found is None or found.token.is_open:
        raise NotTakenError("unknown")
    gate = shut_gate(Look(run, found, now, sent))
    if gate:
        raise NotTakenError(gate)
    plan, sheet = found.survey.plan, found.sheet
    page = next((each for each in plan.way(sheet.answers if sheet else {}) if each.key == sent.page), None)
    if page is None:
        raise NotTakenError("used")
    answers, moments = dict(sheet.answers if sheet else {}), dict(sheet.moments if sheet else {})
    for key, given in read_page(page, sent.fields).items():
        if given is None or key not in answers or answers[key] != given:
            answers[key] = given
            moments[key] = now
    way = plan.way(answers)
    asked = {question.key for each in way for question in each.questions}
    answers = {key: given for key, given in answers.items() if key in asked}
    moments = {key: at for key, at in moments.items() if key in answers}
    if is_low(found.survey, answers):
        moments[LOW_SINCE] = _low_since(found.survey, sheet) or now
    is_last = way[-1].key == page.key
    finished = now if is_last else sheet.finished_at if sheet and _is_whole(way, answers) else None
    kept = {
        "answers": json.dumps(answers, ensure_ascii=False),
        "moments": moments_written(moments),
        "finished_at": finished,
        "held": TRAP if sent.trap.strip() else sheet.held if sheet and sheet.held not in (PLANNED, UNSENT) else "",
    }
    number = _keep(run, found, kept, now)
    _ARRIVALS.note(run, number, sent.address, now)
    (now_is,) = sheets_where(run, "id = ?", (number,))
    enqueue(run, TELLING, f"{TELLING}:{number}:{now_is.revision}", {}, due_at=now, now=now)
    if now_is.held:
        _log.info("a survey answer is held for review: %s", now_is.held)
    return now_is


def _low_since(survey: Survey, sheet: Sheet | None) -> datetime | None:
    """Since when the score is low that stands on a sheet; None where it is not, or there is none."""
    scored = scored_question(survey)
    if sheet is None or scored is None or not is_low(survey, sheet.answers):
        return None
    return sheet.moments.get(LOW_SINCE, sheet.moments[scored.key])


def _keep(run: Run, found: Found, kept: dict[str, Any], now: datetime) -> int:
    if found.sheet is None:
        assert found.link is not None
        columns = {
            **kept, "survey_id": found.survey.id, "chance": found.token.chance, "touchpoint": found.link.touchpoint,
            "asked_at": now, "changed_at": now, "begun_at": now, "revision": 1, "told": 0, "facts": "[]",
        }  # fmt: skip
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO survey_sheet ({', '.join(columns)}) VALUES ({marks}) RETURNING id"  # noqa: S608 - ours
        return int(run(statement, tuple(columns.values()))[0][0])
    sets = ", ".join(f"{name} = ?" for name in kept)
    run(
        f"UPDATE survey_sheet SET {sets}, begun_at = COALESCE(begun_at, ?), changed_at = ?, revision = revision + 1 "  # noqa: S608 - ours
        "WHERE id = ?",
        (*kept.values(), now, now, found.sheet.id),
    )
    return found.sheet.id


def _survey_of_chance(run: Run, chance: str) -> int | None:
    rows = run("SELECT survey_id FROM survey_sheet WHERE chance = ?", (chance,))
    return int(rows[0][0]) if rows else None


# -- what a page says ----------------------------------------------------------------------------------------
def read_page(page: Page, fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answers in a form, by the key of the question, None where it was skipped.

    Raises MissingError for what has to be answered and is not, and for what is no answer.
    """
    found: dict[str, Any] = {}
    wrong = []
    for question in page.questions:
        given = [text for text in fields.get(question.key, ()) if text.strip()]
        found[question.key] = answer = _answer(question, given)
        if answer is None and (given or question.required):
            wrong.append(question.key)
    if wrong:
        raise MissingError(wrong)
    return found


def _answer(question: Question, given: Sequence[str]) -> Any:
    """What was answered; None where nothing was, or what is no answer."""
    if not given:
        return None
    if question.kind == "text":
        return plain(given[0]).strip()[:MOST_ANSWER] or None
    if question.scale is not None:
        low, high = question.scale
        return next((point for point in range(low, high + 1) if str(point) == given[0].strip()), None)
    known = [option.key for option in question.options]
    if not set(given) <= set(known) or (len(given) > 1 and not question.several):
        return None
    return [key for key in known if key in given]


def _is_whole(way: Sequence[Page], answers: Mapping[str, Any]) -> bool:
    return all(question.key in answers for page in way for question in page.questions)


def next_page(plan: Plan, answers: Mapping[str, Any]) -> Page | None:
    """The first page on somebody's way on which something was not asked yet; None where all was."""
    return next((page for page in plan.way(answers) if any(each.key not in answers for each in page.questions)), None)


# -- held for review -----------------------------------------------------------------------------------------
def held_sheets(run: Run, survey: int) -> list[Sheet]:
    """Those of a survey that wait to be looked at."""
    return sheets_where(run, "survey_id = ? AND held IN (?, ?)", (survey, FLOOD, TRAP))


def review(run: Run, survey: int, *, count: bool, who: str, now: datetime) -> int:
    """Count those that are held, or throw them away; how many they were. What a customer was sent can be used again.

    What is still among the facts is thrown away once it is taken out there.
    """
    done = 0
    for sheet in held_sheets(run, survey):
        if count:
            run("UPDATE survey_sheet SET held = '', told = 0, changed_at = ? WHERE id = ?", (now, sheet.id))
        elif sheet.facts:
            continue
        elif sheet.customer is None:
            run("DELETE FROM survey_follow_up WHERE sheet_id = ?", (sheet.id,))
            run("DELETE FROM survey_sheet WHERE id = ?", (sheet.id,))
        else:
            run("DELETE FROM survey_follow_up WHERE sheet_id = ?", (sheet.id,))
            run(
                "UPDATE survey_sheet SET held = '', answers = '{}', moments = '{}', begun_at = NULL, "
                "finished_at = NULL, revision = revision + 1, changed_at = ? WHERE id = ?",
                (now, sheet.id),
            )
        done += 1
    if done:
        what = "survey_held_counted" if count else "survey_held_removed"
        record(run, Act(now, who, what, f"survey {survey}, {done} sheets"))
        enqueue(run, TELLING, f"{TELLING}:{survey}:{secrets.token_hex(8)}", {}, due_at=now, now=now)
    return done
