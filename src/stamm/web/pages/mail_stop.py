"""The link by which a customer wants no more mail of a kind: one click of a mail program, or a button (RFC 8058)."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import render

from stamm.app.project import Project
from stamm.app.sending import digests_of
from stamm.delivery.customer_mail import mail_of_token, unsubscribe
from stamm.lang.errors import UsageError
from stamm.web.access import ANYBODY, Asked, page


@page("mail/stop/<str:token>/", may=ANYBODY, methods=("GET", "POST"), guarded=False)
def mail_stop(request: Asked, token: str) -> HttpResponseBase:
    """Opening it changes nothing, because scanners open links; sending it does, and twice is as once."""
    project, stopped = Project.open(settings.STAMM_PROJECT), request.method == "POST"
    digests = digests_of(project)
    with closing(project.people()) as database, database.transaction() as run:
        try:
            if stopped:
                mail = unsubscribe(run, token, digests, now=datetime.now(UTC))
            else:
                mail = mail_of_token(run, token, digests)
        except UsageError as error:
            raise Http404 from error
    whose = project.organisation.name or "Stamm"
    answer = render(request, "mail_stop.html.j2", {"purpose": mail.purpose, "whose": whose, "stopped": stopped})
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
