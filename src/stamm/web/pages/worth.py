"""Whom it pays to fight for, and whom to let go."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.http import HttpResponse

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.lang.money import to_minor
from stamm.people.roles import EVERYONE
from stamm.reports.journeys.worth import nothing_of, worth_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed, nothing
from stamm.web.desk import desk


@page("worth/", may=EVERYONE, entry=Entry("See", "Worth fighting for", 25))
def worth(request: Asked) -> HttpResponse:
    """What is decided with the budget of the address, from what customers brought in its days.

    The slider says `budget` in whole money, the settings and all links `budget_minor`.
    """
    given = request.GET.dict()
    if amount := given.pop("budget", "").strip():
        given["budget_minor"] = amount
        with suppress(ValueError):  # what is no amount is shown beside the field it was meant for
            given["budget_minor"] = str(to_minor(amount, desk().opened().project.organisation.currency))
    return analysed(request, SUBJECT, given)


def _show(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    found = worth_of(answer, say)
    return {"worth": found, "nothing": "" if found else nothing_of(answer, say)}


SUBJECT = Subject("worth", "worth.html.j2", _show, nothing, first=("price_minor", "kept", "of"))
