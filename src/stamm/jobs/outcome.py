"""How a job comes out: done, cancelled, to be tried again, or put off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

#: the first wait before a job is tried again, and the longest
FIRST, LONGEST = timedelta(seconds=10), timedelta(hours=6)


@dataclass(frozen=True)
class Done:
    """It is done."""


@dataclass(frozen=True)
class Cancel:
    """It is not to be done any more, and why."""

    reason: str


@dataclass(frozen=True)
class Retry:
    """It came to nothing, and why; it is tried again later, at the soonest `after` where somebody asked for that."""

    reason: str
    after: timedelta = timedelta(0)


@dataclass(frozen=True)
class Snooze:
    """It is not time yet: again at that moment, and this was no try."""

    until: datetime


Outcome = Done | Cancel | Retry | Snooze


def pause(tries: int, chance: Random) -> timedelta:
    """How long to wait after so many tries: 10 s doubled by each, up to 6 h, of which chance takes up to a half.

    So that what failed at once does not come back at once.
    """
    longest: timedelta = min(FIRST * 2 ** min(tries - 1, 20), LONGEST)
    return longest * (0.5 + chance.random() / 2)
