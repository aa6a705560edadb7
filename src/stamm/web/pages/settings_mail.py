"""Mail to customers: when and how often they are written to, which addresses get nothing, and what went out."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.app.sending import digests_of
from stamm.delivery.customer_mail import Mail, newest_mails
from stamm.delivery.restraint import MOST, OCCASIONS, USUAL, Restraint, choose_restraint, restraint
from stamm.delivery.suppression import (
    WHYS,
    Suppressed,
    mark_of,
    newest_suppressed,
    suppress,
    suppressed,
    suppressed_counts,
    take_off,
)
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.people.database import Run
from stamm.people.roles import OWNERS
from stamm.web.access import Asked, Entry, page
from stamm.web.reading import whole_number

#: addresses and mails that are listed
LISTED = 50
#: reasons for which somebody here adds an address
BY_HAND = ("asked", "complained")


@page("settings/mail/", may=OWNERS, methods=("GET", "POST"), entry=Entry("Settings", "Mail to customers", 38))
def settings_mail(request: Asked) -> HttpResponseBase:
    """What holds mail to customers back; a form changes the limits, and what is suppressed."""
    project, given, problem = Project.open(settings.STAMM_PROJECT), dict[str, Any](), ""
    with closing(project.people()) as database, database.transaction() as run:
        if request.method == "POST":
            given = request.POST.dict()
            try:
                done = _done(run, request, project, given)
            except UsageError as error:
                problem = " ".join(retell(text, request.say) for text in (error.what, error.remedy) if text)
            else:
                if done:
                    return redirect(f"{reverse('settings_mail')}?done={done}")
        content = _content(run, request, project, given, problem)
    return render(request, "settings/mail.html.j2", content, status=422 if problem else 200)


def _done(run: Run, request: Asked, project: Project, given: dict[str, Any]) -> str:
    """What the form asks for, empty where it only looks; raises UsageError."""
    action, who, now = given.get("action", ""), request.user.email, datetime.now(UTC)
    if action == "limits":
        choose_restraint(run, _chosen(given), who=who, now=now)
    elif action == "look":
        given["found"] = suppressed(run, mark_of(digests_of(project), given.get("address", "")))
        return ""
    elif action == "add":
        why = given.get("why", "")
        if why not in BY_HAND:
            raise UsageError(f"Nobody here says that an address {why!r}.", remedy="Choose one of the list.")
        suppress(run, mark_of(digests_of(project), given.get("address", "")), why, who=who, now=now)
    elif action == "off":
        take_off(run, whole_number(given.get("number", "")), who=who, now=now)
    else:
        raise UsageError(
            f"There is nothing called {action!r} to be done.", remedy="Go back, and use the page's buttons."
        )
    return str(action)


def _chosen(given: dict[str, Any]) -> Restraint:
    limits: dict[str, tuple[int, int]] = {
        occasion: (whole_number(given.get(f"{occasion}_day", "")), whole_number(given.get(f"{occasion}_week", "")))
        for occasion in OCCASIONS
    }
    return Restraint(given.get("quiet_from", ""), given.get("quiet_until", ""), limits)


def _content(run: Run, request: Asked, project: Project, given: dict[str, Any], problem: str) -> dict[str, Any]:
    say, holds, counts = request.say, restraint(run), suppressed_counts(run)
    mails, found = newest_mails(run, most=LISTED), given.get("found")
    return {
        "hours": [
            ("quiet_from", say("Nothing is sent from"), given.get("quiet_from", holds.quiet_from)),
            ("quiet_until", say("Until"), given.get("quiet_until", holds.quiet_until)),
        ],
        "limits": [
            {
                "occasion": occasion,
                "title": say(title),
                "fields": [
                    (name := f"{occasion}_{span}", given.get(name, number), most, say(words), say.number(usual))
                    for span, words, number, most, usual in zip(
                        *(("day", "week"), ("in 24 hours", "in 7 days"), holds.limit(occasion), MOST, USUAL[occasion]),
                        strict=True,
                    )
                ],
            }
            for occasion, title in OCCASIONS.items()
        ],
        "zone": project.organisation.zone,
        "counts": [(say(title), say.number(counts[why])) for why, title in WHYS.items()],
        "addresses": [_line(one, project, say) for one in newest_suppressed(run, most=LISTED)],
        "more": say.number(sum(counts.values()) - LISTED) if sum(counts.values()) > LISTED else "",
        "whys": [(why, say(WHYS[why])) for why in BY_HAND],  # type: ignore[index]
        "looked": given.get("action") == "look" and not problem,
        "found": found and _line(found, project, say),
        "address": given.get("address", ""),
        "mails": [_mail(mail, project, say) for mail in mails],
        "has_server": project.settings.mail is not None,
        "has_address": bool(project.settings.address),
        "problem": problem,
        "about": action if (action := given.get("action", "")) in ("look", "add", "off") else "limits",
        "done": request.GET.get("done", ""),
    }


def _line(one: Suppressed, project: Project, say: Language) -> dict[str, Any]:
    who = say("by itself") if one.who == "stamm" else one.who
    return {"number": one.id, "why": say(WHYS[one.why]), "who": who, "at": _moment(one.at, project, say)}


def _mail(mail: Mail, project: Project, say: Language) -> dict[str, Any]:
    states = {"waiting": say("waits"), "sent": say("sent"), "cancelled": say("not sent"), "failed": say("failed")}
    happened = [say("undeliverable")] if mail.bounced_at else []
    happened += [say("unsubscribed")] if mail.unsubscribed_at else []
    return {
        "purpose": mail.purpose,
        "occasion": say(OCCASIONS[mail.occasion]),
        "customer": mail.customer,
        "url": reverse("customer", args=[mail.customer]) if mail.customer else "",
        "at": _moment(mail.sent_at, project, say) if mail.sent_at else "",
        "state": ", ".join((states[mail.state], *happened)),
        "why": say(retell(mail.outcome, say)) if mail.outcome else "",
    }


def _moment(moment: datetime, project: Project, say: Language) -> str:
    return say.moment(moment.astimezone(ZoneInfo(project.organisation.zone)))
