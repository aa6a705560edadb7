"""Voices: the answers that somebody reads one by one, because something was written or the score is low."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.people.database import Run
from stamm.surveys.keeping import Survey
from stamm.surveys.plan import Question
from stamm.surveys.sheets import LOW_SINCE, Sheet, sheets_where

#: what a score says; of NPS those are detractors, passives and promoters
LOW, MIDDLE, HIGH = "low", "middle", "high"
BANDS = (LOW, MIDDLE, HIGH)


@dataclass(frozen=True)
class Voice:
    """One answer: whose it is (None for nobody known), its score with what that says, and all that was written.

    `at` is when the score was given, or where there is none when something was written first; `low_since` when it
    became low, which another low score does not change; `changed_at` when any of it was last changed (UTC).
    """

    sheet: int
    customer: str | None
    touchpoint: str
    at: datetime
    score: int | None
    band: str
    comments: tuple[tuple[Question, str], ...]
    low_since: datetime
    changed_at: datetime


def scored_question(survey: Survey) -> Question | None:
    """The question whose score stands beside what was written: the first that has one."""
    return next((question for question in survey.plan.questions if question.scale is not None), None)


def band_of(question: Question, point: int) -> str:
    """What a point says: of NPS by its definition, of satisfaction and effort high where the metric counts it so, low
    as far from the other end."""
    assert question.scale is not None
    low, high = question.scale
    high_from = {"nps": 9, "ces": 5}.get(question.kind, high if high - low + 1 < 4 else high - 1)
    low_to = 6 if question.kind == "nps" else low + high - high_from
    return HIGH if point >= high_from else LOW if point <= low_to else MIDDLE


def is_low(survey: Survey, answers: Mapping[str, Any]) -> bool:
    """Whether some answers have a low score."""
    scored = scored_question(survey)
    point = None if scored is None else answers.get(scored.key)
    return scored is not None and point is not None and band_of(scored, point) == LOW


def voices_of(run: Run, survey: Survey, sheet: int | None = None) -> list[Voice]:
    """All of a survey, or that of one sheet, the newest first; what is held for review is not among them."""
    scored = scored_question(survey)
    one, which = ("", ()) if sheet is None else (" AND id = ?", (sheet,))
    sheets = sheets_where(run, f"survey_id = ? AND held = '' AND begun_at IS NOT NULL{one}", (survey.id, *which))
    found = [_voice(survey, sheet, scored) for sheet in sheets]
    heard = [each for each in found if each.comments or each.band == LOW]
    return sorted(heard, key=lambda each: (each.at, each.sheet), reverse=True)


def _voice(survey: Survey, sheet: Sheet, scored: Question | None) -> Voice:
    told = tuple(
        (question, sheet.answers[question.key])
        for question in survey.plan.questions
        if question.kind == "text" and sheet.answers.get(question.key)
    )
    point = sheet.answers.get(scored.key) if scored else None
    band = band_of(scored, point) if scored is not None and point is not None else ""
    at = _moment(sheet, scored, told)
    about = sheet.id, sheet.customer, sheet.touchpoint, at, point, band, told
    return Voice(*about, sheet.moments.get(LOW_SINCE, at), max(sheet.moments.values(), default=at))


def _moment(sheet: Sheet, scored: Question | None, told: Sequence[tuple[Question, str]]) -> datetime:
    if scored is not None and sheet.answers.get(scored.key) is not None:
        return sheet.moments[scored.key]
    if told:
        return min(sheet.moments[question.key] for question, _ in told)
    return sheet.changed_at
