"""Kaplan and Meier's curve as a table would be worked out by hand: one time after the other, in fractions."""

from datetime import date, datetime, timedelta
from fractions import Fraction

from .spells import spells
from .world import World, closing

Length = tuple[timedelta, bool]


def lengths(world: World, end: date) -> list[Length]:
    """How long each spell begun before the end was, and whether it was over by then."""
    seen_from: datetime = closing(world, end)
    found = []
    for spell in spells(world):
        if spell.started_at < seen_from:
            over = spell.ended_at is not None and spell.ended_at < seen_from
            until = spell.ended_at if over and spell.ended_at is not None else seen_from
            found.append((until - spell.started_at, over))
    return found


def still_here(known: list[Length], time: timedelta) -> Fraction:
    """The share still here after that time."""
    share = Fraction(1)
    for moment in sorted({length for length, over in known if over and length <= time}):
        at_risk = [length for length, _ in known if length >= moment]
        ended = [length for length, over in known if over and length == moment]
        share *= 1 - Fraction(len(ended), len(at_risk))
    return share


def at_risk(known: list[Length], time: timedelta) -> int:
    return len([length for length, _ in known if length >= time])
