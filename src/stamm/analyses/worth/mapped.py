"""Customers by what they would bring and their risk, counted into places: a million take no more than ten do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stamm.analyses.worth.judging import Effort, Flags, Judged
from stamm.analyses.worth.tables import DECISIONS, Place

#: bounds of risk, twice as high each
RISKS = (0.0, 0.125, 0.25, 0.5, 1.0)
#: bounds of what they would bring, in times that for which an effort pays if they leave for certain
TIMES = (0, 1, 2, 4, 8)
#: where an effort costs or keeps nothing, in minor units
INSTEAD = 2500


def places(judged: Judged, effort: Effort) -> Iterator[Place]:
    """Places with customers, those of the greatest risk first, and of these who would bring least.

    Both grow by twice, so what an effort saves is as much along a line from the upper left to the lower right.
    """
    bounds = _bounds(effort)
    for row in reversed(range(len(RISKS) - 1)):
        for column in range(len(bounds) + 1):
            edge = bounds[column - 1] if column else None
            inside = within(judged, effort, RISKS[row], edge)
            if customers := int(inside.sum()):
                fight, beyond, alone, let_go = np.bincount(judged.decided[inside], minlength=len(DECISIONS)).tolist()
                yield Place(
                    risk_from=RISKS[row],
                    risk_to=RISKS[row + 1],
                    ahead_from=edge,
                    ahead_to=bounds[column] if column < len(bounds) else None,
                    customers=customers,
                    fight=fight,
                    beyond=beyond,
                    alone=alone,
                    let_go=let_go,
                    ahead=round(judged.ahead[inside].sum()),
                    at_risk=round(judged.at_risk[inside].sum()),
                )


def within(judged: Judged, effort: Effort, risk_from: float, ahead_from: int | None) -> Flags:
    """Who is in the place that begins with this risk and with this amount; None is that of who would bring nothing."""
    bounds = _bounds(effort)
    risk = np.searchsorted(RISKS[1:-1], judged.risk, side="left")
    ahead = np.searchsorted(bounds, judged.ahead, side="left")
    column = 0 if ahead_from is None else bounds.index(ahead_from) + 1
    found: Flags = (risk == RISKS.index(risk_from)) & (ahead == column)
    return found


def _bounds(effort: Effort) -> list[int]:
    pays = round(effort.price_minor / effort.kept) if effort.price_minor and effort.kept else INSTEAD
    return [pays * times for times in TIMES]
