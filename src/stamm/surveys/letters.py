"""The mail by which a survey asks: its own words, the first question, and a link for each point that can be chosen.

A click on a point opens the page with that point chosen; it is kept once the customer sends it, because programs that
look through mail open links, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from stamm.delivery.customer_door import Whom
from stamm.delivery.letter import Letter, Scale
from stamm.intake.words import Told, plain, said
from stamm.jobs import Cancel
from stamm.lang.errors import UsageError
from stamm.people.database import Run
from stamm.surveys.answering import Found, Look, shut_gate
from stamm.surveys.asking import Token, token_of
from stamm.surveys.keeping import survey_of
from stamm.surveys.plan import Plan
from stamm.surveys.sheets import sheets_where

#: letters of a subject and of a sentence
MOST_SUBJECT, MOST_SENTENCE = 150, 600
#: what an address says beside a survey: the language, and the answer to its first question
LANGUAGE, ANSWER = "lang", "answer"
#: why the door is told not to send one
OVER, ANSWERED = "the survey takes no answers any more", "the customer has answered already"
_SUBJECT = {"de": "Eine Frage an Sie", "en": "One question for you"}
_SENTENCE = {
    "de": "Es dauert eine Minute, und wir lesen jede Antwort.",
    "en": "It takes a minute, and we read every answer.",
}
_BUTTON = {"de": "Antworten", "en": "Answer"}


class Words(msgspec.Struct, frozen=True):
    """The subject of a mail and the sentence above the question, by language, the first one for everybody else."""

    subject: Told
    sentence: Told


def languages_of(plan: Plan) -> tuple[str, ...]:
    """The languages in which a survey can be read, its first one first."""
    return plan.languages or tuple(plan.questions[0].told)


def ready_words(plan: Plan) -> Words:
    """Words for each of its languages; for those that have none of their own the English ones."""
    codes = languages_of(plan)
    return Words(
        {code: said_ready(_SUBJECT, code) for code in codes}, {code: said_ready(_SENTENCE, code) for code in codes}
    )


def checked_words(plan: Plan, subject: Mapping[str, str], sentence: Mapping[str, str]) -> Words:
    """One's own words; where one is empty the ready one. Raises UsageError for what is too long."""
    usual = ready_words(plan)
    lines = {code: " ".join(plain(subject.get(code, "")).split()) or usual.subject[code] for code in usual.subject}
    texts = {code: plain(sentence.get(code, "")).strip() or usual.sentence[code] for code in usual.sentence}
    if any(len(each) > MOST_SUBJECT for each in lines.values()):
        raise UsageError(f"A subject has at most {MOST_SUBJECT} letters.", remedy="Write less.")
    if any(len(each) > MOST_SENTENCE for each in texts.values()):
        raise UsageError(f"A text of a mail has at most {MOST_SENTENCE} letters.", remedy="Write less.")
    return Words(lines, texts)


def letter_for(
    run: Run, about: Mapping[str, Any], whom: Whom, *, address: str, secret: str, now: datetime
) -> Letter | Cancel:
    """The mail to one customer in their language; or why there is nothing to ask them any more."""
    sheets = sheets_where(run, "id = ?", (about.get("sheet"),))
    rows = run("SELECT words FROM survey_mailing WHERE id = ?", (about.get("mailing"),))
    if not sheets or not rows:
        return Cancel(OVER)
    (sheet,), survey = sheets, survey_of(run, sheets[0].survey)
    if sheet.begun_at is not None:
        return Cancel(ANSWERED)
    if shut_gate(Look(run, Found(survey, Token(0, sheet.chance), None, sheet), now)):
        return Cancel(OVER)
    words = msgspec.json.decode(rows[0][0], type=Words)
    link = f"{address}/ask/{token_of(sheet, 0, secret)}/"
    return letter_of(survey.plan, words, whom.language, link)


def letter_of(plan: Plan, words: Words, language: str, link: str) -> Letter:
    """The mail in a language where the survey has it, else in its first one."""
    codes, first = languages_of(plan), plan.pages[0].questions[0]
    code = language if language in codes else codes[0]
    link = f"{link}?{LANGUAGE}={code}"
    scale = None
    if first.scale is not None:
        points = [(str(point), f"{link}&{ANSWER}={point}") for point in range(first.scale[0], first.scale[1] + 1)]
        scale = Scale(points, said(first.low, code), said(first.high, code))
    return Letter(
        code,
        said(words.subject, code),
        title=said(first.told, code),
        paragraphs=[text for text in (said(words.sentence, code), said(plan.intro, code)) if text],
        scale=scale,
        button=(said_ready(_BUTTON, code), link),
    )


def said_ready(told: Told, code: str) -> str:
    """A ready text in a language, else in English."""
    return told.get(code) or told["en"]
