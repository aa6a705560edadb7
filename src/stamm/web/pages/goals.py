"""Goals: all of them, one with its way and what was said of it, and both as CSV."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render

from stamm.answers.written import csv_of
from stamm.goals import keeping
from stamm.goals.aim import differences
from stamm.goals.keeping import CheckIn, Goal, Version
from stamm.goals.records import COLUMNS, WAY, record_of, way_of
from stamm.goals.standing import Standing
from stamm.lang.language import Language
from stamm.people.accounts import people, run
from stamm.people.roles import EVERYONE
from stamm.reports.goal_words import GoalWords
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import Opened, desk, soon
from stamm.web.goals import (
    EDITORS,
    from_made_facts,
    goal_or_missing,
    goals_now,
    may_check_in,
    meant_of,
    standing,
    standing_waited_for,
    standings,
    today,
)


@page("goals/", may=EVERYONE, entry=Entry("Act", "Goals", 12))
def goals(request: Asked) -> HttpResponse:
    """All goals that are pursued, each below the one that it serves."""
    found, say = goals_now(), request.say
    counted = standings(found)
    content: dict[str, Any] = {
        "any": bool(found),
        "simulated": from_made_facts(*found),
        "lines": nested(counted, say) if counted is not None else None,
        "archived": goals_now(archived=True) if request.user.may in EDITORS else (),
        "may_change": request.user.may in EDITORS,
        "names": names(),
    }
    return render(request, "goals.html.j2", content)


@page("goals.csv", may=EVERYONE)
def goals_csv(_: Asked) -> HttpResponse:
    """All goals and how far they are, as `stamm goal list --format csv`."""
    made = [standing_waited_for(goal) for goal in goals_now()]
    return _csv("goals", csv_of(COLUMNS, [record_of(each) for each in made]))


@page("goals/<int:goal>/", may=EVERYONE)
def goal(request: Asked, goal: int) -> HttpResponse:
    """One goal: how far it is, its way, its tasks, what serves it, what was said, and what it was before."""
    found, say = goal_or_missing(goal), request.say
    pursued = goals_now()
    children = tuple(keeping.below(pursued, goal))
    day = today()
    body = soon(
        ("goal page", found, children, meant_of(found, *children), day, say.code),
        lambda opened: _body(opened, found, children, say),
    )
    zone = ZoneInfo(desk().opened().project.organisation.zone)
    words = names()
    content: dict[str, Any] = {
        "goal": found,
        "aim": found.aim,
        "simulated": from_made_facts(found),
        "parent": next((each for each in pursued if each.id == found.aim.parent), None),
        "body": body,
        "may_change": request.user.may in EDITORS,
        "may_check_in": may_check_in(request.user, found),
        "owner": words.get(found.aim.owner, found.aim.owner),
        "check_ins": [_said(each, found, words, zone, say, body) for each in keeping.check_ins_of(run, goal)],
        "versions": _versions(keeping.versions_of(run, goal), words, zone, say),
        "todos": [(todo.number, todo.told) for todo in found.aim.tasks] or [(0, found.aim.name)],
        "by_hand": found.aim.kind in ("number", "money", "share"),
        "told": request.GET.get("told", ""),
    }
    return render(request, "goal.html.j2", content)


@page("goals/<int:goal>.csv", may=EVERYONE)
def goal_csv(_: Asked, goal: int) -> HttpResponse:
    """The way of a goal: its path and its value, week by week or window by window."""
    made = standing_waited_for(goal_or_missing(goal))
    return _csv(f"goal-{goal}", csv_of(WAY, way_of(made)))


# -- what is shown -------------------------------------------------------------------------------------------
def nested(made: tuple[Standing, ...], say: Language) -> list[tuple[int, GoalWords]]:
    """Goals below those that they serve, with how deep each stands."""
    there = {each.goal.id for each in made}
    found: list[tuple[int, GoalWords]] = []

    def add(parent: int, depth: int) -> None:
        for each in made:
            above = each.goal.aim.parent if each.goal.aim.parent in there else 0
            if above == parent:
                found.append((depth, GoalWords(each, say)))
                add(each.goal.id, depth + 1)

    add(0, 0)
    return found


def names() -> dict[str, str]:
    """What people are called, by their addresses."""
    return {person.email: str(person) for person in people()}


def _body(opened: Opened, found: Goal, children: tuple[Goal, ...], say: Language) -> dict[str, Any]:
    day = today()
    words = GoalWords(standing(opened, found, day), say)
    return {
        "words": words,
        "charts": words.charts,
        "children": tuple(GoalWords(standing(opened, each, day), say) for each in children),
    }


def _said(
    each: CheckIn, found: Goal, words: dict[str, str], zone: ZoneInfo, say: Language, body: dict[str, Any] | None
) -> dict[str, Any]:
    told = {todo.number: todo.told for todo in found.aim.tasks}
    what = told.get(each.task or 0, say("a task that is no longer on the list")) if found.aim.kind == "tasks" else ""
    did = ""
    if each.done is not None:
        done, undone = say("done"), say("not done after all")
        did = ": ".join(text for text in (what, done if each.done else undone) if text)
    shown = body["words"].value(each.value) if body and each.value is not None else ""
    return {
        "told": each.told,
        "did": did,
        "value": shown,
        "on": say.short_day(each.known_on) if each.known_on else "",
        "who": words.get(each.who, each.who),
        "at": say.moment(each.at.astimezone(zone)),
    }


def _versions(found: list[Version], words: dict[str, str], zone: ZoneInfo, say: Language) -> list[dict[str, Any]]:
    """What each version set otherwise than the one before it."""
    did = {
        keeping.MADE: say("set the goal"),
        keeping.CHANGED: say("changed it"),
        keeping.BACK: say("went back to an earlier version"),
        keeping.ARCHIVED: say("archived it"),
        keeping.RESTORED: say("brought it back"),
    }
    lines = []
    for place, version in enumerate(found):
        before = found[place + 1].aim if place + 1 < len(found) else None
        changed = differences(before, version.aim) if before is not None else {}
        lines.append(
            {
                "revision": version.revision,
                "did": did.get(version.what, version.what),
                "who": words.get(version.who, version.who),
                "at": say.moment(version.at.astimezone(zone)),
                "changed": [_changed(name, pair, say) for name, pair in changed.items()],
                "current": place == 0,
            }
        )
    return lines


def _changed(name: str, pair: tuple[Any, Any], say: Language) -> str:
    named = {
        "name": say("name"),
        "owner": say("owner"),
        "kind": say("kind"),
        "start": say("first day"),
        "due": say("last day"),
        "target": say("target"),
        "metric": say("metric"),
        "settings": say("settings"),
        "where": say("filter"),
        "per": say("window"),
        "at_most": say("more or less"),
        "begin": say("where it begins"),
        "steps": say("path"),
        "tasks": say("tasks"),
        "parent": say("goal above"),
        "note": say("note"),
    }
    if name in ("name", "owner", "start", "due", "metric", "per", "kind"):
        old, new = (say.short_day(each) if hasattr(each, "year") else str(each) or "–" for each in pair)
        return say("{what}: {old}, now {new}", what=named[name], old=old, new=new)
    if name in ("target", "begin"):
        old, new = ("–" if each is None else say.trimmed(each, 4) for each in pair)
        return say("{what}: {old}, now {new}", what=named[name], old=old, new=new)
    return named[name]


def _csv(name: str, text: str) -> HttpResponse:
    response = HttpResponse(text + "\n", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
