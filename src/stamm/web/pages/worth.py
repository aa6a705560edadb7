"""Whom it pays to fight for, and whom to let go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.worth import keeping_of, nothing_of, worth_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed, nothing


@page("worth/", may=EVERYONE, entry=Entry("See", "Worth fighting for", 25))
def worth(request: Asked) -> HttpResponse:
    """What is decided with the budget of the address, from what customers brought in its days."""
    return analysed(request, SUBJECT)


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = worth_of(answer, say)
    return {"worth": found, "nothing": "" if found else nothing_of(answer, say), "keeping": keeping_of(answer)}


SUBJECT = Subject("worth", "worth.html.j2", _show, nothing, first=("price_minor", "kept", "of"))
