"""Reminders: who is told of a ticket that waits too long."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from msgspec.structs import replace

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.automations.reminding import MOST_HOURS, Chosen, Reminder, choose_reminder, chosen_reminder, people_of, told
from stamm.delivery.webhooks import webhooks
from stamm.lang.errors import UsageError
from stamm.lang.language import CODES, Language
from stamm.people.database import Run
from stamm.people.roles import NAMES, OWNERS, ROLES, Role
from stamm.web.access import Asked, Entry, page
from stamm.web.frame import LANGUAGES
from stamm.web.reading import whole_number


@page("settings/reminders/", may=OWNERS, methods=("GET", "POST"), entry=Entry("Settings", "Reminders", 38))
def settings_reminders(request: Asked) -> HttpResponseBase:
    """What is chosen, and whom it reaches; a form chooses anew."""
    project, wished, problem = Project.open(settings.STAMM_PROJECT), None, ""
    with closing(project.people()) as database, database.transaction() as run:
        if request.method == "POST":
            try:
                wished = _wished(request, chosen_reminder(run).about)
                choose_reminder(run, wished, who=request.user.email, now=datetime.now(UTC))
            except UsageError as error:
                problem = " ".join(retell(text, request.say) for text in (error.what, error.remedy) if text)
            else:
                return redirect(f"{reverse('settings_reminders')}?done=1")
        content = _content(run, request, project, wished)
    content["problem"] = problem
    return render(request, "settings/reminders.html.j2", content, status=422 if problem else 200)


def _wished(request: Asked, before: Reminder) -> Reminder:
    """What the form says; raises UsageError for what it cannot say."""
    given = request.POST
    language = given.get("language", before.language)
    if language not in CODES:
        raise UsageError(f"There are no texts in {language!r}.", remedy=f"Choose {', '.join(CODES)}.")
    known = {role.value: role for role in Role}
    if not set(given.getlist("role")) <= known.keys():
        raise UsageError("There is no such role.", remedy="Choose one of the list.")
    return replace(
        before,
        on=given.get("on") == "yes",
        hours=whole_number(given.get("hours", "")),
        roles=tuple(role for value, role in known.items() if value in given.getlist("role")),
        webhooks=tuple(sorted({whole_number(number) for number in given.getlist("webhook")})),
        language=language,
    )


def _content(run: Run, request: Asked, project: Project, wished: Reminder | None) -> dict[str, Any]:
    say, chosen, zone = request.say, chosen_reminder(run), ZoneInfo(project.organisation.zone)
    shown = wished or chosen.about
    count, last = told(run, chosen.id)
    return {
        "on": shown.on,
        "hours": shown.hours,
        "most": MOST_HOURS,
        "roles": [
            (role.value, say(ROLES[role]), role in shown.roles, [one.address for one in people_of(run, (role,))])
            for role in Role
            if role in NAMES
        ],
        "webhooks": [(each.id, each.name, each.id in shown.webhooks) for each in webhooks(run)],
        "tongues": LANGUAGES,
        "language": shown.language,
        "state": _state(say, chosen, count, say.moment(last.astimezone(zone)) if last else ""),
        "has_server": project.settings.mail is not None,
        "has_address": bool(project.settings.address),
        "done": request.GET.get("done", ""),
    }


def _state(say: Language, chosen: Chosen, count: int, last: str) -> str:
    if not chosen.about.on:
        return say("Nobody is reminded at present.")
    if not count:
        return say("Nobody had to be told of a ticket since this was chosen.")
    return say.counted(
        count,
        "Since this was chosen, people were told of {count} ticket, the last time on {last}.",
        "Since this was chosen, people were told of {count} tickets, the last time on {last}.",
        last=last,
    )
