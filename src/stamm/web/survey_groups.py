"""A survey's scores by touchpoint and by segment, for its page: the segments are asked of the facts, and come later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stamm.lang.language import Language
from stamm.reports.survey_groups import GroupsWords, groups_words, names_of, touchpoints_words
from stamm.reports.survey_words import QuestionWords
from stamm.surveys.of_segments import Asked, BySegment, asked_of, by_segment
from stamm.surveys.results import Results
from stamm.web.desk import Opened, soon
from stamm.web.segments import saved_rules, titles


@dataclass(frozen=True)
class OfSegments:
    """One question by segment: since when who was in them counts, and what cannot be told."""

    of: QuestionWords
    groups: GroupsWords | None
    day: str
    #: how many of its answers are not among the facts yet
    untold: str
    unknown: str


@dataclass(frozen=True)
class Groups:
    """By touchpoint, with the question that each is about; by segment, None while that is counted."""

    touchpoints: tuple[tuple[QuestionWords, GroupsWords], ...]
    segments: tuple[OfSegments, ...] | None
    #: the questions that cannot be told apart by segment, in one line
    alike: str


def groups_of(made: Results, questions: Sequence[QuestionWords], say: Language) -> Groups:
    """Of all questions with a score."""
    scored = [each for each in questions if each.of.score is not None and each.of.n]
    places = [(each, touchpoints_words(each, say)) for each in scored]
    called = dict(titles(say))
    asked = asked_of(made, tuple(called), saved_rules())
    found = soon(("survey by segment", asked), lambda opened: _counted(opened, asked)) if asked else ()
    by_key = {each.of.question.key: each for each in scored}
    alone = {each.question for each in asked}
    return Groups(
        tuple((each, told) for each, told in places if told is not None),
        None if found is None else tuple(_told(each, by_key[each.question], called, say) for each in found),
        " · ".join(each.told for key, each in by_key.items() if key not in alone),
    )


def _counted(opened: Opened, asked: tuple[Asked, ...]) -> tuple[BySegment, ...]:
    return tuple(by_segment(opened.answers, each) for each in asked)


def _told(found: BySegment, of: QuestionWords, called: dict[str, str], say: Language) -> OfSegments:
    scores = [(called.get(key, key), score) for key, score in found.scores.items()]
    untold = of.of.n - found.n
    return OfSegments(
        of,
        groups_words(scores, of, say) if scores else None,
        say.day(found.days.start),
        say.number(untold) if untold > 0 else "",
        names_of(found.unknown, called),
    )
