"""The scores of a survey by segment: asked of the facts, through the door that every number comes from.

So they are what `stamm metric net_promoter_score --where survey=KEY --segment NAME` gives for the same days. Of each
segment the answers of those count who were in it when the day of the first answer began; who is in two counts in both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from stamm.answers.answer import Row
from stamm.answers.ask import Answers
from stamm.answers.members import Chosen, in_segment, settled
from stamm.facts.filter import Condition, Filter
from stamm.lang.errors import StammError
from stamm.lang.reasons import NO_MEMBERS
from stamm.lang.window import Window
from stamm.metrics import METRICS, Metric
from stamm.segments.named import Saved
from stamm.surveys.results import OfQuestion, Results, Score

#: a group with fewer answers has no score of its own: one answer more would turn it over
LEAST = 5
#: segments that are looked up in one query
AT_ONCE = 30


@dataclass(frozen=True)
class BySegment:
    """One question by segment: its days, how many of its answers are among the facts, and the score of each segment.

    `unknown` are segments of which nobody knows who was in them then.
    """

    question: str
    days: Window
    n: int
    scores: Mapping[str, Score]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What is asked of the facts, all of it settled beforehand: equal ones are asked once. `measures` is the key of the
    metric."""

    survey: str
    question: str
    measures: str
    days: Window
    segments: tuple[tuple[str, Condition], ...]

    @property
    def metric(self) -> Metric:
        """What the score is."""
        return METRICS[self.measures]()


def asked_of(made: Results, names: Collection[str], saved: Saved) -> tuple[Asked, ...]:
    """A question of each score that is asked once in the survey: the facts tell answers apart by their kind.

    Raises UsageError for a segment that there is not.
    """
    conditions = settled(tuple(in_segment(name) for name in names), saved)
    segments = tuple(zip(names, conditions, strict=True))
    return tuple(
        Asked(made.survey.key, each.question.key, each.metric.key, each.days, segments)
        for each in made.questions
        if each.metric is not None and each.days is not None and _is_alone(each, made)
    )


def by_segment(answers: Answers, asked: Asked) -> BySegment:
    """The score of each segment in which somebody has answered, those with the most answers first."""
    of_survey = Condition("survey", (asked.survey,))
    whole = _row(answers, asked, (of_survey,))
    found: dict[str, Score] = {}
    unknown = []
    for number, (name, condition) in enumerate(asked.segments):
        if number % AT_ONCE == 0:
            next_ones = asked.segments[number : number + AT_ONCE]
            Chosen.look_up(answers.world, [(each,) for _, each in next_ones], asked.days.start)
        try:
            row = _row(answers, asked, (of_survey, condition))
        except StammError:  # what its rule is about was never taken in, or cannot be told of that day
            row = None
        if row is None or row.reason == NO_MEMBERS:
            unknown.append(name)
        elif row.n:
            found[name] = _score(asked.metric, row)
    most_first = dict(sorted(found.items(), key=lambda each: -each[1].n))
    return BySegment(asked.question, asked.days, whole.n or 0, most_first, tuple(unknown))


def _row(answers: Answers, asked: Asked, where: Filter) -> Row:
    (row,) = answers.ask(asked.metric, [asked.days], where=where).rows
    return row


def _score(metric: Metric, row: Row) -> Score:
    """Its interval also while the day of the last answer is not over: more answers are another question."""
    low, high = row.low, row.high
    if low is None and metric.interval is not None and row.value is not None:
        low, high = metric.interval.bounds({name: row.parts[name] or 0 for name in metric.interval.names})
    return Score(row.value, low, high, row.n or 0)


def _is_alone(each: OfQuestion, made: Results) -> bool:
    return [other.question.kind for other in made.questions].count(each.question.kind) == 1
