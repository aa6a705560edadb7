"""What customers asked of customer service, and how long it took."""

# ruff: noqa: PERF401 - loops that read like the catalogue

from datetime import date, datetime, timedelta
from fractions import Fraction

from .world import Row, Value, World, closing, happened, hours, outside, within


def elapsed(start: datetime, end: datetime, unit: timedelta) -> Fraction:
    """How many such units lie between, exactly."""
    tick = timedelta(microseconds=1)
    return Fraction((end - start) // tick, unit // tick)


def middle(found: list[Fraction]) -> Fraction | None:
    """The median: the middle one, of an even number midway between the two in the middle."""
    ordered = sorted(found)
    if not ordered:
        return None
    half = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def tickets_opened(world: World, start: date, end: date) -> Value:
    """By opened_at."""
    if outside(world, ["tickets"], start, end):
        return None
    return sum(1 for ticket in world.tickets if within(world, ticket["opened_at"], start, end))


def first_response_time(world: World, start: date, end: date) -> Value:
    """Median minutes from opened to first reply, by opened_at."""
    if outside(world, ["tickets"], start, end):
        return None
    found = []
    for ticket in world.tickets:
        if within(world, ticket["opened_at"], start, end) and happened(world, ticket["first_reply_at"]):
            found.append(elapsed(ticket["opened_at"], ticket["first_reply_at"], timedelta(minutes=1)))
    return middle(found)


def resolved_by(ticket: Row, moment: datetime) -> bool:
    """Resolved before the moment, and not reopened after that and before the moment."""
    if ticket["resolved_at"] is None or ticket["resolved_at"] >= moment:
        return False
    reopened_at = ticket["reopened_at"]
    return not (reopened_at is not None and ticket["resolved_at"] < reopened_at < moment)


def resolution_time(world: World, start: date, end: date) -> Value:
    """Median hours from opened to (last) resolved, by resolved_at; a ticket reopened after it is open."""
    if outside(world, ["tickets"], start, end):
        return None
    found = []
    for ticket in world.tickets:
        if within(world, ticket["resolved_at"], start, end) and resolved_by(ticket, world.as_of):
            found.append(elapsed(ticket["opened_at"], ticket["resolved_at"], timedelta(hours=1)))
    return middle(found)


def overdue_tickets(world: World, start: date, end: date, after: int = 48) -> Value:
    """Opened more than 48 h before the window's end and not resolved by it."""
    if outside(world, ["tickets"], start, end):
        return None
    moment = closing(world, end)
    waiting = [ticket for ticket in world.tickets if moment - ticket["opened_at"] > hours(after)]
    return sum(1 for ticket in waiting if not resolved_by(ticket, moment))
