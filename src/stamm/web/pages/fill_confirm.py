"""The page behind the mail about a consent: whoever has the mailbox says with a button that they ticked it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.forms.confirming import Asked, asked_by, confirm
from stamm.intake.words import said
from stamm.people.accounts import run
from stamm.web.access import ANYBODY, page
from stamm.web.access import Asked as Request
from stamm.web.pages.ask import GONE, unlisted
from stamm.web.pages.fill import surrounding


@page("form/confirm/<str:token>/", may=ANYBODY, methods=("GET", "POST"), guarded=False)
def form_confirm(request: Request, token: str) -> HttpResponseBase:
    """Opening it changes nothing, because scanners open links; pressing the button confirms, and twice is as once."""
    project, now = Project.open(settings.STAMM_PROJECT), datetime.now(UTC)
    secret = secret_of(project)
    if request.method != "POST":
        return unlisted(_told(request, asked_by(run, token, secret), project, now))
    with transaction.atomic():
        found = confirm(run, token, secret, now=now)
    if found is None or found.confirmation.confirmed_at is None:
        return unlisted(_told(request, found, project, now))
    there = HttpResponseRedirect(request.path)
    there.status_code = 303
    return unlisted(there)


def _told(request: Request, found: Asked | None, project: Project, now: datetime) -> HttpResponse:
    """What was ticked and the button; or since when it is confirmed, or why it cannot be."""
    plan = found.form.plan if found else None
    code = request.say.code if found is None else found.submission.language or found.form.plan.languages[0]
    content = {**surrounding(request, plan, code), "others": [], "what": "unknown", "form": "", "ticked": ()}
    if found is None:
        return render(request, "fill_confirm.html.j2", content, status=404)
    zone, confirmed = ZoneInfo(project.organisation.zone), found.confirmation.confirmed_at
    content |= {
        "what": "confirmed" if confirmed else "over" if found.is_over(now) else "asked",
        "form": said(found.form.plan.title, code),
        "ticked": [each.words for each in found.confirmation.ticked],
        "sent": request.say.moment(found.submission.sent_at.astimezone(zone)),
        "confirmed": request.say.moment(confirmed.astimezone(zone)) if confirmed else "",
    }
    return render(request, "fill_confirm.html.j2", content, status=GONE if content["what"] == "over" else 200)
