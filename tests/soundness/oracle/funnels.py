"""The funnel, person by person and beginning by beginning: every attempt is walked through again.

Written from the catalogue and the analysis's sentences. Slow, and with nothing clever in it.
"""

# ruff: noqa: PERF401 - loops that read like the catalogue

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from .clock import day_start
from .identity import sessions, visitor_of
from .world import Row, World, divide, events, orders

Person = tuple[str, str]  # ("customer", customer_id) or ("anonymous", anonymous_id)


@dataclass(frozen=True)
class Settings:
    """As the analysis names them."""

    steps: str = "page:/cart > order"
    mode: str = "ordered"
    within_hours: float = 1.0
    people: str = "visitors"


@dataclass(frozen=True)
class Thing:
    """Something that somebody did: when, what it comes after at the same moment, and which row it is."""

    moment: datetime
    place: int
    row_id: str
    row: Row


@dataclass(frozen=True)
class Attempt:
    """When it began, when each step was reached, in order of time, and whether more can still follow."""

    began: datetime
    reached: tuple[datetime, ...]
    open: bool


@dataclass(frozen=True)
class Step:
    reached: int
    customers: int
    of_first: Fraction | None
    of_before: Fraction | None
    dropped: int | None
    minutes: Fraction | None
    undecided: int


# What people did --------------------------------------------------------------------------------------------


def kind_of(step: str) -> str:
    return step.partition(":")[0]


def is_step(thing: Thing, step: str) -> bool:
    kind, _, name = step.partition(":")
    if kind == "order":
        return thing.place == 2
    if kind == "visit":
        return thing.place == 0
    if kind == "activity":
        return thing.place in (1, 2)
    if thing.place != 1 or (kind != "event" and thing.row["kind"] != kind):
        return False
    if not name:
        return True
    if kind == "page" and name[0] == "/":
        page = thing.row["page"]
        if page is None:
            return False
        return bool(page[: len(name) - 1] == name[:-1]) if name[-1] == "*" else bool(page == name)
    return bool(thing.row["name"] == name)


def things(world: World, settings: Settings, until: datetime) -> dict[Person, list[Thing]]:
    """What everybody who is counted did, in order: all that the facts of the steps tell of."""
    kinds = {kind_of(step) for step in steps_of(settings)}
    found: list[tuple[Person | None, Thing]] = []
    if "visit" in kinds:
        for session in sessions(world):
            first = session[0]
            found.append((visitor_of(world, first), Thing(first["happened_at"], 0, "", first)))
    if kinds & {"event", "page", "screen", "track", "activity"}:
        for event in events(world):
            found.append((visitor_of(world, event), Thing(event["happened_at"], 1, event["event_id"], event)))
    if kinds & {"order", "activity"}:
        for order in orders(world):
            owner = None if order["customer_id"] is None else ("customer", order["customer_id"])
            found.append((owner, Thing(order["ordered_at"], 2, order["order_id"], order)))
    per_person: dict[Person, list[Thing]] = {}
    for person, thing in found:
        if person is None or thing.moment >= until:
            continue
        if settings.people == "customers" and person[0] != "customer":
            continue
        per_person.setdefault(person, []).append(thing)
    for did in per_person.values():
        did.sort(key=lambda thing: (thing.moment, thing.place, thing.row_id))
    return per_person


def steps_of(settings: Settings) -> list[str]:
    return [step.strip() for step in settings.steps.split(">")]


# Attempts ---------------------------------------------------------------------------------------------------


def attempt_from(did: list[Thing], begin: int, settings: Settings, until: datetime) -> Attempt:
    """Walk on from a beginning until the time is over."""
    steps, start = steps_of(settings), did[begin].moment
    end = start + timedelta(hours=settings.within_hours)
    if settings.mode == "any":
        soonest: dict[str, datetime] = {}
        for thing in did[begin:]:
            for step in steps:
                if thing.moment <= end and is_step(thing, step) and step not in soonest:
                    soonest[step] = thing.moment
        return Attempt(start, tuple(sorted(soonest.values())), end >= until and len(soonest) < len(steps))
    reached, broken = [start], False
    for thing in did[begin + 1 :]:
        if len(reached) == len(steps) or broken or thing.moment > end:
            break
        if is_step(thing, steps[len(reached)]):
            reached.append(thing.moment)
        elif settings.mode == "strict":
            broken = True
    return Attempt(start, tuple(reached), end >= until and not broken and len(reached) < len(steps))


def furthest(did: list[Thing], settings: Settings, start: datetime, end: datetime, until: datetime) -> Attempt | None:
    """The attempt that counts; it is open if the person has any that can still get further than it."""
    attempts = []
    for begin, thing in enumerate(did):
        begins = any(is_step(thing, step) for step in steps_of(settings)[: None if settings.mode == "any" else 1])
        if begins and start <= thing.moment < end:
            attempts.append(attempt_from(did, begin, settings, until))
    if not attempts:
        return None
    best = attempts[0]
    for attempt in attempts[1:]:
        if len(attempt.reached) > len(best.reached):
            best = attempt
    return Attempt(best.began, best.reached, any(attempt.open for attempt in attempts))


# The table --------------------------------------------------------------------------------------------------


def known_until(world: World, settings: Settings) -> datetime:
    kinds = {kind_of(step) for step in steps_of(settings)}
    needed = set()
    if kinds - {"order"}:
        needed.add("events")
    if kinds & {"order", "activity"}:
        needed.add("orders")
    last = min(world.coverage[kind][1] for kind in needed)
    return min(world.as_of, day_start(world.zone, last + timedelta(days=1)))


def counted(world: World, settings: Settings, start: date, end: date) -> dict[Person, Attempt]:
    """Everybody who began, with the attempt that counts."""
    until, found = known_until(world, settings), {}
    for person, all_of_it in things(world, settings, until).items():
        # a visit may begin with a stay, and is a thing done all the same
        did = [thing for thing in all_of_it if thing.place != 1 or thing.row["kind"] != "stay"]
        best = furthest(did, settings, day_start(world.zone, start), day_start(world.zone, end), until)
        if best is not None:
            found[person] = best
    return found


def country_of(world: World, person: Person, moment: datetime) -> str | None:
    """What was known of a customer at a moment."""
    known = None
    for row in sorted(world.customers, key=lambda row: row["valid_from"]):
        if person == ("customer", row["customer_id"]) and row["valid_from"] <= moment:
            known = row["country"]
    return known


def funnel(
    world: World, settings: Settings, start: date, end: date, by: str | None = None
) -> dict[tuple[str | None, int], Step]:
    """By group and number of the step."""
    groups: dict[str | None, list[tuple[Person, Attempt]]] = {}
    for person, attempt in counted(world, settings, start, end).items():
        group = country_of(world, person, attempt.began) if by == "country" else None
        groups.setdefault(group, []).append((person, attempt))
    found = {}
    for group, members in (groups or {None: []}).items():
        before = None
        for number in range(1, len(steps_of(settings)) + 1):
            there = [(person, attempt) for person, attempt in members if len(attempt.reached) >= number]
            waits = [attempt.reached[number - 1] - attempt.reached[number - 2] for _, attempt in there]
            short = [attempt for _, attempt in members if len(attempt.reached) < number]
            found[group, number] = Step(
                reached=len(there),
                customers=len([person for person, _ in there if person[0] == "customer"]),
                of_first=divide(len(there), len(members)),
                of_before=None if before is None else divide(len(there), before),
                dropped=None if before is None else before - len(there),
                minutes=None if number == 1 else median(waits),
                undecided=len([attempt for attempt in short if attempt.open]),
            )
            before = len(there)
    return found


def median(waits: list[timedelta]) -> Fraction | None:
    """The middle one in minutes, between the two middle ones of an even number."""
    if not waits:
        return None
    sorted_ = sorted(Fraction(wait // timedelta(microseconds=1), 60_000_000) for wait in waits)
    return (sorted_[(len(sorted_) - 1) // 2] + sorted_[len(sorted_) // 2]) / 2
