"""The lifecycle: who is new, stays, comes back or goes quiet, in one period after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.lifecycle import groups_of, lifecycle_of, nothing_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed


@page("lifecycle/", may=EVERYONE, entry=Entry("See", "Lifecycle", 21))
def lifecycle(request: Asked) -> HttpResponse:
    """The periods of the address, by default the last twelve months and the one that is not over."""
    return analysed(request, SUBJECT)


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = lifecycle_of(answer, say)
    return {"lifecycle": found, "nothing": "" if found else nothing_of(answer, say)}


def _split(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"groups": groups_of(answer, say)}


SUBJECT = Subject("lifecycle", "lifecycle.html.j2", _show, _split)
