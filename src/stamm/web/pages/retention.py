"""Do customers stay: cohorts as a heatmap with each cell explained, how long they stay, and who brings how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from stamm.analyses.retention_table import RetentionTable
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.bringing import bringing_of, brought_by_group
from stamm.reports.cohort_page import CohortTables
from stamm.reports.cohort_words import about_of
from stamm.reports.staying import stayed_by_group, staying_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed
from stamm.web.settings_form import settings_form


@page("retention/", may=EVERYONE, entry=Entry("See", "Retention", 3))
def retention_table(request: Asked) -> HttpResponse:
    """The heatmap; the address says which cell is explained, and which curves are drawn."""
    asked = settings_form(RetentionTable, request.GET, request.say).made or RetentionTable()
    cell, lines = request.GET.get("cell", ""), request.GET.getlist("line")
    return analysed(request, COHORTS, cell=cell, lines=lines, sentence=about_of(asked, request.say))


@page("retention/how-long/", may=EVERYONE)
def survival(request: Asked) -> HttpResponse:
    """The curve of who is still here, and why the others left."""
    return analysed(request, STAYING)


@page("retention/concentration/", may=EVERYONE)
def concentration(request: Asked) -> HttpResponse:
    """Which share of the customers brings which share of the money."""
    return analysed(request, BRINGING)


# -- what they show ------------------------------------------------------------------------------------------
def _tables(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"tables": CohortTables(answer, say)}


def _staying(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"staying": staying_of(answer, say)}


def _bringing(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"bringing": bringing_of(answer, say)}


def _parts(answer: TableAnswer, say: Language) -> Mapping[str, Any]:  # noqa: ARG001 - told of with the whole
    return {"answer": answer}


def _stayed(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"groups": stayed_by_group(answer, say), "answer": answer}


def _brought(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"groups": brought_by_group(answer, say), "answer": answer}


COHORTS = Subject(
    "retention_table",
    "retention.html.j2",
    _tables,
    _parts,
    first=("begins_with", "returns_with", "rule", "period", "denominator", "of"),
)
STAYING = Subject("survival", "survival.html.j2", _staying, _stayed, first=("grid", "horizon_years"))
BRINGING = Subject("concentration", "concentration.html.j2", _bringing, _brought)
