"""Paths: where visits begin and end, the ways they take, and how these branch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.paths import groups_of, nothing_of, paths_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed

#: places next that a page shows of each place, where its address says nothing of them
BRANCHES = "5"


@page("paths/", may=EVERYONE, entry=Entry("See", "Paths", 22))
def paths(request: Asked) -> HttpResponse:
    """The ways from the step of the address, or to it; by default from the first page of each visit."""
    return analysed(request, SUBJECT, {"branches": BRANCHES, **request.GET.dict()})


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = paths_of(answer, say)
    return {"paths": found, "nothing": "" if found else nothing_of(answer, say)}


def _split(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"groups": groups_of(answer, say)}


SUBJECT = Subject(
    "paths", "paths.html.j2", _show, _split, first=("direction", "step", "length", "together", "branches")
)
