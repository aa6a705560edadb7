"""Webhooks: where messages go, a new one, a try, and what became of each message."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.framework import secret_of
from stamm.app.kinds import door_of
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.app.telling import try_message
from stamm.delivery.message import FORMS
from stamm.delivery.webhooks import (
    make_webhook,
    messages,
    remove_webhook,
    resume_webhook,
    send_again,
    try_webhook,
    webhook_of,
    webhooks,
)
from stamm.lang.errors import UsageError
from stamm.people.roles import OWNERS
from stamm.web.access import Asked, Entry, page
from stamm.web.reading import whole_number


@page("settings/webhooks/", may=OWNERS, methods=("GET", "POST"), entry=Entry("Settings", "Webhooks", 38))
def settings_webhooks(request: Asked) -> HttpResponseBase:
    """All of them, and what went out; a form makes one, whose secret is shown in the answer and never again."""
    project, given, problem = Project.open(settings.STAMM_PROJECT), dict[str, Any](), ""
    if request.method == "POST":
        given = request.POST.dict()
        try:
            if given.get("action") == "add":
                return _made(request, project, given)
            _change(request, project, given)
        except UsageError as error:
            problem = " ".join(retell(text, request.say) for text in (error.what, error.remedy) if text)
        else:
            return redirect(f"{reverse('settings_webhooks')}?done={given['action']}")
    content = _content(request, project, given, problem)
    return render(request, "settings/webhooks.html.j2", content, status=422 if problem else 200)


def _made(request: Asked, project: Project, given: dict[str, Any]) -> HttpResponseBase:
    """Its address is looked up before anything waits for the database."""
    checked = door_of(project).check(given.get("url", "").strip())
    name, form, own = given.get("name", ""), given.get("form", ""), secret_of(project)
    with closing(project.people()) as database, database.transaction() as run:
        number, secret = make_webhook(
            run, name, checked, form, own, who=request.user.email, now=datetime.now(UTC)
        )  # fmt: skip
    answer = render(request, "settings/webhook_made.html.j2", {"number": number, "secret": secret, "form": form})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _change(request: Asked, project: Project, given: dict[str, Any]) -> None:
    """What a button asks for; raises UsageError."""
    number, who, now = whole_number(given.get("number", "")), request.user.email, datetime.now(UTC)
    changes = {"remove": remove_webhook, "resume": resume_webhook, "again": send_again}
    action = given.get("action", "")
    with closing(project.people()) as database:
        if action == "test":
            with database.transaction() as run:
                url = webhook_of(run, number).url
            door_of(project).check(url)
            with database.transaction() as run:
                try_webhook(run, number, try_message(project, request.say), who=who, now=now)
        elif action in changes:
            with database.transaction() as run:
                changes[action](run, number, who=who, now=now)
        else:
            raise UsageError(
                f"There is nothing called {action!r} to be done.", remedy="Go back, and use the page's buttons."
            )


def _content(request: Asked, project: Project, given: dict[str, Any], problem: str) -> dict[str, Any]:
    say = request.say
    with closing(project.people()) as database, database.transaction() as run:
        found, sent = webhooks(run), messages(run)
    names = {each.id: each.name for each in found}

    def told(moment: datetime | None) -> str:
        return "" if moment is None else say.moment(moment.astimezone(ZoneInfo(project.organisation.zone)))

    return {
        "webhooks": [
            {
                "number": each.id,
                "name": each.name,
                "place": each.place,
                "form": say(FORMS[each.form]),
                "stopped": told(each.stopped_at),
                "failing": told(each.failing_since),
            }
            for each in found
        ],
        "sent": [
            {
                "number": each.id,
                "title": each.content.title,
                "to": names.get(each.webhook, ""),
                "at": told(each.made_at),
                "state": each.state,
                "outcome": say(retell(each.outcome, say)) if each.outcome else "",
            }
            for each in sent
        ],
        "forms": [(form, say(words)) for form, words in FORMS.items()],
        "has_address": bool(project.settings.address),
        "given": {"form": "json", **given},
        "problem": problem,
        "done": request.GET.get("done", ""),
    }
