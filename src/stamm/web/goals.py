"""What pages share about goals: which there are, how far each is, and who may change one."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import Http404

from stamm.answers.reach import kinds_needed
from stamm.facts.filter import Filter
from stamm.goals import keeping
from stamm.goals.aim import meant
from stamm.goals.keeping import Goal
from stamm.goals.standing import Standing, standing_of
from stamm.lang.errors import StammError, UsageError
from stamm.people.accounts import run
from stamm.people.models import Person
from stamm.people.roles import Role
from stamm.web.desk import Opened, desk, soon

#: who makes goals and changes them; who owns one also says how it goes
EDITORS = frozenset({Role.OWNER, Role.ANALYST})


def goals_now(*, archived: bool = False) -> tuple[Goal, ...]:
    """All goals that are pursued, the one due soonest first; or those that were archived."""
    return tuple(keeping.goals(run, archived=archived))


def goal_or_missing(number: int) -> Goal:
    """One goal; raises Http404 where there is none."""
    try:
        return keeping.goal_of(run, number)
    except UsageError as error:
        raise Http404 from error


def may_check_in(person: Person, goal: Goal) -> bool:
    """Whether somebody may say how a goal goes: who changes goals, and who owns it."""
    return not goal.archived and (person.may in EDITORS or goal.aim.owner == person.email)


def today() -> date:
    """The local day."""
    return datetime.now(ZoneInfo(desk().opened().project.organisation.zone)).date()


def from_made_facts(*found: Goal) -> bool:
    """Whether any of them is measured by facts that were made; known without counting."""
    world = desk().opened().answers.world
    metrics = [each.aim.of(world.metrics) for each in found if each.aim.metric in world.metrics]
    return any(world.simulated.intersection(kinds_needed(metric, world)) for metric in metrics)


def standings(found: tuple[Goal, ...]) -> tuple[Standing, ...] | None:
    """How far each of them is; None while that is being counted."""
    day, rules = today(), meant_of(*found)
    return soon(("goals", found, rules, day), lambda opened: tuple(standing(opened, goal, day) for goal in found))


def standing(opened: Opened, goal: Goal, day: date) -> Standing:
    """How far one is in a snapshot, counted once."""
    what = ("goal", goal, _meant(goal, opened), day)
    return opened.kept(what, lambda opened: standing_of(goal, opened.answers, day))


def standing_waited_for(goal: Goal) -> Standing:
    """The same, however long it takes."""
    day = today()
    return desk().kept(("goal", goal, *meant_of(goal), day), lambda opened: standing_of(goal, opened.answers, day))


def meant_of(*found: Goal) -> tuple[Filter, ...]:
    """What their segments mean now: a rule that somebody changes changes what is counted."""
    opened = desk().opened()
    return tuple(_meant(goal, opened) for goal in found)


def _meant(goal: Goal, opened: Opened) -> Filter:
    try:
        return meant(goal.aim.filter, opened.answers.world.saved)
    except StammError:
        return ()  # whoever counts it is told
