"""Alerts: all of them, one with its windows and what it told, and a new one, which is tried on the past before."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from msgspec.structs import replace

from stamm.app.alerting import known_at
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.automations.alert_shown import Shown, shown
from stamm.automations.alert_words import AlertWords
from stamm.automations.alerts import (
    SIDES,
    About,
    Alert,
    Told,
    alert_of,
    alerts,
    make_alert,
    pause_alert,
    remove_alert,
    resume_alert,
    sent_of,
    told_of,
)
from stamm.automations.judging import judgement
from stamm.delivery.webhooks import webhooks
from stamm.goals.aim import meant
from stamm.goals.reading import number_of
from stamm.lang.errors import StammError, UsageError
from stamm.lang.language import Language
from stamm.lang.window import day_of
from stamm.people.accounts import people
from stamm.people.database import Run
from stamm.people.roles import OWNERS
from stamm.web.access import Asked, page
from stamm.web.desk import Opened, desk, soon
from stamm.web.frame import LANGUAGES
from stamm.web.reading import one_of, shortened, whole_number

#: what a new alert is like before anything is chosen
USUAL = {"metric": "order_count", "per": "day", "how": "band", "side": "below", "one_in": "100"}
#: what an address says of what is watched
_WATCHED = ("metric", "per", "how", "side", "line", "back", "one_in", "where", "settings")


@page("settings/alerts/", may=OWNERS)
def settings_alerts(request: Asked) -> HttpResponseBase:
    """All that are watched, and what was told last."""
    project, say = Project.open(settings.STAMM_PROJECT), request.say
    with closing(project.people()) as database, database.transaction() as run:
        found, hooks = alerts(run), {each.id: each.name for each in webhooks(run)}
        told = [(one, each) for one in found for each in told_of(run, one.id, most=10)]
    told.sort(key=lambda pair: pair[1].at, reverse=True)
    content = {
        "alerts": [_line(one, project, hooks, say) for one in found],
        "told": [{"name": one.about.name, "number": one.id, **_told(one, each, project, say)} for one, each in told],
        "done": request.GET.get("done", ""),
        **_ways(project),
    }
    return render(request, "settings/alerts.html.j2", content)


@page("settings/alerts/<int:alert>/", may=OWNERS, methods=("GET", "POST"))
def settings_alert(request: Asked, alert: int) -> HttpResponseBase:
    """One alert: its windows as they are now, what it told and to whom; a form pauses, resumes or removes it."""
    project, say, now = Project.open(settings.STAMM_PROJECT), request.say, datetime.now(UTC)
    with closing(project.people()) as database, database.transaction() as run:
        try:
            found = alert_of(run, alert)
        except UsageError as error:
            raise Http404 from error
        if request.method == "POST":
            return redirect(_change(run, request, alert, now))
        told, sent = told_of(run, alert), sent_of(run, alert, most=20)
        hooks = {each.id: each.name for each in webhooks(run)}
    content = {
        "alert": found,
        "line": _line(found, project, hooks, say),
        "preview": _preview(found.about, project, now, say),
        "told": [_told(found, each, project, say) for each in told],
        "sent": [
            {
                "to": each.address,
                "at": _moment(each.at, project, say),
                "outcome": say(retell(each.outcome, say)) if each.outcome else "",
            }
            for each in sent
        ],
        "done": request.GET.get("done", ""),
    }
    return render(request, "settings/alert.html.j2", content)


@page("settings/alerts/new/", may=OWNERS, methods=("GET", "POST"))
def settings_alert_new(request: Asked) -> HttpResponseBase:
    """What is to be watched, tried on the past; and who is told, which makes it."""
    project, say, now = Project.open(settings.STAMM_PROJECT), request.say, datetime.now(UTC)
    given = request.POST if request.method == "POST" else request.GET
    problem, about, preview, failed = "", None, None, False
    try:
        if "metric" in given:
            about = _about(given, project, say)
            if request.method == "POST":
                made = _for(about, given).checked(project.metrics, project.saved)
                with closing(project.people()) as database, database.transaction() as run:
                    number = make_alert(run, made, who=request.user.email, now=now)
                return redirect(f"{reverse('settings_alert', args=[number])}?done=add")
    except StammError as error:
        failed, problem = True, " ".join(retell(text, say) for text in (error.what, error.remedy or "") if text)
    if about is not None:
        preview = _preview(about, project, now, say)
    with closing(project.people()) as database, database.transaction() as run:
        hooks = webhooks(run)
    chosen = given.getlist("to") if request.method == "POST" else [request.user.email]
    said = {name: given.get(name, USUAL.get(name, "")) for name in _WATCHED}
    said["where"] = "\n".join(text for text in given.getlist("where") if text.strip())
    content = {
        "given": said,
        "name": given.get("name", ""),
        "problem": problem,
        "about": about,
        "preview": preview,
        "metrics": sorted(
            ((each.key, each.title(say.code)) for each in project.metrics), key=lambda pair: pair[1].casefold()
        ),
        "pers": [("day", say("each day")), ("week", say("each week")), ("month", say("each month"))],
        "hows": [("band", say("it is not as expected")), ("line", say("it crosses a line"))],
        "sides": _sides(say),
        "currency": project.organisation.currency,
        "people": [(person.email, str(person), person.email in chosen) for person in people()],
        "webhooks": [(each.id, each.name, str(each.id) in given.getlist("webhook")) for each in hooks],
        "tongues": LANGUAGES,
        "language": given.get("language", say.code),
        **_ways(project),
    }
    return render(request, "settings/alert_new.html.j2", content, status=422 if failed else 200)


# -- what a form says ----------------------------------------------------------------------------------------
def _about(given: QueryDict, project: Project, say: Language) -> About:
    """What is watched; raises UsageError for what cannot be."""
    key = given.get("metric", "")
    made, currency = project.metrics[key], project.organisation.currency
    how = one_of(given, "how", ("band", "line")) or "band"

    def number(name: str) -> float | None:
        text = given.get(name, "").strip()
        return number_of(text, made.unit, currency, say.code) if text else None

    line = number("line") if how == "line" else None
    if how == "line" and line is None:
        raise UsageError("There is no line.", remedy="Write the number that is not to be crossed.")
    side = one_of(given, "side", SIDES) or "both"
    about = About(
        name=given.get("name", "").strip() or made.title(say.code),
        metric=key,
        grain=given.get("per", "") or given.get("grain", "") or "day",
        side=next(each for each in SIDES if each == side),
        line=line,
        back=number("back") if how == "line" else None,
        one_in=whole_number(given.get("one_in", "").strip() or USUAL["one_in"]),
        where=tuple(line.strip() for text in given.getlist("where") for line in text.splitlines() if line.strip()),
        settings=tuple(_pair(text) for text in given.get("settings", "").splitlines() if text.strip()),
    )
    return about.watched(project.metrics, project.saved)


def _for(about: About, given: QueryDict) -> About:
    """The same with who is told."""
    known = {person.email for person in people()}
    if not set(given.getlist("to")) <= known:
        raise UsageError("Nobody here has this address.", remedy="Choose one of the list.")
    hooks = tuple(whole_number(each) for each in given.getlist("webhook"))
    return replace(about, to=tuple(given.getlist("to")), webhooks=hooks, language=given.get("language", ""))


def _pair(line: str) -> tuple[str, str]:
    name, sign, value = (part.strip() for part in line.partition("="))
    if not sign or not name:
        raise UsageError(f"{shortened(line)!r} is no name with a value.", remedy="Write it as days=60.")
    return name, value


def _change(run: Run, request: Asked, number: int, now: datetime) -> str:
    """Do what a button says; where it leads."""
    changes = {"pause": pause_alert, "resume": resume_alert, "remove": remove_alert}
    action = request.POST.get("action", "")
    if action not in changes:
        raise UsageError(
            f"There is nothing called {action!r} to be done.", remedy="Go back, and use the page's buttons."
        )
    changes[action](run, number, who=request.user.email, now=now)
    place = reverse("settings_alerts") if action == "remove" else reverse("settings_alert", args=[number])
    return f"{place}?done={action}"


# -- what is shown -------------------------------------------------------------------------------------------
def _preview(about: About, project: Project, now: datetime, say: Language) -> Shown | str | None:
    """Its last windows; None while they are counted, and in words why there are none."""
    bare, opened = replace(about, name="", to=(), webhooks=(), language=""), desk().opened()
    try:
        rules = meant(bare.filter, opened.answers.world.saved)
        known = known_at(project, now)
        day = day_of(known, project.organisation.zone)
        return soon(("alert", bare, rules, day, say.code), lambda there: _judged(there, bare, known, say))
    except StammError as error:
        return " ".join(retell(text, say) for text in (error.what, error.remedy or "") if text)


def _judged(opened: Opened, about: About, known: datetime, say: Language) -> Shown | str:
    found = judgement(about, opened.answers, known)
    return say("No whole window is known yet.") if found is None else shown(found, say)


def _line(one: Alert, project: Project, hooks: Mapping[int, str], say: Language) -> dict[str, Any]:
    about, words = one.about, _words(one.about, project, say)
    named = {person.email: str(person) for person in people()}
    state = say.short_day(one.last) if one.last else say("not looked yet")
    metric = project.metrics[about.metric].title(say.code) if about.metric in project.metrics else about.metric
    return {
        "number": one.id,
        "name": about.name,
        "metric": metric,
        "url": f"{reverse('metric', args=[about.metric])}?{words.query('')}",
        "rule": words.rule,
        "kept": words.kept,
        "to": [
            *(named.get(address, address) for address in about.to),
            *(hooks[number] for number in about.webhooks if number in hooks),
        ],
        "paused": one.paused_at is not None,
        "state": say("paused") if one.paused_at else state,
        "problem": retell(one.problem, say),
        "side": {"above": say("above at present"), "below": say("below at present")}.get(one.state, ""),
    }


def _told(one: Alert, each: Told, project: Project, say: Language) -> dict[str, Any]:
    words = AlertWords(one.about, each.found.unit, each.found.currency, say)
    return {
        "window": words.period(each.found.window),
        "value": words.value(each.found.value),
        "against": words.against(each.found),
        "url": f"{reverse('metric', args=[one.about.metric])}?{words.query(each.found.window)}",
        "at": _moment(each.at, project, say),
    }


def _words(about: About, project: Project, say: Language) -> AlertWords:
    unit = project.metrics[about.metric].unit if about.metric in project.metrics else "count"
    return AlertWords(about, unit, project.organisation.currency, say)


def _sides(say: Language) -> list[tuple[str, str]]:
    names = {"below": say("below"), "above": say("above"), "both": say("on both sides")}
    return [(side, names[side]) for side in SIDES]


def _ways(project: Project) -> dict[str, Any]:
    return {"has_server": project.settings.mail is not None, "has_address": bool(project.settings.address)}


def _moment(moment: datetime, project: Project, say: Language) -> str:
    return say.moment(moment.astimezone(ZoneInfo(project.organisation.zone)))
