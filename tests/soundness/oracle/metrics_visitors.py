"""Visitors and conversions. Needs events; links only sharpen who is who."""

from datetime import date

from .identity import Visitor, sessions, visitor_of
from .world import Row, Value, World, divide, events, outside, within

CONVERSION = "Order Completed"


def events_in(world: World, start: date, end: date) -> list[Row]:
    return [event for event in events(world) if within(world, event["happened_at"], start, end)]


def visitors_in(world: World, start: date, end: date) -> set[Visitor]:
    """Everyone with any event in the window."""
    return {visitor_of(world, event) for event in events_in(world, start, end)}


def conversions_in(world: World, start: date, end: date) -> list[Row]:
    """Reading: an event of the conversion's name, whatever its kind."""
    return [event for event in events_in(world, start, end) if event["name"] == CONVERSION]


def conversion_rate(world: World, start: date, end: date) -> Value:
    """Visitors who did the conversion event / visitors."""
    if outside(world, ["events"], start, end):
        return None
    converted = {visitor_of(world, event) for event in conversions_in(world, start, end)}
    return divide(len(converted), len(visitors_in(world, start, end)))


def conversions_per_visitor(world: World, start: date, end: date) -> Value:
    """Conversions / visitors."""
    if outside(world, ["events"], start, end):
        return None
    return divide(len(conversions_in(world, start, end)), len(visitors_in(world, start, end)))


def conversions_per_session(world: World, start: date, end: date) -> Value:
    """Conversions / sessions.

    Reading: conversions by their own moment, sessions by their start, so that a conversion just after
    midnight in a session begun before it counts in the new day and its session in the old one.
    """
    if outside(world, ["events"], start, end):
        return None
    begun = [session for session in sessions(world) if within(world, session[0]["happened_at"], start, end)]
    return divide(len(conversions_in(world, start, end)), len(begun))
