"""Do customers stay: cohorts as a heatmap with each cell explained, how long they stay, and who brings how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse

from stamm.analyses.retention_table import RetentionTable
from stamm.answers.table import TableAnswer
from stamm.charts.curves import BESIDE
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE
from stamm.reports.analysis_curves import charts_of
from stamm.reports.bringing import bringing_of, brought_by_group
from stamm.reports.cohort_curves import CohortCurves
from stamm.reports.cohort_page import drawn_of, table_of
from stamm.reports.cohort_words import about_of
from stamm.reports.staying import stayed_by_group, staying_of
from stamm.web.access import Asked, Entry, page
from stamm.web.analysed import Subject, analysed, nothing
from stamm.web.desk import Opened, desk, soon
from stamm.web.questions import Question
from stamm.web.settings_form import settings_form


@page("retention/", may=EVERYONE, entry=Entry("See", "Retention", 3))
def retention_table(request: Asked) -> HttpResponse:
    """The heatmap; the address says which cell is explained, and which curves are drawn."""
    say, lines = request.say, tuple(request.GET.getlist("line")[-len(BESIDE) :])
    currency = desk().opened().project.organisation.currency
    asked = settings_form(RetentionTable, request.GET, say, currency=currency).made or RetentionTable()

    def curves(question: Question) -> tuple[CohortCurves | None] | None:
        """What is drawn, or nothing yet; asked for once there is a table."""
        return soon(("curves", question, lines, say.code), lambda opened: (_drawn(opened, question, lines, say),))

    cell = request.GET.get("cell", "")
    return analysed(request, COHORTS, cell=cell, lines=lines, curves=curves, sentence=about_of(asked, say))


@page("retention/how-long/", may=EVERYONE)
def survival(request: Asked) -> HttpResponse:
    """The curve of who is still here, and why the others left."""
    return analysed(request, STAYING)


@page("retention/concentration/", may=EVERYONE)
def concentration(request: Asked) -> HttpResponse:
    """Which share of the customers brings which share of the money."""
    return analysed(request, BRINGING)


# -- what they show ------------------------------------------------------------------------------------------
def _table(answer: TableAnswer, parts: TableAnswer | None, say: Language) -> Mapping[str, Any]:
    return {"table": table_of(answer, parts, say)}


def _drawn(opened: Opened, question: Question, lines: Sequence[str], say: Language) -> CohortCurves | None:
    parts = question.answer(opened) if question.by else None
    return drawn_of(replace(question, by="").answer(opened), parts, lines, say)


def _charts(answer: TableAnswer, parts: TableAnswer | None, say: Language) -> Mapping[str, Any]:
    return {"charts": charts_of(answer, say, parts)}


def _staying(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"staying": staying_of(answer, say)}


def _stayed(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"groups": stayed_by_group(answer, say)}


def _bringing(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"bringing": bringing_of(answer, say)}


def _brought(answer: TableAnswer, say: Language) -> Mapping[str, Any]:
    return {"groups": brought_by_group(answer, say)}


COHORTS = Subject(
    "retention_table",
    "retention.html.j2",
    nothing,
    nothing,
    first=("begins_with", "returns_with", "rule", "period", "denominator", "of"),
    both=_table,
)
STAYING = Subject("survival", "survival.html.j2", _staying, _stayed, first=("grid", "horizon_years"), both=_charts)
BRINGING = Subject("concentration", "concentration.html.j2", _bringing, _brought, both=_charts)
