"""Personas asked of a world: groups of customers who behaved alike in the days before one began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from stamm.answers.plan import kinds_of
from stamm.answers.segments import WHO, Segments
from stamm.segments.operators.metric_of_customer import MetricOfCustomer
from stamm.segments.personas import MEASURES, Found, Measured, find
from stamm.segments.personas.finding import EVERYBODY
from stamm.segments.personas.steady import Reals
from stamm.segments.rule import Is


@dataclass(frozen=True)
class Personas:
    """What was found, as customers were known at the start of a day, over so many days before."""

    on: date
    days: int
    found: Found


def personas_of(segments: Segments, on: date | None = None, days: int = 365) -> Personas:
    """The personas of a world; raises UsageError where no orders were ever taken in, or for a day not known."""
    first, *others = (_asked(metric, days) for metric in MEASURES)
    on = segments.day(on, Is(first))
    known = [each for each in others if set(kinds_of(each.facts, segments.world)) <= set(segments.world.coverage)]
    ordered = _each(segments, first, on)
    customers = tuple(sorted(who for who, value in ordered.items() if value and value >= 1))
    values = {EVERYBODY: _column(ordered, customers, first)}
    for each in known:
        values[each.metric] = _column(_each(segments, each, on), customers, each)
    currency = segments.world.organisation.currency
    return Personas(on, days, find(Measured(customers, values, days, currency)))


def _asked(metric: str, days: int) -> MetricOfCustomer:
    return MetricOfCustomer(metric=metric, days=days)


def _each(segments: Segments, asked: MetricOfCustomer, on: date) -> dict[str, float | None]:
    """The metric of each customer of whom there is anything to count."""
    segments.refuse_foreign_money(on, Is(asked))
    rows: pa.Table = segments.world.engine.run(asked.of_each.rows(segments.then(on)))
    return dict(zip(rows[WHO].to_pylist(), rows["value"].to_pylist(), strict=True))


def _column(each: dict[str, float | None], customers: tuple[str, ...], asked: MetricOfCustomer) -> Reals:
    of_nobody = asked.of_each.of_nobody
    cells = ((each.get(who), of_nobody) for who in customers)
    told = (empty if value is None else value for value, empty in cells)
    return np.array([np.nan if value is None else value for value in told], dtype=np.float64)
