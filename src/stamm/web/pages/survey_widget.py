"""A survey in a box on the shop's own pages: which sites may show it, and what a page needs for it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from msgspec.structs import replace

from stamm.app.retelling import retell
from stamm.lang.errors import StammError
from stamm.people.accounts import run
from stamm.surveys.asking import open_links
from stamm.surveys.keeping import change_survey
from stamm.surveys.widget import WIDGET, widget_link
from stamm.web.access import Asked, page
from stamm.web.pages.surveys import EDITORS, snippet_of, survey_or_missing
from stamm.web.reading import whole_number


@page("surveys/<int:survey>/widget", may=EDITORS, methods=("GET", "POST"))
def survey_widget(request: Asked, survey: int) -> HttpResponseBase:
    """The sites, and the line to copy once there are some; the form changes the sites."""
    found, say, problem, now = survey_or_missing(survey), request.say, "", datetime.now(UTC)
    given = request.POST.get("origins", "\n".join(found.plan.origins))
    if request.method == "POST":
        try:
            plan, seen = (
                replace(found.plan, origins=tuple(given.split())),
                whole_number(request.POST.get("revision", "")),
            )
            with transaction.atomic():
                change_survey(run, survey, plan, seen=seen, who=request.user.email, now=now)
                if plan.origins:
                    widget_link(run, survey, who=request.user.email, now=now)
            return redirect(f"{reverse('survey_widget', args=[survey])}?told=saved")
        except StammError as error:
            problem = " ".join(retell(text, say) for text in (error.what, error.remedy) if text)
    content = {
        "survey": found,
        "origins": given,
        "problem": problem,
        "told": request.GET.get("told", ""),
        "snippet": snippet_of(found, request.build_absolute_uri("/").rstrip("/")),
        "places": [each.touchpoint for each in open_links(run, survey) if each.touchpoint != WIDGET],
        "is_closed": found.is_closed(now),
    }
    return render(request, "survey_widget.html.j2", content, status=422 if problem else 200)
