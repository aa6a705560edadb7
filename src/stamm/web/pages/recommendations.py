"""What goes with what, and what to recommend to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.recommendations import recommendations_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed, nothing


@page("recommendations/", may=EVERYONE, entry=Entry("See", "Recommendations", 27))
def recommendations(request: Asked) -> HttpResponse:
    """Products with what goes with them, learned from the order lines of the days of the address."""
    return analysed(request, SUBJECT)


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"found": recommendations_of(answer, say)}


SUBJECT = Subject("recommendations", "recommendations.html.j2", _show, nothing, first=("most", "shrink", "held_out"))
