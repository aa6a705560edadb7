"""Proposing after how many days of silence a customer has left, from the gaps in the data."""

from __future__ import annotations

from dataclasses import dataclass

import ibis

from stamm.answers.plan import Plan
from stamm.answers.world import World
from stamm.lang.language import Language

_ = ibis._

CANDIDATES = (7, 14, 21, 28, 45, 60, 90, 120, 180, 270, 365, 540, 730)
WANTED = 0.99
ENOUGH = 100
#: under a cut history the lapse passes before anything can be said: leave three quarters of the data to measure
LONGEST_PART = 0.25


@dataclass(frozen=True)
class Proposal:
    """A lapse and why: how many of the gaps between orders it covers."""

    lapse_days: int
    gaps: int
    within: int
    capped: bool = False

    @property
    def reasons(self) -> dict[str, str]:
        """The reason in each language."""
        return {"en": self._reason(Language("en")), "de": self._reason(Language("de"))}

    def _reason(self, language: Language) -> str:
        if self.gaps < ENOUGH:
            return language(
                "the default; repeat orders so far: {gaps}, too few to tell (at least {enough})",
                gaps=language.number(self.gaps),
                enough=ENOUGH,
            )
        reason = language(
            "{share} of {gaps} repeat orders came within {days} days of the order before",
            share=language.percent(self.within / self.gaps),
            gaps=language.number(self.gaps),
            days=self.lapse_days,
        )
        capped = language("a longer silence would leave too little of the data to measure")
        return f"{reason}; {capped}" if self.capped else reason


def propose_lapse(world: World, default: int = 90) -> Proposal:
    """The shortest usual period within which 99 % of the repeat orders came, at most a quarter of the data's span.

    The default where there are fewer than 100 repeat orders.
    """
    as_of, first = world.known_until(("orders",)), world.known_from(("orders",))
    if as_of is None or first is None:
        return Proposal(default, 0, 0)
    gaps = Plan(world, (), None, as_of)["purchases"].filter(_.position > 1)
    counts = {f"d{days}": _.count(where=_.gap_days <= days) for days in CANDIDATES}
    (row,) = world.engine.run(gaps.aggregate(gaps=_.count(), **counts)).to_pylist()
    if row["gaps"] < ENOUGH:
        return Proposal(default, row["gaps"], 0)
    longest = LONGEST_PART * (as_of - world.day_start(first)).days
    possible = [days for days in CANDIDATES if days <= longest] or [CANDIDATES[0]]
    enough = [days for days in possible if row[f"d{days}"] >= WANTED * row["gaps"]]
    days = enough[0] if enough else possible[-1]
    return Proposal(days, row["gaps"], row[f"d{days}"], capped=not enough)
