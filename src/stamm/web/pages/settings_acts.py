"""The record of acts: who did what and when, by person, act and day, and to take away."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from stamm.answers.written import csv_of
from stamm.app.changing import Difference
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import day_start
from stamm.people.acts import ACTS, Act, Which, acts, doers
from stamm.people.keys import SCOPES, Scope
from stamm.people.roles import OWNERS, ROLES, Role
from stamm.web.access import Asked, Entry, page
from stamm.web.filters import Choice
from stamm.web.pages.settings_organisation import told_changes
from stamm.web.reading import number_in

#: lines of one page
MOST = 100
#: acts that end with a role, or several, and those that end with what a key is good for
WITH_ROLES = frozenset({"person_invited", "role_changed", "board_shown"})
OF_KEYS = frozenset({"key_created", "key_revoked"})
#: acts that name settings, and how they write each
OF_SETTINGS = frozenset({"settings_changed", "settings_restored"})
_CHANGE = re.compile(r"(\w+) (.+?) -> (.+?)(?:; (?=\w+ .+? -> )|$)", re.DOTALL)
#: the codes of roles at the end of a text
_LAST = re.compile(rf"(?<= )(?:{'|'.join(ROLES)})(?=(?:, \w+)*$)")
#: what an address may say
ASKED = ("who", "what", "day")


@page("settings/acts/", may=OWNERS, entry=Entry("Settings", "Record of acts", 60))
def settings_acts(request: Asked) -> HttpResponse:
    """The newest acts of those asked for, a page at a time."""
    project, say = Project.open(settings.STAMM_PROJECT), request.say
    zone, asked = project.organisation.zone, {name: request.GET.get(name, "") for name in ASKED}
    before = number_in(request.GET, "before") or None
    which = replace(_which(asked, zone), before=before)
    with closing(project.people()) as database:
        found, everybody = acts(database, MOST + 1, which), doers(database)
    content = {
        "lines": [_line(act, zone, say) for act in found[:MOST]],
        "older": found[MOST - 1].number if len(found) > MOST else None,
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "day": asked["day"],
        "people": _choices({who: who for who in everybody}, asked["who"], say("everybody")),
        "whats": _choices({code: say(words) for code, words in ACTS.items()}, asked["what"], say("everything")),
        "asked": any(asked.values()) or bool(before),
    }
    return render(request, "settings/acts.html.j2", content)


@page("settings/acts.csv", may=OWNERS)
def settings_acts_csv(request: Asked) -> HttpResponse:
    """All acts of those asked for; moments in UTC, acts by their codes."""
    project = Project.open(settings.STAMM_PROJECT)
    which = _which({name: request.GET.get(name, "") for name in ASKED}, project.organisation.zone)
    with closing(project.people()) as database:
        found = acts(database, None, which)
    rows = ({"at": act.at, "who": act.who, "what": act.what, "about": act.about} for act in found)
    response = HttpResponse(csv_of(["at", "who", "what", "about"], rows) + "\n", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="acts.csv"'
    return response


def _which(asked: Mapping[str, str], zone: str) -> Which:
    """As an address says it; raises UsageError for what is no day."""
    which = Which(who=asked["who"], what=asked["what"])
    if not asked["day"]:
        return which
    try:
        day = date.fromisoformat(asked["day"])
        return replace(which, since=day_start(day, zone), until=day_start(day + timedelta(days=1), zone))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{asked['day']!r} is no day.", remedy="Write it as 2024-02-10.") from error


def _line(act: Act, zone: str, say: Language) -> dict[str, Any]:
    at = say.moment(act.at.astimezone(ZoneInfo(zone)))
    return {"at": at, "who": act.who, "what": say(ACTS.get(act.what, act.what)), "about": _about(act, say)}


def _about(act: Act, say: Language) -> str:
    """What it was about, as people say it: a role by its name, a sentence of ours in the reader's language."""
    if act.what in WITH_ROLES:
        return _LAST.sub(lambda code: say(ROLES[Role(code[0])]), act.about)
    whom, _, scope = act.about.rpartition(" ")
    if act.what in OF_KEYS and scope in {each.value for each in Scope}:
        return f"{whom}, {say(SCOPES[Scope(scope)])}"
    if act.what in OF_SETTINGS:
        return _changes(act.about, say)
    return retell(act.about, say)


def _changes(about: str, say: Language) -> str:
    """Settings by their names on the page, before and after; what cannot be read stays as it was written down."""
    try:
        changed = tuple(
            Difference(found[1], literal_eval(found[2]), literal_eval(found[3])) for found in _CHANGE.finditer(about)
        )
        told = told_changes(changed, say)
    except (ValueError, SyntaxError, KeyError, AttributeError):  # written by another version
        return about
    return "; ".join(f"{name}: {before} → {after}" for name, before, after in told) or about


def _choices(known: Mapping[str, str], chosen: str, every: str) -> list[Choice]:
    """All of them, each of them, and the one chosen, known or not."""
    named = {**known, **({chosen: chosen} if chosen and chosen not in known else {})}
    lines = sorted(named.items(), key=lambda line: line[1].casefold())
    return [Choice("", every, not chosen), *(Choice(value, words, value == chosen) for value, words in lines)]
