"""Making surveys, changing them, opening and closing them, and their links."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.lang.errors import StammError, UsageError
from stamm.people.accounts import run
from stamm.surveys import answering, asking, keeping
from stamm.surveys.keeping import Survey
from stamm.surveys.plan import KINDS
from stamm.surveys.ready import READY, ready
from stamm.web.access import Asked, page
from stamm.web.pages.surveys import EDITORS, survey_or_missing
from stamm.web.reading import whole_number
from stamm.web.survey_form import codes_in, count_in, fields_of, plan_in

#: what somebody may do with a survey that is there
ACTS = ("open", "close", "link", "count", "remove")


@page("surveys/new", may=EDITORS, methods=("GET", "POST"))
def survey_new(request: Asked) -> HttpResponseBase:
    """Which one that comes ready it is to begin as, and its name."""
    say, problem, given = request.say, "", request.POST
    if request.method == "POST":
        try:
            plan = ready(given.get("ready", ""), given.get("name", ""), say.code)
            with transaction.atomic():
                number = keeping.make_survey(run, plan, who=request.user.email, now=datetime.now(UTC))
            return redirect("survey_edit", number)
        except UsageError as error:
            problem = _told(error, request)
    kinds = {
        "nps": say("Would they recommend us (NPS)"),
        "csat": say("How satisfied they are (CSAT)"),
        "ces": say("How easy it was (CES)"),
        "exit": say("Why they leave (exit survey)"),
    }
    content = {
        "problem": problem,
        "given": given,
        "kinds": [(key, kinds[key], READY[key].questions[0].told[say.code]) for key in READY],
    }
    return render(request, "survey_new.html.j2", content, status=422 if problem else 200)


@page("surveys/<int:survey>/edit", may=EDITORS, methods=("GET", "POST"))
def survey_edit(request: Asked, survey: int) -> HttpResponseBase:
    """The form of what is asked; each change is a version more."""
    found, problem, zone = survey_or_missing(survey), "", Project.open(settings.STAMM_PROJECT).organisation.zone
    fields = request.POST.dict() if request.method == "POST" else fields_of(found.plan, zone)
    seen = whole_number(fields.get("revision", "") or str(found.revision))
    if request.method == "POST" and fields.get("do") != "add":
        try:
            plan = plan_in(fields, zone, found.plan)
            with transaction.atomic():
                keeping.change_survey(run, survey, plan, seen=seen, who=request.user.email, now=datetime.now(UTC))
            return redirect(f"{reverse('survey', args=[survey])}?told=saved")
        except StammError as error:
            problem = _told(error, request)
    content = _form(request, found, fields, seen, problem)
    return render(request, "survey_form.html.j2", content, status=422 if problem else 200)


@page("surveys/<int:survey>/act", may=EDITORS, methods=("POST",))
def survey_act(request: Asked, survey: int) -> HttpResponseBase:
    """Opened, closed, a link made, or what was held counted or thrown away."""
    survey_or_missing(survey)
    does, who, now = request.POST.get("do", ""), request.user.email, datetime.now(UTC)
    if does not in ACTS:
        raise UsageError(f"Nothing here is called {does!r}.", remedy="Go back, and load the page anew.")
    with transaction.atomic():
        if does == "open":
            keeping.open_survey(run, survey, who=who, now=now)
        elif does == "close":
            keeping.close_survey(run, survey, who=who, now=now)
        elif does == "link":
            asking.make_open_link(run, survey, request.POST.get("touchpoint", ""), who=who, now=now)
        else:
            answering.review(run, survey, count=does == "count", who=who, now=now)
    return redirect(f"{reverse('survey', args=[survey])}?told={does}")


def _form(request: Asked, found: Survey, fields: dict[str, str], seen: int, problem: str) -> dict[str, Any]:
    say = request.say
    count = count_in(fields) + (fields.get("do") == "add")
    kinds = {
        "nps": say("recommending, 0 to 10 (NPS)"),
        "csat": say("satisfaction (CSAT)"),
        "ces": say("effort, 1 to 7 (CES)"),
        "rating": say("rating"),
        "choice": say("choice"),
        "text": say("text"),
    }
    return {
        "survey": found,
        "given": fields,
        "codes": codes_in(fields) or ["en"],
        "places": range(count),
        "count": count,
        "pages": range(1, max(1, *(_page(fields, place) for place in range(count)), 1) + 1),
        "kinds": [(kind, kinds[kind]) for kind in KINDS],
        "revision": seen,
        "problem": problem,
        "fixed": found.state != keeping.DRAFT,
    }


def _page(fields: dict[str, str], place: int) -> int:
    text = fields.get(f"q{place}-page", "")
    return min(int(text), 20) if text.isascii() and text.isdecimal() and len(text) < 4 else 1


def _told(error: StammError, request: Asked) -> str:
    return " ".join(retell(text, request.say) for text in (error.what, error.remedy) if text)
