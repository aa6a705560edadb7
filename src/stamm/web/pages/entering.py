"""Coming in by a link."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from stamm.people.links import person_of, use_link
from stamm.web.access import ANYBODY, Asked, page

#: in the session: when the person came by a link; for a while a forgotten password need not be known to be changed
BY_LINK = "came_by_link_at"


@page("in/<str:token>/", may=ANYBODY, methods=("GET", "POST"))
def enter(request: Asked, token: str) -> HttpResponseBase:
    """Looking at the link does not use it up, for programs that show a preview look, too; its button does."""
    now = datetime.now(UTC)
    if request.method != "POST":
        person = person_of(token, now=now)
        return render(request, "enter.html.j2", {"invited": person}, status=200 if person else 410)
    person = use_link(token, now=now)
    if person is None:
        return render(request, "enter.html.j2", {"invited": None}, status=410)
    request.session.flush()
    request.session[BY_LINK] = now.timestamp()
    record_authentication(request, person, method="link")
    response: HttpResponse = perform_login(request, person, redirect_url=reverse("today"))
    return response
