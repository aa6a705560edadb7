"""Which kind of facts a file holds, by what its columns tell."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from stamm.facts import imported
from stamm.sources.guessing.draft import Draft
from stamm.sources.guessing.evidence import HOLDS, Evidence
from stamm.sources.guessing.naming import EXACT
from stamm.sources.guessing.plain import one_a_row
from stamm.sources.guessing.purchases import orders, purchases
from stamm.sources.guessing.reason import Reason, say
from stamm.sources.guessing.shop import Shop

PURCHASES = "purchases"
#: points of what speaks for a kind, below which nothing is taken to be told
ENOUGH = 3.0


@dataclass(frozen=True)
class Kind:
    """A kind of file: how much each role tells of it, and which roles fill the columns of its fact."""

    name: str
    tells: Mapping[str, int]
    columns: Mapping[str, tuple[str, ...]]
    #: one of these has another value in each row
    differs: tuple[str, ...] = ()

    def points(self, evidence: Evidence) -> float:
        """How much speaks for it: what its roles tell, each as much as its column's name is sure."""
        played = evidence.roles.played
        columns = [played[role].column for role in self.differs if role in played]
        if self.differs and not any(evidence.dependencies.unique((column,)) >= HOLDS for column in columns):
            return 0.0
        return sum(
            weight * min(played[role].points, EXACT) / EXACT for role, weight in self.tells.items() if role in played
        )


@lru_cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of kinds.toml."""
    data = tomllib.loads((files("stamm.sources.guessing") / "kinds.toml").read_text(encoding="utf-8"))
    return tuple(
        Kind(
            name,
            about["tells"],
            {column: tuple(roles) for column, roles in about["columns"].items()},
            tuple(about.get("differs", ())),
        )
        for name, about in data.items()
        if name == PURCHASES or name in imported()
    )


def facts_in(evidence: Evidence) -> tuple[list[Draft], Reason]:
    """The facts that the rows hold, and why they are taken for that; none where too little speaks for anything."""
    ranked = sorted(kinds(), key=lambda kind: -kind.points(evidence))
    best, second = ranked[0], ranked[1]
    points = best.points(evidence)
    if points < ENOUGH:
        reason = say(
            "the names of the columns do not tell what the rows are; if they are no orders, write another kind"
        )
        return [orders(Shop.of(evidence))], reason.doubted()
    told = sorted((role for role in best.tells if role in evidence.roles), key=lambda role: -best.tells[role])
    columns = [evidence.roles[role].column for role in told[:4]]
    reason = say("told by {columns}", columns=columns)
    if points < second.points(evidence) + 1.5:
        reason = say(
            "told by {columns}, though they might be {other} too", columns=columns, other=second.name
        ).doubted()
    if best.name == PURCHASES:
        return purchases(evidence), reason
    return [one_a_row(best.name, best.columns, evidence)], reason
