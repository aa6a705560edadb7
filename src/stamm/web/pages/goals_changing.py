"""Changing goals: making one, setting it otherwise, and saying how it goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from msgspec.structs import replace

from stamm.app.retelling import retell
from stamm.goals import keeping
from stamm.goals.aim import BY_HAND, KINDS, PERS, Aim, Kind, Todo, checked, todos_of
from stamm.goals.keeping import Goal, MeanwhileError
from stamm.goals.reading import day_of, number_of, steps_of
from stamm.lang.errors import StammError, UsageError
from stamm.lang.language import Language
from stamm.lang.money import exponent
from stamm.lang.window import moved
from stamm.metrics.adding import adds_up
from stamm.people.accounts import people, person_called, run
from stamm.people.roles import EVERYONE
from stamm.web.access import Asked, page
from stamm.web.desk import desk
from stamm.web.goals import EDITORS, goal_or_missing, goals_now, may_check_in, standing_waited_for, today


@page("goals/new", may=EDITORS, methods=("GET", "POST"))
def goal_new(request: Asked) -> HttpResponseBase:
    """The form of a goal that is to be made."""
    return _form(request, None)


@page("goals/<int:goal>/edit", may=EDITORS, methods=("GET", "POST"))
def goal_edit(request: Asked, goal: int) -> HttpResponseBase:
    """The form of a goal that is there; each change is a version more."""
    return _form(request, goal_or_missing(goal))


@page("goals/<int:goal>/act", may=EVERYONE, methods=("POST",))
def goal_act(request: Asked, goal: int) -> HttpResponseBase:
    """A check-in, a task done or not, archived or brought back, or back to an earlier version."""
    found, does, who, now = goal_or_missing(goal), request.POST.get("do", ""), request.user.email, datetime.now(UTC)
    editing = does in ("archive", "restore", "back")
    if request.user.may not in EDITORS if editing else not may_check_in(request.user, found):
        raise PermissionDenied
    seen = _number(request.POST.get("revision", "0"))
    if does == "check_in":
        value, known_on = _reported(request, found)
        with transaction.atomic():
            keeping.check_in(run, goal, request.POST.get("told", ""), value=value, known_on=known_on, who=who, now=now)
    elif does in ("done", "undone"):
        with transaction.atomic():
            task = _number(request.POST.get("task", ""))
            keeping.mark(run, goal, task, done=does == "done", who=who, now=now)
    elif does == "archive":
        with transaction.atomic():
            keeping.archive_goal(run, goal, seen=seen, who=who, now=now)
        return redirect(reverse("goals"))
    elif does == "restore":
        with transaction.atomic():
            keeping.restore_goal(run, goal, seen=seen, who=who, now=now)
    elif does == "back":
        with transaction.atomic():
            _go_back(found, _number(request.POST.get("to", "")), seen, who, now)
    else:
        raise UsageError(f"Nothing here is called {does!r}.", remedy="Go back, and load the page anew.")
    return redirect(f"{reverse('goal', args=[goal])}?told={does}")


def _go_back(found: Goal, to: int, seen: int, who: str, now: datetime) -> None:
    version = next((each for each in keeping.versions_of(run, found.id) if each.revision == to), None)
    if version is None:
        raise UsageError("There is no such version.", remedy="Load the goal's page anew.")
    keeping.change_goal(run, found.id, version.aim, seen=seen, who=who, now=now, what=keeping.BACK)


def _reported(request: Asked, found: Goal) -> tuple[float | None, Any]:
    """The value of a check-in and its day: as it is written, or as the metric is now."""
    if found.aim.kind in BY_HAND:
        text = request.POST.get("value", "").strip()
        if not text:
            return None, None
        unit = "count" if found.aim.kind == "number" else found.aim.kind
        currency = desk().opened().project.organisation.currency
        return number_of(text, unit, currency, request.say.code), day_of(request.POST.get("on", "") or str(today()))
    made = standing_waited_for(found)
    return made.value, made.day


# -- the form ------------------------------------------------------------------------------------------------
def _form(request: Asked, found: Goal | None) -> HttpResponseBase:
    say, problem, status = request.say, "", 200
    seen = found.revision if found else 0
    given: Mapping[str, str] = _written(found, request, say)
    if request.method == "POST":
        given = {name: str(request.POST[name]) for name in request.POST}
        seen = _number(given.get("revision", "0"))
        try:
            return redirect("goal", _kept(request, found, given, seen))
        except MeanwhileError as error:
            # what was written stays in the form; sent again, it is meant
            problem, status = _told(error, say), 409
            seen = goal_or_missing(found.id).revision if found else 0
        except StammError as error:
            problem, status = _told(error, say), 422
    world = desk().opened().answers.world
    listed = [(each.key, each.title(say.code), adds_up(each())) for each in world.metrics]
    above = [(str(each.id), each.aim.name) for each in goals_now() if found is None or each.id != found.id]
    content = {
        "goal": found,
        "given": given,
        "revision": seen,
        "problem": problem,
        "kinds": list(_kinds(say).items()),
        "pers": [("", say("over all days of the goal")), *_pers(say).items()],
        "sums": sorted(((key, name) for key, name, adds in listed if adds), key=lambda pair: pair[1].casefold()),
        "levels": sorted(((key, name) for key, name, adds in listed if not adds), key=lambda pair: pair[1].casefold()),
        "owners": [(person.email, str(person)) for person in people()],
        "above": [("0", say("none")), *above],
        "currency": world.organisation.currency,
    }
    return render(request, "goal_form.html.j2", content, status=status)


def _kept(request: Asked, found: Goal | None, given: Mapping[str, str], seen: int) -> int:
    """Make or change the goal as the form says; its number. Raises UsageError for what cannot be."""
    world, who, now = desk().opened().answers.world, request.user.email, datetime.now(UTC)
    aim = _aim(given, found, request.say)
    with transaction.atomic():
        if found is None or aim.owner != found.aim.owner:
            person_called(aim.owner)
        if found is None:
            return keeping.make_goal(run, checked(aim, world.metrics, world.saved), who=who, now=now)
        keeping.change_goal(run, found.id, checked(aim, world.metrics, world.saved), seen=seen, who=who, now=now)
    return found.id


def _aim(given: Mapping[str, str], found: Goal | None, say: Language) -> Aim:
    """What a form says; raises UsageError for what cannot be read."""
    world = desk().opened().answers.world
    kind = given.get("kind", "")
    if kind not in KINDS:
        raise UsageError(f"There is no kind of goal named {kind!r}.", remedy=f"Choose one of {', '.join(KINDS)}.")
    base = Aim(
        name=given.get("name", ""),
        owner=given.get("owner", ""),
        kind=kind,
        start=day_of(given.get("start", "")),
        due=day_of(given.get("due", "")),
        parent=_number(given.get("parent", "0")),
        note=given.get("note", ""),
    )
    if kind == "yes_no":
        return base
    currency, lines = world.organisation.currency, given.get("steps", "").splitlines()
    if kind == "tasks":
        before: tuple[Todo, ...] = found.aim.tasks if found else ()
        tasks = todos_of(given.get("tasks", "").splitlines(), before)
        return replace(base, tasks=tasks, steps=steps_of(lines, "count", currency, say.code))
    unit: str = "count" if kind == "number" else kind
    if kind == "metric":
        metric = world.metrics[given.get("metric", "")]
        unit = metric.unit
        base = replace(
            base,
            metric=metric.key,
            per=given.get("per", ""),
            where=tuple(line.strip() for line in given.get("where", "").splitlines() if line.strip()),
            settings=tuple(_pair(line) for line in given.get("settings", "").splitlines() if line.strip()),
        )
    begin = given.get("begin", "").strip()
    return replace(
        base,
        target=number_of(given.get("target", ""), unit, currency, say.code),
        begin=number_of(begin, unit, currency, say.code) if begin else None,
        at_most=given.get("at_most") == "yes",
        steps=steps_of(lines, unit, currency, say.code),
    )


def _written(found: Goal | None, request: Asked, say: Language) -> dict[str, str]:
    """What stands in the form to begin with; a new goal may be begun by its address."""
    if found is None:
        day = today()
        usual = {"kind": "metric", "owner": request.user.email, "start": str(day), "metric": "revenue", "parent": "0"}
        usual["due"] = str(moved(day, "month", 3) - timedelta(days=1))
        return {**usual, **{name: str(request.GET[name]) for name in request.GET}}
    aim, world = found.aim, desk().opened().answers.world
    unit = world.metrics[aim.metric].unit if aim.metric in world.metrics else aim.kind
    currency = world.organisation.currency

    def number(value: float | None) -> str:
        return "" if value is None else written_number(value, unit, currency, say)

    return {
        "name": aim.name,
        "owner": aim.owner,
        "kind": aim.kind,
        "metric": aim.metric,
        "settings": "\n".join(f"{name}={value}" for name, value in aim.settings),
        "where": "\n".join(aim.where),
        "per": aim.per,
        "start": str(aim.start),
        "due": str(aim.due),
        "target": number(aim.target),
        "begin": number(aim.begin) if aim.per or aim.kind in BY_HAND else "",
        "at_most": "yes" if aim.at_most else "",
        "steps": "\n".join(f"{step.day} {number(step.value)}" for step in aim.steps),
        "tasks": "\n".join(todo.told for todo in aim.tasks),
        "parent": str(aim.parent),
        "note": aim.note,
    }


def written_number(value: float, unit: str, currency: str, say: Language) -> str:
    """A number as it is typed in that language: percent, major units."""
    scaled = 100 * value if unit == "share" else value / 10 ** exponent(currency) if unit == "money" else value
    text = f"{scaled:.10g}"
    return text.replace(".", ",") if say.code == "de" else text


def _kinds(say: Language) -> dict[str, str]:
    names = {
        "metric": say("a metric"),
        "number": say("a number, reported by hand"),
        "money": say("an amount of money, reported by hand"),
        "share": say("a share, reported by hand"),
        "yes_no": say("yes or no"),
        "tasks": say("a list of tasks"),
    }
    return {kind: names[kind] for kind in get_args(Kind)}


def _pers(say: Language) -> dict[str, str]:
    names = {
        "week": say("in a week, the last whole one counts"),
        "month": say("in a month, the last whole one counts"),
        "quarter": say("in a quarter, the last whole one counts"),
    }
    return {per: names[per] for per in PERS}


def _pair(line: str) -> tuple[str, str]:
    name, sign, value = (part.strip() for part in line.partition("="))
    if not sign or not name:
        raise UsageError(f"{line!r} is no name with a value.", remedy="Write it as days=60.")
    return name, value


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise UsageError(f"{text!r} is no number.", remedy="Go back, and load the page anew.")
    return int(text)


def _told(error: StammError, say: Language) -> str:
    return f"{retell(error.what, say)} {retell(error.remedy, say)}".strip()
