"""Why customers left: how subscriptions ended, what they chose in surveys, why they sent things back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.reasons import nothing_of, reasons_told, sentence_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed


@page("reasons-for-leaving/", may=EVERYONE, entry=Entry("Why", "Why customers left", 52))
def reasons_for_leaving(request: Asked) -> HttpResponse:
    """The reasons of those who left in the days of the address, by default in the last three whole months."""
    return analysed(request, SUBJECT)


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = reasons_told(answer, say)
    return {
        "parts": found,
        "sentence": sentence_of(answer, say),
        "nothing": "" if found else nothing_of(answer, say),
    }


def _split(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"parts": reasons_told(answer, say)}


SUBJECT = Subject(
    "reasons_for_leaving", "reasons_for_leaving.html.j2", _show, _split, first=("grain", "survey", "near_days")
)
