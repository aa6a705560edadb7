"""Proposing after how many days of silence a customer has left, from the gaps in the data."""

from __future__ import annotations

from dataclasses import dataclass

import ibis

from stamm.answers.plan import Plan
from stamm.answers.world import World
from stamm.lang.language import Language

_ = ibis._

CANDIDATES = (7, 14, 21, 28, 45, 60, 90, 120, 180, 270, 365, 540, 730)
WANTED = 0.95
ENOUGH = 100


@dataclass(frozen=True)
class Proposal:
    """A lapse and why: how many repeat orders came within it."""

    lapse_days: int
    gaps: int
    within: int

    @property
    def reasons(self) -> dict[str, str]:
        """The reason in each language."""
        return {"en": self._reason(Language("en")), "de": self._reason(Language("de"))}

    def _reason(self, language: Language) -> str:
        if self.gaps < ENOUGH:
            return language(
                "the default; {gaps} repeat orders are too few to tell (at least {enough})",
                gaps=language.number(self.gaps),
                enough=ENOUGH,
            )
        return language(
            "{share} of {gaps} repeat orders came within {days} days of the order before",
            share=language.percent(self.within / self.gaps),
            gaps=language.number(self.gaps),
            days=self.lapse_days,
        )


def propose_lapse(world: World, default: int = 90) -> Proposal:
    """The shortest usual period within which 95 % of the repeat orders came; the default below 100 of them."""
    kinds = ("orders",)
    as_of = world.known_until(kinds)
    if as_of is None:
        return Proposal(default, 0, 0)
    gaps = Plan(world, (), None, as_of)["purchases"].filter(_.position > 1)
    counts = {f"d{days}": _.count(where=_.gap_days <= days) for days in CANDIDATES}
    (row,) = world.engine.run(gaps.aggregate(gaps=_.count(), **counts)).to_pylist()
    total = row["gaps"] or 0
    if total < ENOUGH:
        return Proposal(default, total, 0)
    for days in CANDIDATES:
        if row[f"d{days}"] >= WANTED * total:
            return Proposal(days, total, row[f"d{days}"])
    return Proposal(CANDIDATES[-1], total, row[f"d{CANDIDATES[-1]}"])
