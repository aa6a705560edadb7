"""What customers write about in answers to one survey, for its page; counted from the facts, so it comes later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from stamm.analyses.themes import Themes
from stamm.facts.filter import Condition
from stamm.lang.language import Language
from stamm.reports.journeys.themes import OfLanguage, nothing_of, sentence_of, themes_told
from stamm.surveys.results import Results
from stamm.web.desk import Opened, desk, soon
from stamm.web.questions import Question


@dataclass(frozen=True)
class SurveyThemes:
    """The themes of one survey; `sentence` says what most is written of, or why there is none."""

    sentence: str
    languages: Sequence[OfLanguage]
    #: what the page of themes is asked for the same, behind the question mark
    query: str


def asked_of(made: Results) -> Question | None:
    """The question of what was written from the first answer on; None where too little was for any theme."""
    world = desk().opened().answers.world
    covered = world.coverage.get("responses")
    if covered is None or len(made.comments) < Themes().least:
        return None
    zone = ZoneInfo(world.organisation.zone)
    first, end = min(each.at for each in made.comments).astimezone(zone).date(), covered[1] + timedelta(days=1)
    if first >= end:
        return None
    where = (Condition("survey", (made.survey.key,)),)
    return Question(Themes.key, first, end, "", where, tuple(Themes().settings.items()))


def themes_of(asked: Question, say: Language) -> SurveyThemes | None:
    """The themes as soon as they are there, else None."""
    return soon(("survey themes", asked, say.code), lambda opened: _told(opened, asked, say))


def _told(opened: Opened, asked: Question, say: Language) -> SurveyThemes:
    answer = asked.answer(opened)
    languages = [each for each in themes_told(answer, say) if each.themes]
    return SurveyThemes(sentence_of(answer, say) if languages else nothing_of(answer, say), languages, asked.address())
