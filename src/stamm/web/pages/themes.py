"""What customers write about: the themes of what they wrote, and the sentences that show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.themes import nothing_of, sentence_of, themes_told
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed, nothing


@page("themes/", may=EVERYONE, entry=Entry("Why", "What customers write about", 51))
def themes(request: Asked) -> HttpResponse:
    """The themes of the days of the address, by default of the last three whole months."""
    return analysed(request, SUBJECT)


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = themes_told(answer, say)
    told = any(each.themes for each in found)
    return {
        "languages": found,
        "sentence": sentence_of(answer, say),
        "nothing": "" if told else nothing_of(answer, say),
    }


SUBJECT = Subject("themes", "themes.html.j2", _show, nothing, first=("texts", "horizon_days"))
