"""Questions kept to a segment: of each window, the facts of those who were in it as the window opened.

`segment=lapsed` is a condition of a filter as any other, about customers in the place of a column. What it means is
settled when it is asked: the rule goes with it, so that a number is of the segment as it was then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pyarrow as pa

from stamm.answers.plan import By, Plan, kinds_of
from stamm.answers.segments import Segments
from stamm.answers.world import World
from stamm.facts.filter import SEGMENT, Condition, Filter
from stamm.lang.errors import StammError, UsageError
from stamm.lang.reasons import NO_MEMBERS
from stamm.lang.window import Window
from stamm.segments.inside import facts_of
from stamm.segments.named import Saved, named, resolved
from stamm.segments.rule import Not, Rule, joined, rule_of

#: memberships that are kept for other questions: a rule on so many days
MOST = 60


def settled(where: Filter, saved: Saved) -> Filter:
    """The filter with the rule of each segment that it names; raises UsageError for one that there is not."""
    return tuple(
        replace(each, meant=_meant(each, saved)) if each.dimension == SEGMENT and not each.meant else each
        for each in where
    )


def settled_in(where: Filter, world: World) -> Filter:
    """The same with the segments of a world, which are looked up only where one is named."""
    return settled(where, world.saved()) if any(each.dimension == SEGMENT for each in where) else where


def _meant(condition: Condition, saved: Saved) -> str:
    names = [name for name in condition.values if name is not None]
    if len(names) < len(condition.values):
        raise UsageError("Whether somebody is in a segment is never unknown.", remedy="Name one: segment=lapsed.")
    rule = joined("any", tuple(named(name, saved) for name in names))
    whole = resolved(Not(rule) if condition.other else rule, saved)
    return json.dumps(whole.written(), sort_keys=True)


def in_segment(name: str) -> Condition:
    """The condition that somebody was in a segment."""
    return Condition(SEGMENT, (name.strip() or None,))


@dataclass(frozen=True)
class Chosen:
    """The customers that a filter keeps to by its segments; nobody is left out where it names none."""

    world: World
    rule: Rule | None

    @classmethod
    def of(cls, world: World, where: Filter) -> Chosen:
        """As a settled filter says it."""
        rules = tuple(rule_of(each.meant) for each in where if each.dimension == SEGMENT)
        return cls(world, joined("all", rules) if rules else None)

    def read(self) -> frozenset[str]:
        """The imported kinds that tell of it."""
        if self.rule is None:
            return frozenset()
        facts, beside = facts_of(self.rule)
        return frozenset({*kinds_of(facts, self.world), *beside})

    def knows(self, window: Window) -> bool:
        """Whether it is known who was in it when a window opened."""
        if self.rule is None:
            return True
        days = Segments(self.world).known(self.rule)
        whole = self.world.organisation.history == "complete"
        return window.start <= days.end and (whole or days.start < window.start)

    def unknown(self, windows: Sequence[Window]) -> dict[int, str]:
        """The numbers of the windows of which it is not known, each with that reason."""
        return {number: NO_MEMBERS for number, window in enumerate(windows) if not self.knows(window)}

    def members(self, windows: Sequence[Window]) -> pa.Table | None:
        """Who was in it: `member_window`, the number of a window, and `member`; None where nobody is left out."""
        if self.rule is None:
            return None
        found = [(number, self._on(window.start)) for number, window in enumerate(windows) if self.knows(window)]
        numbers = [pa.repeat(pa.scalar(number, pa.int64()), len(who)) for number, who in found]
        return pa.table(
            {
                "member_window": pa.chunked_array(numbers, pa.int64()),
                "member": pa.chunked_array([chunk for _, who in found for chunk in who.chunks], pa.string()),
            }
        )

    def can_be_told(self, day: date) -> bool:
        """Whether it is known who was in it when a day began; not, where what it is about was never taken in."""
        try:
            return self.knows(Window(day, day + timedelta(days=1)))
        except StammError:
            return False

    @classmethod
    def look_up(cls, world: World, filters: Sequence[Filter], day: date) -> None:
        """Who was in the segments of several settled filters when a day began, in one query, kept for what is asked
        next. Optional: what cannot be told together is left to each question, which says why."""
        asked = [each for each in (cls.of(world, one) for one in filters) if each.can_be_told(day)]
        wanted = {json.dumps(each.rule.written(), sort_keys=True): each.rule for each in asked if each.rule}
        missing = {key: rule for key, rule in wanted.items() if (key, day) not in world.memberships}
        if not 1 < len(missing) <= MOST:
            return
        try:
            found = Segments(world).members_of_each(missing, day)
        except StammError:
            return
        for key, who in found.items():
            _keep(world, (key, day), who)

    def _on(self, day: date) -> pa.ChunkedArray:
        assert self.rule is not None
        kept, key = self.world.memberships, (json.dumps(self.rule.written(), sort_keys=True), day)
        if (found := kept.get(key)) is None:
            found = Segments(self.world).members(self.rule, day)["customer_id"]
            _keep(self.world, key, found)
        return found


def _keep(world: World, key: tuple[str, date], who: pa.ChunkedArray) -> None:
    while len(world.memberships) >= MOST:
        world.memberships.pop(next(iter(world.memberships)), None)
    world.memberships[key] = who


def planned(world: World, windows: tuple[Window, ...], by: By, as_of: datetime, where: Filter) -> Plan:
    """The plan of a question whose filter is settled."""
    rest = tuple(each for each in where if each.dimension != SEGMENT)
    return Plan(world, windows, by, as_of, rest, Chosen.of(world, where).members(windows))
