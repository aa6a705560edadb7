"""Customers judged, all of them at once in columns: a shop may have a million."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.analyses.worth.margins import at_risk, margins
from stamm.analyses.worth.tables import ALONE, BEYOND, DECISIONS, FIGHT, LET_GO
from stamm.lang.formula import share
from stamm.lang.phrase import Phrase

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Effort:
    """What an effort for one customer costs, which share of those who would leave it keeps, and what all may cost."""

    price_minor: int
    kept: float
    budget_minor: int

    def pays_from(self, cost: float, ahead: float) -> float | None:
        """The share lost from which an effort that costs so much pays, for those who would bring so much."""
        saved = self.kept * ahead
        return min(cost / saved, 1.0) if saved > 0 and cost <= saved * (1 + SLACK) else None


#: of a probability, what adding up in real numbers may lose
SLACK = 1e-9


@dataclass(frozen=True)
class Judged:
    """Customers, those first for whom an effort gains most; all columns are as long. Money in minor units, not
    rounded.

    `margin`, `low` and `high` are NaN where no model told. `decided` is a place in `DECISIONS`, `segment` one in
    `segments`.
    """

    customers: pa.Array
    risk: Reals
    brought: Reals
    margin: Reals
    ahead: Reals
    low: Reals
    high: Reals
    segment: npt.NDArray[np.int64]
    gain: Reals
    decided: npt.NDArray[np.int64]
    #: what is left of each unit that all of them pay; None where no model told
    whole_margin: float | None
    segments: tuple[Phrase, ...]

    @classmethod
    def of(cls, people: pa.Table, effort: Effort, days_of_pace: float, segments: tuple[Phrase, ...]) -> Self:
        """People as they were asked for, in columns `customer_id`, `risk`, `brought`, `paid`, `staying`, `low`, `high`
        (empty where no model told them) and `segment`; by pace they bring so many times as much as they did."""
        people = people.sort_by("customer_id")
        risk, brought, paid, *told = (
            _reals(people, name) for name in ("risk", "brought", "paid", "staying", "low", "high")
        )
        whole_margin = None if people["staying"].null_count else _whole(brought, paid)
        if whole_margin is None:
            margin, low, high = np.full((3, len(risk)), np.nan)
            ahead = brought * days_of_pace
        else:
            margin = margins(brought, paid)
            ahead, *ends = (margin * each for each in told)
            low, high = np.minimum(*ends), np.maximum(*ends)
        gain = risk * np.maximum(ahead, 0) * effort.kept - effort.price_minor
        order = np.lexsort((ahead <= 0, -gain))
        fits = gain[order] > 0
        within = np.arange(len(order)) < (
            effort.budget_minor // effort.price_minor if effort.price_minor else len(order)
        )
        places = [DECISIONS.index(each) for each in (LET_GO, FIGHT, BEYOND, ALONE)]
        decided = np.select([ahead[order] <= 0, fits & within, fits], places[:3], places[3])
        return cls(
            customers=people["customer_id"].combine_chunks().take(pa.array(order)),
            risk=risk[order],
            brought=brought[order],
            margin=margin[order],
            ahead=ahead[order],
            low=low[order],
            high=high[order],
            segment=people["segment"].to_numpy().astype(np.int64)[order],
            gain=gain[order],
            decided=decided,
            whole_margin=whole_margin,
            segments=segments,
        )

    @property
    def expected(self) -> Reals:
        """What may be expected of each: what they would bring if they stay, times the chance that they do."""
        return (1 - self.risk) * self.ahead

    @property
    def at_risk(self) -> Reals:
        """What their leaving would cost: the risk times what they would bring, and nothing where that is no gain."""
        return at_risk(self.risk, self.ahead)

    def about(self, decision: Phrase) -> Flags:
        """About whom that is decided."""
        found: Flags = self.decided == DECISIONS.index(decision)
        return found


def _whole(brought: Reals, paid: Reals) -> float:
    """What is left of each unit that all paid together."""
    found = share(float(brought.sum()), float(paid.sum()))
    return 1.0 if found is None else float(found)


def _reals(people: pa.Table, name: str) -> Reals:
    found: Reals = pc.cast(people[name], pa.float64()).to_numpy()
    return found
