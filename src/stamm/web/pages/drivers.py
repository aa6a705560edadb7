"""What goes with staying: what customers did and said before, compared by who stayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.drivers import drivers_of, nothing_of, split_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed


@page("drivers/", may=EVERYONE, entry=Entry("Why", "What goes with staying", 54))
def drivers(request: Asked) -> HttpResponse:
    """The behaviours before the days of the address, by default before the last three whole months."""
    return analysed(request, SUBJECT)


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = drivers_of(answer, say)
    return {"drivers": found, "nothing": "" if found else nothing_of(answer, say)}


def _split(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"groups": split_of(answer, say)}


SUBJECT = Subject("drivers", "drivers.html.j2", _show, _split)
