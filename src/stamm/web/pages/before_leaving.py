"""What changed before customers left, beside those who stayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.before_leaving import changes_of, nothing_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed, nothing


@page("before-leaving/", may=EVERYONE, entry=Entry("Why", "What changed before they left", 53))
def before_leaving(request: Asked) -> HttpResponse:
    """What changed before those left who left in the days of the address, by default in the last three months."""
    return analysed(request, SUBJECT)


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = changes_of(answer, say)
    return {"changes": found, "nothing": "" if found else nothing_of(answer, say)}


SUBJECT = Subject("before_leaving", "before_leaving.html.j2", _show, nothing, first=("days", "least"))
