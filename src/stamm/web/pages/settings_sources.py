"""Where the data come from: what each source brought, what was set aside and why, and what waits at the door."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.arriving import Arrived, Waiting, arrived, waiting
from stamm.app.desk import Opened
from stamm.app.failures import Failures, meaning
from stamm.app.project import Project
from stamm.app.rejected import Rejected, RejectList
from stamm.app.retelling import retell
from stamm.app.unread import Unread, UnreadFile
from stamm.facts import FACTS
from stamm.lang.errors import LogError, UsageError
from stamm.lang.language import Language
from stamm.people.roles import EXPORTS, OWNERS
from stamm.store.log import Failed
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import soon
from stamm.web.reading import number_in, some_from, whole_number

#: rows or messages of one page
MOST = 50


@page("settings/sources/", may=EXPORTS, entry=Entry("Settings", "Sources", 20))
def settings_sources(request: Asked) -> HttpResponse:
    """Every source and how it is, what was set aside, and what stamm.toml names."""
    project, say = Project.open(settings.STAMM_PROJECT), request.say
    lists = Rejected(project).lists()
    door, problem = _door(project, say)
    known = _known(project, door, lists)
    sources = soon(("sources", say.code, repr(known)), lambda opened: _sources(opened, known, say))
    content = {
        "sources": sources,
        "door": [_counted(name, counted, say) for name, counted in sorted(door.counters.items())],
        "problem": problem,
        "waiting": say.number(door.messages) if door.messages else "",
        "since": _moment(door.since, project, say),
        "lists": [_list(one, project, say) for one in lists],
        "unread": [_unread(one, project, say) for one in UnreadFile(project).all()],
        "failed": any(counted.failed for counted in door.counters.values()),
        "set_up": _set_up(project, say),
        "database": project.reads_database,
        "removed": "removed" in request.GET,
    }
    return render(request, "settings/sources.html.j2", content)


@page("settings/sources/rejects/<str:name>/", may=EXPORTS)
def settings_rejects(request: Asked, name: str) -> HttpResponse:
    """The rows that one import set aside, a page at a time."""
    project, say = Project.open(settings.STAMM_PROJECT), request.say
    found, first = _named(project, name), number_in(request.GET, "first")
    some_from(first, found.lines)
    rows = [
        (row, retell(f"{row.column} {row.reason}".strip(), say)) for row in Rejected(project).rows(name, first, MOST)
    ]
    content = {
        "list": _list(found, project, say),
        "rows": rows,
        "first": first,
        "next": first + MOST if first + MOST < found.lines else None,
        "most": MOST,
        "may_remove": request.user.may in OWNERS,
    }
    return render(request, "settings/rejects.html.j2", content)


@page("settings/sources/rejects/<str:name>/download", may=EXPORTS)
def settings_rejects_csv(request: Asked, name: str) -> HttpResponse:
    """The list as it lies in the folder, to be mended; that it was taken away is written down."""
    project = Project.open(settings.STAMM_PROJECT)
    content = Rejected(project).path(_named(project, name).name).read_bytes()
    project.note("rejects_read", name, now=datetime.now(UTC), who=request.user.email)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page("settings/sources/rejects/<str:name>/remove", may=OWNERS, methods=("POST",))
def settings_rejects_remove(request: Asked, name: str) -> HttpResponse:
    """Does away with a list that has served."""
    project = Project.open(settings.STAMM_PROJECT)
    found = Rejected(project).remove(_named(project, name).name)
    project.note("rejects_removed", f"{name} rows {found.rows}", now=datetime.now(UTC), who=request.user.email)
    return redirect(f"{reverse('settings_sources')}?removed")


@page("settings/sources/failed/", may=EXPORTS, sends=OWNERS, methods=("GET", "POST"))
def settings_failed(request: Asked) -> HttpResponse:
    """Messages that are no facts, a page at a time; an owner lets all, or one, be read again after a fix."""
    project, say = Project.open(settings.STAMM_PROJECT), request.say
    after, chosen = number_in(request.GET, "after"), request.POST.get("number", "")
    if not project.has_log:
        return render(
            request, "settings/failed.html.j2", {"lines": [], "more": None, "done": None, "may_replay": False}
        )
    with closing(project.log()) as log:
        failures, done = Failures(project, log), None
        if request.method == "POST":
            done = failures.read_again([whole_number(chosen)] if chosen else ())
            back = done.put_back
            about = f"message {chosen}; put back {back}" if chosen else f"all; put back {back}"
            project.note("messages_replayed", about, now=datetime.now(UTC), who=request.user.email)
        found = log.failures(after, MOST + 1)
    content = {
        "lines": [_failed(one, project, say) for one in found[:MOST]],
        "more": found[MOST - 1].number if len(found) > MOST else None,
        "done": done
        and {
            "put_back": say.number(done.put_back),
            "duplicate": say.number(done.duplicate) if done.duplicate else "",
            "still": [(say.number(count), _why(reason, say)) for reason, count in done.still],
        },
        "may_replay": request.user.may in OWNERS,
    }
    return render(request, "settings/failed.html.j2", content)


@page("settings/sources/failed/<int:number>/", may=EXPORTS)
def settings_failed_message(request: Asked, number: int) -> HttpResponse:
    """One message as it came; that somebody looked is written down, for it may name a customer."""
    project, say = Project.open(settings.STAMM_PROJECT), request.say
    if not project.has_log:
        raise Http404
    with closing(project.log()) as log:
        try:
            found = Failures(project, log).one(number)
        except UsageError as error:
            raise Http404 from error
    project.note("customers_read", f"failed message {number}", now=datetime.now(UTC), who=request.user.email)
    content = {
        "line": _failed(found, project, say),
        "body": _shown(found.entry.body),
        "may_replay": request.user.may in OWNERS,
    }
    return render(request, "settings/failed_message.html.j2", content)


# -- what they show ------------------------------------------------------------------------------------------
def _named(project: Project, name: str) -> RejectList:
    try:
        return Rejected(project).list_named(name)
    except UsageError as error:
        raise Http404 from error


def _door(project: Project, say: Language) -> tuple[Waiting, str]:
    """What waits at the door, or why that cannot be told."""
    try:
        return waiting(project), ""
    except LogError as error:
        return Waiting(), " ".join(retell(text, say) for text in (error.what, error.remedy) if text)


def _known(project: Project, door: Waiting, lists: list[RejectList]) -> dict[str, Any]:
    """What is known of sources beside their facts: which are what, and how many rows of each were set aside."""
    aside: dict[str, int] = {}
    for one in lists:
        for file, rows in one.files.items():
            aside[file] = aside.get(file, 0) + rows
    tables = tuple(table.name for table in project.settings.tables)
    return {"door": tuple(sorted(door.counters)), "tables": tables, "aside": aside}


def _sources(opened: Opened, known: Mapping[str, Any], say: Language) -> list[dict[str, Any]]:
    project, world = opened.project, opened.answers.world
    if project.reads_database:
        return []
    found = arrived(world, project.lake().snapshot(world.snapshot))
    lines = [_source(one, known, project, say) for one in found]
    unseen = [file for file in known["aside"] if file not in {one.source for one in found}]
    nothing = [_source(Arrived(file, {}, None, None), known, project, say) for file in unseen]
    return [*lines, *nothing]


def _source(one: Arrived, known: Mapping[str, Any], project: Project, say: Language) -> dict[str, Any]:
    kinds = [
        f"{FACTS[kind].name_in(say.code)}: {say.number(rows)}"
        for kind, rows in sorted(one.rows.items(), key=lambda line: -line[1])
    ]
    days = f"{say.short_day(one.days[0])} {say('to')} {say.short_day(one.days[1])}" if one.days else ""
    aside = known["aside"].get(one.source, 0)
    return {
        "name": one.source,
        "how": _how(one.source, known, say),
        "kinds": ", ".join(kinds),
        "last": _moment(one.last_at, project, say),
        "days": days,
        "aside": say.number(aside) if aside else "",
    }


def _how(source: str, known: Mapping[str, Any], say: Language) -> str:
    if source in known["tables"]:
        return say("database")
    if source.startswith("hooks/"):
        return say("hook")
    return say("events") if source in known["door"] else say("file")


def _counted(name: str, counted: Any, say: Language) -> dict[str, str]:
    names = ("received", "accepted", "duplicate", "failed")
    return {"name": name, **{each: say.number(getattr(counted, each)) for each in names}, "has_failed": counted.failed}


def _list(one: RejectList, project: Project, say: Language) -> dict[str, Any]:
    return {
        "name": one.name,
        "at": _moment(one.at, project, say),
        "rows": say.number(one.rows),
        "lines": say.number(one.lines),
        "files": ", ".join(one.files),
        "reasons": [(retell(reason, say), say.number(count)) for reason, count in one.reasons.items()],
    }


def _unread(one: Unread, project: Project, say: Language) -> dict[str, str]:
    """What could not be taken in, why, and what to do about it."""
    return {
        "name": one.name,
        "since": _moment(one.since, project, say),
        "why": retell(one.what, say),
        "where": one.where if one.where != one.name else "",
        "remedy": retell(one.remedy, say),
    }


def _set_up(project: Project, say: Language) -> list[dict[str, str]]:
    """What stamm.toml names: mappings, tables, buckets and the folder that is watched."""
    said = project.settings
    marks = {} if project.reads_database else project.lake().snapshot().manifest.marks
    lines = [
        {
            "what": say("mapping {name}", name=one.name),
            "of": one.files or say("by its name alone"),
            "how": ", ".join(FACTS[each.fact].name_in(say.code) for each in one.facts),
            "last": "",
        }
        for one in said.mappings
    ]
    for table in said.tables:
        mark = json.loads(marks[table.name]) if table.name in marks else None
        often = say("every {minutes} minutes", minutes=say.number(table.every_minutes))
        last = _moment(datetime.fromisoformat(mark["at"]), project, say) if mark else say("never")
        lines.append({"what": say("table {name}", name=table.name), "of": table.table, "how": often, "last": last})
    for bucket in said.buckets:
        often = say("every {minutes} minutes", minutes=say.number(bucket.every_minutes))
        lines.append({"what": say("bucket {name}", name=bucket.name), "of": bucket.address, "how": often, "last": ""})
    if said.watched is not None:
        there = say("as files come") if said.watched.is_dir() else say("the folder is not there")
        lines.append({"what": say("folder"), "of": str(said.watched), "how": there, "last": ""})
    return lines


def _failed(one: Failed, project: Project, say: Language) -> dict[str, Any]:
    entry = one.entry
    at = _moment(entry.received_at, project, say)
    return {"number": one.number, "source": entry.source, "at": at, "why": _why(entry.reason, say)}


def _why(reason: str, say: Language) -> str:
    field, wrong = meaning(reason)
    return f"{field} {say(wrong)}".strip()


def _shown(body: bytes) -> str:
    """JSON with a line each, anything else as it came."""
    text = body.decode("utf-8", "backslashreplace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _moment(moment: datetime | None, project: Project, say: Language) -> str:
    return "" if moment is None else say.moment(moment.astimezone(ZoneInfo(project.organisation.zone)))
