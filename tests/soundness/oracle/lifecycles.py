"""The lifecycle, period by period: everybody's days are looked at again.

Written from the catalogue and the analysis's sentences. Slow, and with nothing clever in it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from .calendar import cohorts, unit_start
from .clock import ONE_DAY, day_start, local_day
from .cohorts import kinds_of
from .funnels import Person, Settings, country_of, is_step, known_until, things
from .world import World

Group = str | None


@dataclass(frozen=True)
class Period:
    """None where it cannot be known."""

    active: int | None
    new: int | None
    returning: int | None
    resurrected: int | None
    dormant: int | None
    reason: str


def signs_of(world: World, sign: str, people: str) -> dict[Person, list[datetime]]:
    """When everybody who is counted showed the sign, in order."""
    asked = Settings(steps=sign, people=people)
    found: dict[Person, list[datetime]] = {}
    for person, did in things(world, asked, known_until(world, asked)).items():
        moments = [thing.moment for thing in did if is_step(thing, sign)]
        if moments:
            found[person] = moments
    return found


def reason_of(world: World, sign: str, period: tuple[date, date], unit: str) -> str:
    opens, closes = day_start(world.zone, period[0]), day_start(world.zone, period[1])
    until, first = known_until(world, Settings(steps=sign)), covered_from(world, sign)
    if opens >= world.as_of:
        return "not_begun"
    if opens >= until or period[1] <= first:
        return "outside_coverage"
    if world.history == "cut" and one_before(period[0], unit) < first:
        return "begins_before_data"
    return "not_over" if closes > until else ""


def one_before(first: date, unit: str) -> date:
    """The first day of the unit before the one that begins on `first`."""
    return unit_start(first - ONE_DAY, unit)


def covered_from(world: World, sign: str) -> date:
    return max(world.coverage[kind][0] for kind in kinds_of(sign))


def lifecycle(
    world: World, sign: str, unit: str, people: str, start: date, end: date, by: str | None = None
) -> dict[tuple[date, Group], Period]:
    """By first day of the period, and group; a group of nobody is left out."""
    found: dict[tuple[date, Group], Period] = {}
    signs = signs_of(world, sign, people)
    for period in cohorts(start, end, unit):
        reason = reason_of(world, sign, period, unit)
        if reason in ("not_begun", "outside_coverage"):
            found[period[0], None] = Period(None, None, None, None, None, reason)
            continue
        turns: dict[Group, list[str]] = {}
        for person, moments in signs.items():
            days = [local_day(world.zone, moment) for moment in moments]
            inside = [moment for moment, day in zip(moments, days, strict=True) if period[0] <= day < period[1]]
            earlier = [day for day in days if day < period[0]]
            just_before = [day for day in earlier if day >= one_before(period[0], unit)]
            if not inside and not just_before:
                continue
            at = inside[0] if inside else day_start(world.zone, period[0])
            group = country_of(world, person, at) if by == "country" else None
            if not inside:
                turn = "dormant"
            elif not earlier:
                turn = "new"
            else:
                turn = "returning" if just_before else "resurrected"
            turns.setdefault(group, []).append(turn)
        for group, of_it in (turns or {None: []}).items():
            active = len([turn for turn in of_it if turn != "dormant"])
            if reason == "begins_before_data":
                found[period[0], group] = Period(active, None, None, None, None, reason)
                continue
            each = [of_it.count(turn) for turn in ("new", "returning", "resurrected", "dormant")]
            found[period[0], group] = Period(active, *each, reason)
    return found
