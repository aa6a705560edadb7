"""Reports that go out by mail: which there are, a new one, what went out; and the link by which somebody wants none."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.automations.reports import (
    About,
    Report,
    make_report,
    recipient_of,
    remove_report,
    reports,
    send_now,
    sent_of,
    stop,
)
from stamm.boards.seeing import board_for, boards_of
from stamm.delivery.webhooks import webhooks
from stamm.jobs import Rhythm
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.people.accounts import people
from stamm.people.models import Person
from stamm.people.roles import OWNERS
from stamm.reports.schedule_words import rhythm_words, weekdays
from stamm.web.access import ANYBODY, Asked, Entry, page
from stamm.web.frame import LANGUAGES
from stamm.web.reading import whole_number

#: what a new report is like before anything is chosen
USUAL = {"each": "week", "on": "1", "at": "09:00", "what": "metric:customer_retention_rate"}


@page("settings/reports/", may=OWNERS, methods=("GET", "POST"), entry=Entry("Settings", "Reports by mail", 37))
def settings_reports(request: Asked) -> HttpResponseBase:
    """All that go out; a form makes one, sends one now, or ends one."""
    project, given, problem = Project.open(settings.STAMM_PROJECT), dict[str, Any](), ""
    if request.method == "POST":
        given = {**request.POST.dict(), "webhooks": request.POST.getlist("webhook")}
        try:
            done = _done(request, project, given)
        except UsageError as error:
            problem = " ".join(retell(text, request.say) for text in (error.what, error.remedy) if text)
        else:
            return redirect(f"{reverse('settings_reports')}?done={done}")
    return render(
        request, "settings/reports.html.j2", _content(request, project, given, problem), status=422 if problem else 200
    )


@page("reports/stop/<str:token>/", may=ANYBODY, methods=("GET", "POST"))
def report_stop(request: Asked, token: str) -> HttpResponseBase:
    """Of a mail: opening it changes nothing, only saying so does."""
    project, now = Project.open(settings.STAMM_PROJECT), datetime.now(UTC)
    with closing(project.people()) as database, database.transaction() as run:
        try:
            if request.method == "POST":
                stop(run, token, secret_of(project), now=now)
            recipient, _ = recipient_of(run, token, secret_of(project))
        except UsageError as error:
            raise Http404 from error
    answer = render(
        request, "report_stop.html.j2", {"address": recipient.address, "stopped": bool(recipient.stopped_at)}
    )
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _done(request: Asked, project: Project, given: dict[str, Any]) -> str:
    """What the form asks for; raises UsageError."""
    action, who, now = given.get("action", ""), request.user.email, datetime.now(UTC)
    with closing(project.people()) as database, database.transaction() as run:
        if action == "add":
            addresses = [line.strip() for line in given.get("to", "").splitlines() if line.strip()]
            make_report(
                run,
                _asked(given, project, request.user, request.say),
                [(each, given.get("language", "")) for each in addresses],
                who=who,
                now=now,
            )
        elif action == "send":
            send_now(run, whole_number(given.get("number", "")), who=who, now=now)
        elif action == "remove":
            remove_report(run, whole_number(given.get("number", "")), who=who, now=now)
        else:
            raise UsageError(
                f"There is nothing called {action!r} to be done.", remedy="Go back, and use the page's buttons."
            )
    return str(action)


def _asked(given: dict[str, Any], project: Project, who: Person, say: Language) -> About:
    kind, _, which = given.get("what", "").partition(":")
    hour, _, minute = given.get("at", "").partition(":")
    each = given.get("each", "")
    on = 1 if each == "day" else whole_number(given.get("on", ""))
    rhythm = Rhythm(each, whole_number(hour), whole_number(minute), project.organisation.zone, on)
    board, name = (whole_number(which) if kind == "board" else 0), given.get("name", "").strip()
    if board and board_for(who, board) is None:
        raise UsageError(f"There is no board {board}.", remedy="Choose one of the list.")
    if kind == "metric":
        title = project.metrics[which].title(say.code)
        name = name or title
    to = tuple(dict.fromkeys(whole_number(each) for each in given["webhooks"]))
    metric = which if kind == "metric" else ""
    return About(name, rhythm, board, metric, webhooks=to, language=given.get("language", ""))


def _content(request: Asked, project: Project, given: dict[str, Any], problem: str) -> dict[str, Any]:
    say = request.say
    with closing(project.people()) as database, database.transaction() as run:
        found, hooks = reports(run), {each.id: each.name for each in webhooks(run)}
        sent = [(one.about.name, each) for one in found for each in sent_of(run, one.id, most=10)]
    sent.sort(key=lambda pair: pair[1].at, reverse=True)
    metrics = sorted(
        ((metric.key, metric.title(say.code)) for metric in project.metrics), key=lambda pair: pair[1].casefold()
    )
    return {
        "reports": [_line(one, project, say, hooks) for one in found],
        "webhooks": [(number, name, str(number) in given.get("webhooks", ())) for number, name in hooks.items()],
        "sent": [
            {
                "name": name,
                "to": each.address,
                "at": _moment(each.at, project, say),
                "outcome": say(retell(each.outcome, say)) if each.outcome else "",
            }
            for name, each in sent
        ],
        "has_server": project.settings.mail is not None,
        "has_address": bool(project.settings.address),
        "given": {**USUAL, "language": say.code, **given},
        "problem": problem,
        "boards": [(f"board:{board.pk}", board.name) for board in boards_of(request.user)],
        "metrics": [(f"metric:{key}", title) for key, title in metrics],
        "rhythms": [("day", say("each day")), ("week", say("each week")), ("month", say("each month"))],
        "weekdays": weekdays(say),
        "tongues": LANGUAGES,
        "known": [person.email for person in people()],
        "zone": project.organisation.zone,
        "done": request.GET.get("done", ""),
    }


def _line(report: Report, project: Project, say: Language, hooks: Mapping[int, str]) -> dict[str, Any]:
    about = report.about
    return {
        "number": report.id,
        "name": about.name,
        "url": reverse("board", args=[about.board]) if about.board else reverse("metric", args=[about.metric]),
        "when": rhythm_words(about.rhythm, say),
        "due": _moment(report.due_at, project, say),
        "to": [
            *((each.address, each.stopped_at is not None) for each in report.recipients),
            *((hooks[number], False) for number in about.webhooks if number in hooks),
        ],
    }


def _moment(moment: datetime | None, project: Project, say: Language) -> str:
    return "" if moment is None else say.moment(moment.astimezone(ZoneInfo(project.organisation.zone)))
