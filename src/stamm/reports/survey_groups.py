"""A survey's score told apart in words and pictures: by touchpoint and by segment, beside the score of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.charts.whisker import whisker
from stamm.lang.language import Language
from stamm.reports.marked import Marked, exactly
from stamm.reports.survey_words import QuestionWords
from stamm.reports.trends import picture
from stamm.surveys.asking import MAIL, PERSONAL
from stamm.surveys.of_segments import LEAST
from stamm.surveys.results import Score

#: groups that are shown one by one, those with the most answers first
MOST = 15


@dataclass(frozen=True)
class GroupWords:
    """One group: how many answered, its score with the interval; `few` where they are too few for one."""

    name: str
    n: Marked
    few: bool
    value: str
    between: str
    drawn: Markup


@dataclass(frozen=True)
class GroupsWords:
    """Groups beside each other, the ends of their axis, the score of all, and how many are left out."""

    groups: tuple[GroupWords, ...]
    ends: tuple[str, str]
    left: int


def groups_words(found: Sequence[tuple[str, Score]], of: QuestionWords, say: Language) -> GroupsWords:
    """Some groups by their names; all of them on one axis, with the score of all drawn through it."""
    assert of.metric is not None
    assert of.of.score is not None
    whole, shown = of.of.score.value, found[:MOST]
    told = [each for _, each in shown if each.n >= LEAST]
    points = [Point(each.value, each.low, each.high, True) for each in told]
    beside = [Point(whole, None, None, True)] if whole is not None else []
    scale = scale_of(*extent_of([*points, *beside]), of.metric.unit, say, lines=2)
    groups = []
    for name, each in shown:
        few = each.n < LEAST
        between = of.between(each)
        point = Point(each.value, each.low, each.high, True)
        groups.append(
            GroupWords(
                name,
                exactly(each.n, say.number(each.n)),
                few,
                "" if few else of.number(each.value),
                "" if few else between,
                Markup() if few else picture(whisker(point, whole, scale, between or of.number(each.value))),
            )
        )
    ends = (scale.words[0], scale.words[-1]) if told and scale.words else ("", "")
    return GroupsWords(tuple(groups), ends, len(found) - len(shown))


def touchpoints_words(of: QuestionWords, say: Language) -> GroupsWords | None:
    """The score by touchpoint; None where there is one place, or none."""
    found = of.of.by_touchpoint
    return groups_words([(touchpoint_words(name, say), each) for name, each in found], of, say) if found[1:] else None


def touchpoint_words(name: str, say: Language) -> str:
    """What a place is called: personal links have codes, open ones the words that somebody gave them."""
    return {PERSONAL: say("personal link"), MAIL: say("mail")}.get(name, name)


def names_of(keys: Iterable[str], titles: dict[str, str]) -> str:
    """Segments by their names, in one line."""
    return ", ".join(titles.get(key, key) for key in keys)
