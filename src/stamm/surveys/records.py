"""Surveys as programs read them: shares 0..1, moments in ISO 8601; null is unknown, never 0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stamm.intake.words import said
from stamm.surveys.keeping import Survey
from stamm.surveys.results import Results

Record = dict[str, Any]
LISTED = ("survey", "key", "name", "state", "closes_at", "quota", "rest_days", "asked", "answered", "others", "held")
RESULTS = (
    "question",
    "kind",
    "words",
    "what",
    "answer",
    "touchpoint",
    "window_start",
    "value",
    "low",
    "high",
    "n",
    "skipped",
)
COMMENTS = ("customer_id", "question", "score", "comment", "answered_at", "touchpoint")


def record_of(made: Results) -> Record:
    """One survey, and how many answered."""
    survey: Survey = made.survey
    plan = survey.plan
    return {
        "survey": survey.id,
        "key": survey.key,
        "name": plan.name,
        "state": survey.state,
        "closes_at": plan.closes_at,
        "quota": plan.quota or None,
        "rest_days": plan.rest_days or None,
        "asked": made.asked,
        "answered": made.answered,
        "others": made.others,
        "held": made.held,
    }


def results_records(made: Results) -> Iterator[Record]:
    """Of each question its score, that of each window and touchpoint, and of each answer its share."""
    for each in made.questions:
        about = {
            "question": each.question.key,
            "kind": each.question.kind,
            "words": said(each.question.told, ""),
            "skipped": each.skipped,
            "answer": None,
            "touchpoint": None,
            "window_start": None,
        }
        if each.score is not None:
            for what, one in (("score", each.score), *(("over time", one) for one in each.over_time)):
                ends = {"value": one.value, "low": one.low, "high": one.high, "n": one.n}
                yield {**about, "what": what, "window_start": one.start, **ends}
            for place, one in each.by_touchpoint:
                ends = {"value": one.value, "low": one.low, "high": one.high, "n": one.n}
                yield {**about, "what": "by touchpoint", "touchpoint": place, **ends}
        for share in each.spread:
            ends = {"value": share.share, "low": share.low, "high": share.high, "n": share.count}
            yield {**about, "what": "share", "answer": share.told, **ends}
        if not each.spread:
            yield {**about, "what": "comments", "value": None, "low": None, "high": None, "n": each.n}


def comment_records(made: Results) -> list[Record]:
    """Every comment, the newest first."""
    return [
        {
            "customer_id": each.customer,
            "question": each.question.key,
            "score": each.score,
            "comment": each.told,
            "answered_at": each.at,
            "touchpoint": each.touchpoint,
        }
        for each in made.comments
    ]
