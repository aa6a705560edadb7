"""Answers: every number with its parts, n, interval, and whether it is final."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stamm.facts.filter import Filter
from stamm.lang.window import Window
from stamm.metrics.kind import Metric

Number = int | float
#: numbers by window (its place in the windows asked for) and group
Cells = dict[tuple[int, str | None], Number | None]


@dataclass(frozen=True)
class Row:
    """One window (and group): value, parts by name, n, 95 % interval, and whether the window is over.

    Money is in minor units, shares are 0..1. `low` and `high` are None where the metric has no interval or
    the window is not complete. `reason` says why there is no value.
    """

    window: Window
    group: str | None
    value: Number | None
    parts: Mapping[str, Number | None]
    n: int | None
    low: float | None
    high: float | None
    complete: bool
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """All rows of one question, and what is needed to trust them."""

    metric: Metric
    by: str | None
    rows: tuple[Row, ...]
    currency: str
    zone: str
    as_of: datetime | None
    snapshot: int
    simulated: bool = False
    #: rows of facts that were passed over in the windows asked for, by what they were
    left_out: Mapping[str, int] = field(default_factory=dict)
    #: fact kinds the answer was computed from
    kinds: tuple[str, ...] = ()
    #: what the facts were kept to
    where: Filter = ()
