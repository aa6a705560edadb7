"""Groups of customers by how lately, how often and for how much they order, as a map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.rfm import nothing_of, rfm_of, split_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed


@page("rfm/", may=EVERYONE, entry=Entry("See", "Customer groups", 23))
def rfm(request: Asked) -> HttpResponse:
    """The map over the days of the address, by default the last twelve whole months."""
    return analysed(request, SUBJECT)


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = rfm_of(answer, say)
    return {"rfm": found, "nothing": "" if found else nothing_of(answer, say)}


def _split(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"groups": split_of(answer, say)}


SUBJECT = Subject("rfm", "rfm.html.j2", _show, _split)
