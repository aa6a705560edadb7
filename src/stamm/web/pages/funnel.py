"""The funnel: who began and who got how far, with an editor of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from stamm.analyses.funnel import FEWEST, MOST, Funnel
from stamm.analyses.what_people_do import WhatPeopleDo
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.funnel import funnel_of, groups_of, nothing_of
from stamm.reports.journeys.signs import kind_words, names_by_kind
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed
from stamm.web.desk import Opened, soon
from stamm.web.questions import Question

ARROW = " > "
#: names and paths that are suggested
SUGGESTED = 200
EDITOR = ("kind", "what", "do", "steps")
#: a kind of sign and its name, as a line of the editor holds them
Line = tuple[str, str]


@page("funnel/", may=EVERYONE, entry=Entry("See", "Funnel", 20))
def funnel(request: Asked) -> HttpResponse:
    """The funnel that the address asks for; what the editor changes is not counted before it is asked."""
    given, do, lines = request.GET.dict(), request.GET.get("do", ""), _lines(request)
    if lines and not do:
        # the editor's fields become one setting, so that an address says a funnel as everybody else does
        kept = [(name, text) for name, texts in request.GET.lists() for text in texts if name not in EDITOR]
        return HttpResponseRedirect(f"{reverse('funnel')}?{urlencode([*kept, ('steps', _written(lines))])}")
    if do:
        lines, given["steps"] = changed(lines, do), _written(changed(lines, do))
    lines = lines or _read(given.get("steps", "") or Funnel().steps)
    acted, _, place = do.partition("-")
    return analysed(
        request,
        SUBJECT,
        given,
        draft=bool(do),
        lines=lines,
        most=MOST,
        fewest=FEWEST,
        kinds=kind_words(request.say),
        known={},
        after=lambda: {"known": soon(("what people do",), _known) or {}},
        moved=(acted, _moved(acted, place, len(lines))),
    )


def changed(lines: Sequence[Line], do: str) -> list[Line]:
    """The steps after one act of the editor: `add`, or `up`, `down` or `remove` and the place of a step."""
    found, (act, _, place) = list(lines), do.partition("-")
    at = int(place) if place.isdecimal() else -1
    if act == "add" and len(found) < MOST:
        found.append(("order", "") if ("order", "") not in found else ("page", ""))
    elif act == "remove" and 0 <= at < len(found):
        del found[at]
    elif act in ("up", "down") and 0 <= at < len(found):
        to = min(max(at + (1 if act == "down" else -1), 0), len(found) - 1)
        found.insert(to, found.pop(at))
    return found


def _lines(request: Asked) -> list[Line]:
    """The steps as the fields of the editor say them."""
    kinds, names = request.GET.getlist("kind"), request.GET.getlist("what")
    return [(kind.strip(), name.strip()) for kind, name in zip(kinds, names, strict=False)]


def _read(steps: str) -> list[Line]:
    return [(kind.strip(), name.strip()) for kind, _, name in (text.partition(":") for text in steps.split(">"))]


def _written(lines: Sequence[Line]) -> str:
    return ARROW.join(f"{kind}:{name}" if name else kind for kind, name in lines)


def _moved(act: str, place: str, count: int) -> int:
    """The place of the step that was acted on, which keeps the focus."""
    if act == "add" or not place.isdecimal():
        return count - 1
    return min(max(int(place) + {"up": -1, "down": 1}.get(act, 0), 0), count - 1)


def _known(opened: Opened) -> Mapping[str, Sequence[str]]:
    """The names and paths that there are, by kind, the most frequent first; they are suggested and no more."""
    question = Question(WhatPeopleDo.key, None, None, "", (), (("top", SUGGESTED),)).settled(opened)
    return {} if question is None else names_by_kind(question.answer(opened))


# -- what it shows -------------------------------------------------------------------------------------------
def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = funnel_of(answer, say)
    return {"funnel": found, "nothing": "" if found else nothing_of(answer, say)}


def _split(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"groups": groups_of(answer, say)}


SUBJECT = Subject("funnel", "funnel.html.j2", _show, _split, first=("mode", "within_hours", "people"))
