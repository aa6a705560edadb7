"""What came of a survey so far: scores as the catalogue defines them, with their intervals, and every comment.

Counted over the sheets themselves, so that an answer is in it at once; the facts hold the same a moment later, and
`stamm metric --where survey=KEY` gives the same numbers. What is held for review is in neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from stamm.intake.spam import FLOOD, TRAP
from stamm.intake.words import said
from stamm.lang.interval import wilson
from stamm.lang.window import Window, day_of, windows
from stamm.metrics import METRICS, Metric
from stamm.people.database import Run
from stamm.surveys.keeping import Survey
from stamm.surveys.plan import Question
from stamm.surveys.sheets import Sheet, sheets_where

#: by the kind of the question, which metric of the catalogue it is
SCORES = {
    "nps": "net_promoter_score",
    "csat": "customer_satisfaction",
    "ces": "customer_effort_score",
    "rating": "rating_average",
}
#: days up to which a score is shown week by week
_WEEKS = 120


@dataclass(frozen=True)
class Score:
    """A value with its 95 % interval, over n answers; None where there is nothing to tell. `start` is its first day."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    start: date | None = None


@dataclass(frozen=True)
class Share:
    """How many chose something, by its point or by its words; their share of those who answered, with its interval."""

    told: str
    count: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class OfQuestion:
    """What came of one question: answered by n, skipped by some, and its score where its kind has one.

    `by_touchpoint` tells the score of each place, those with the most answers first; `days` are the local days from the
    first answer to the last.
    """

    question: Question
    n: int
    skipped: int
    score: Score | None
    spread: tuple[Share, ...]
    over_time: tuple[Score, ...]
    by_touchpoint: tuple[tuple[str, Score], ...] = ()
    days: Window | None = None

    @property
    def metric(self) -> Metric | None:
        """The metric that its score is."""
        return metric_of(self.question)


@dataclass(frozen=True)
class Comment:
    """What somebody wrote, when, on which question, and what they answered besides; None for nobody known."""

    sheet: int
    customer: str | None
    question: Question
    told: str
    at: datetime
    touchpoint: str
    score: int | None


@dataclass(frozen=True)
class Results:
    """All that came of a survey. Of those asked by a link of their own `answered` have answered; `others` came by open
    links, of which nobody knows how many saw them."""

    survey: Survey
    asked: int
    answered: int
    others: int
    held: int
    questions: tuple[OfQuestion, ...]
    comments: tuple[Comment, ...]

    @property
    def rate(self) -> Share | None:
        """The share of those asked who have answered, with its interval; None where nobody was asked."""
        if not self.asked:
            return None
        low, high = wilson(self.answered, self.asked)
        return Share("", self.answered, self.answered / self.asked, low, high)


def results_of(run: Run, survey: Survey, zone: str) -> Results:
    """What came of it until now; days are those of the zone."""
    every = sheets_where(run, "survey_id = ?", (survey.id,))
    counted = [sheet for sheet in every if not sheet.held]
    personal = [sheet for sheet in counted if sheet.customer is not None]
    begun = [sheet for sheet in counted if sheet.begun_at is not None]
    return Results(
        survey,
        asked=len(personal),
        answered=sum(sheet.begun_at is not None for sheet in personal),
        others=sum(sheet.customer is None for sheet in begun),
        held=sum(sheet.held in (FLOOD, TRAP) for sheet in every),
        questions=tuple(_of(question, begun, zone) for question in survey.plan.questions),
        comments=_comments(survey, begun),
    )


def metric_of(question: Question) -> Metric | None:
    """The metric that the score of a question is; None where it has none."""
    key = SCORES.get(question.kind)
    return METRICS[key]() if key else None


def _of(question: Question, sheets: Sequence[Sheet], zone: str) -> OfQuestion:
    put = [sheet for sheet in sheets if question.key in sheet.answers]
    gave = [sheet for sheet in put if sheet.answers[question.key] is not None]
    given = [(sheet.answers[question.key], sheet.moments[question.key]) for sheet in gave]
    answers = [answer for answer, _ in given]
    has_score = question.scale is not None
    return OfQuestion(
        question,
        n=len(answers),
        skipped=len(put) - len(answers),
        score=score_of(question, answers) if has_score else None,
        spread=_spread(question, answers),
        over_time=tuple(_over_time(question, given, zone)) if has_score else (),
        by_touchpoint=tuple(_by_touchpoint(question, gave)) if has_score else (),
        days=_days([at for _, at in given], zone),
    )


def score_of(question: Question, points: Sequence[int], start: date | None = None) -> Score:
    """The score of some answers, by the formula and the interval of the catalogue."""
    metric, scale = metric_of(question), question.scale
    assert metric is not None
    assert scale is not None
    assert metric.interval is not None
    parts = _parts(question.kind, points, scale)
    value = metric.value(**{name: parts[name] for name in metric.operands()})
    low, high = metric.interval.bounds({name: parts[name] for name in metric.interval.names})
    return Score(value, low, high, len(points), start)


def _parts(kind: str, points: Sequence[int], scale: tuple[int, int]) -> Mapping[str, int]:
    """What the metric of that kind counts."""
    sums = {"points": sum(points), "squares": sum(point * point for point in points)}
    if kind == "nps":
        promoters, detractors = sum(point >= 9 for point in points), sum(point <= 6 for point in points)
        return {"answered": len(points), "promoters": promoters, "detractors": detractors}
    if kind == "csat":
        top = scale[1] if scale[1] - scale[0] + 1 < 4 else scale[1] - 1
        return {"answered": len(points), "satisfied": sum(point >= top for point in points)}
    return {"answered": len(points), "ratings": len(points), "stars": sums["points"], **sums}


def _over_time(question: Question, given: Sequence[tuple[Any, datetime]], zone: str) -> list[Score]:
    """The score week by week, or month by month where it is longer; windows without an answer have no value."""
    if not given:
        return []
    days = [(day_of(at, zone), point) for point, at in given]
    first, last = min(days)[0], max(days)[0]
    grain = "week" if (last - first).days <= _WEEKS else "month"
    found = windows(first, date.fromordinal(last.toordinal() + 1), grain)
    return [score_of(question, [p for day, p in days if w.start <= day < w.end], w.start) for w in found]


def _by_touchpoint(question: Question, sheets: Sequence[Sheet]) -> list[tuple[str, Score]]:
    """The score of each place where somebody answered, those with the most answers first."""
    found: dict[str, list[int]] = {}
    for sheet in sheets:
        found.setdefault(sheet.touchpoint, []).append(sheet.answers[question.key])
    most_first = sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))
    return [(place, score_of(question, points)) for place, points in most_first]


def _days(moments: Sequence[datetime], zone: str) -> Window | None:
    if not moments:
        return None
    first, last = day_of(min(moments), zone), day_of(max(moments), zone)
    return Window(first, date.fromordinal(last.toordinal() + 1))


def _spread(question: Question, answers: Sequence[Any]) -> tuple[Share, ...]:
    """How many gave each answer; of several that can be chosen the shares add up to more than one."""
    if question.kind == "text":
        return ()
    counts = Counter(each for answer in answers for each in (answer if isinstance(answer, list) else [answer]))
    known: list[tuple[Any, str]] = [(option.key, said(option.told, "")) for option in question.options]
    if question.scale is not None:
        known = [(point, str(point)) for point in range(question.scale[0], question.scale[1] + 1)]
    return tuple(_share(told, counts[each], len(answers)) for each, told in known)


def _share(told: str, count: int, n: int) -> Share:
    low, high = wilson(count, n) if n else (None, None)
    return Share(told, count, count / n if n else None, low, high)


def _comments(survey: Survey, sheets: Sequence[Sheet]) -> tuple[Comment, ...]:
    """Every one of them, the newest first."""
    scored = next((question for question in survey.plan.questions if question.scale is not None), None)
    found = [
        Comment(
            sheet.id,
            sheet.customer,
            question,
            sheet.answers[question.key],
            sheet.moments[question.key],
            sheet.touchpoint,
            sheet.answers.get(scored.key) if scored else None,
        )
        for sheet in sheets
        for question in survey.plan.questions
        if question.kind == "text" and sheet.answers.get(question.key)
    ]
    return tuple(sorted(found, key=lambda each: (each.at, each.sheet), reverse=True))
