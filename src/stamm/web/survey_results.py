"""What came of surveys, for pages: read out of the database once for each state of the answers, however many look."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any, TypeVar, cast

from stamm.lang.language import Language
from stamm.people.accounts import run
from stamm.reports.survey_words import QuestionWords
from stamm.surveys.keeping import Survey
from stamm.surveys.results import Results, results_of
from stamm.surveys.sheets import state_of
from stamm.surveys.voices import Voice, voices_of
from stamm.web.desk import desk

Read = TypeVar("Read")
#: what is held, of the surveys that were looked at last
MOST = 32

_held: OrderedDict[Hashable, tuple[object, Any]] = OrderedDict()
_one = threading.Lock()


def results_here(survey: Survey) -> Results:
    """What came of it until now."""
    zone = desk().opened().project.organisation.zone
    return _read("results", survey, zone, lambda: results_of(run, survey, zone))


def questions_here(survey: Survey, say: Language, today: date) -> Sequence[QuestionWords]:
    """What came of its questions in words, with their charts."""
    of = results_here(survey).questions
    return _read("words", survey, f"{say.code} {today}", lambda: tuple(QuestionWords(each, say, today) for each in of))


def voices_here(survey: Survey) -> Sequence[Voice]:
    """Everybody of it who wrote something or gave a low score."""
    return _read("voices", survey, "", lambda: tuple(voices_of(run, survey)))


def _read(what: str, survey: Survey, more: str, read: Callable[[], Read]) -> Read:
    name, state = (what, survey.id, more), (survey, state_of(run, survey.id))
    with _one:
        known = _held.get(name)
    if known is None or known[0] != state:
        known = (state, read())
    with _one:
        _held[name] = known
        _held.move_to_end(name)
        while len(_held) > MOST:
            _held.popitem(last=False)
    return cast(Read, known[1])
