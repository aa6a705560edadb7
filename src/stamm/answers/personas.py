"""Personas asked of a world: groups of customers who behaved alike in the days before one began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.answers.plan import kinds_of
from stamm.answers.segments import WHO, Segments
from stamm.lang.errors import UsageError
from stamm.lang.formula import share
from stamm.lang.interval import Bounds, wilson
from stamm.segments.operators.metric_of_customer import MetricOfCustomer
from stamm.segments.personas import EVERYBODY, MEASURES, NOWHERE, Found, Measured, alike, find
from stamm.segments.rule import Is

_ = ibis._

#: how many days customers are measured over, and after how many they are looked at again
DAYS, MONTH_DAYS = 365, 30
#: of more events visits are left out: to tell whose each is, for a day of its own, would take minutes
MOST_EVENTS = 5_000_000


@dataclass(frozen=True)
class Since:
    """How steady personas are over a month.

    `same` of the `n` customers who were in one both then and now were in the same; `alike` is the adjusted Rand index
    of the personas that were found then with those of now, both of today's customers: 1 are the same groups, 0 is
    chance; None where none were found then.
    """

    on: date
    n: int
    same: int
    alike: float | None

    @property
    def share(self) -> float | None:
        """Which part kept its persona; None where nobody was in one on both days."""
        found: float | None = share(self.same, self.n)
        return found

    @property
    def interval(self) -> Bounds:
        """The 95% interval of the share."""
        return wilson(self.same, self.n)


@dataclass(frozen=True)
class Personas:
    """What was found, as customers were known at the start of a day.

    `customers` are those with an order in the days before. `since` is empty where a month earlier is not known;
    `without_visits` says that there are too many events to count visits customer by customer.
    """

    on: date
    days: int
    customers: int
    found: Found
    since: Since | None
    without_visits: bool

    def share(self, customers: int) -> float | None:
        """Which part of those with an order some customers are."""
        found: float | None = share(customers, self.customers)
        return found


def personas_of(segments: Segments, on: date | None = None) -> Personas:
    """The personas of a world; raises UsageError where no orders were ever taken in, or for a day not known."""
    on, asked = day_and_measures(segments, on)
    ids, values = measured(segments, asked, on)
    found = find(values)
    since = _since(segments, asked, on, ids, values, found) if found.personas else None
    without_visits = many_events(segments, on)
    return Personas(on, DAYS, values.customers, found, since, without_visits)


def day_and_measures(segments: Segments, on: date | None) -> tuple[date, Sequence[MetricOfCustomer]]:
    """The day, and the measures that are known of it: facts that ended long before the orders are left out."""
    if "orders" not in segments.world.coverage:
        raise UsageError(
            "Personas are found by orders, and none were ever taken in.",
            remedy="Bring some in with `stamm import`.",
        )
    asked = [MetricOfCustomer(metric=metric, days=DAYS) for metric in MEASURES]
    latest = segments.day(on, Is(asked[0]))
    least = on or latest - timedelta(days=MONTH_DAYS)
    known = [asked[0], *(each for each in asked[1:] if _reaches(segments, each, least))]
    if many_events(segments, latest):
        known = [each for each in known if "events" not in kinds_of(each.facts, segments.world)]
    return segments.day(on, *(Is(each) for each in known)), known


def many_events(segments: Segments, day: date) -> bool:
    """Whether more events were known as a day began than visits are counted of."""
    if "events" not in segments.world.coverage:
        return False
    rows = segments.then(day).so_far("events").aggregate(n=_.count())
    return bool(segments.world.engine.run(rows)["n"][0].as_py() > MOST_EVENTS)


def _reaches(segments: Segments, each: MetricOfCustomer, day: date) -> bool:
    try:
        days = segments.known(Is(each))
    except UsageError:  # some of its facts were never taken in
        return False
    return days.start < day <= days.end


def measured(segments: Segments, asked: Sequence[MetricOfCustomer], on: date) -> tuple[pa.ChunkedArray, Measured]:
    """Whoever ordered, sorted, and each metric of them: one query."""
    then = segments.then(on)
    segments.refuse_foreign_money(then, [Is(each) for each in asked])
    rows = asked[0].of_each.rows(then).filter(_.value >= 1).rename({EVERYBODY: "value"})
    for each in asked[1:]:
        of_nobody = each.of_each.of_nobody
        more = each.of_each.rows(then).select(whose=_[WHO], **{each.metric: _.value})
        rows = rows.left_join(more, rows[WHO] == more.whose).drop("whose")
        if of_nobody is not None:
            rows = rows.mutate(**{each.metric: _[each.metric].coalesce(of_nobody)})
    table = segments.world.engine.run(rows.order_by(WHO))
    values = {each.metric: table[each.metric].to_numpy().astype(np.float64) for each in asked}
    return table[WHO], Measured(values, DAYS, segments.world.organisation.currency)


def _since(
    segments: Segments,
    asked: Sequence[MetricOfCustomer],
    on: date,
    ids: pa.ChunkedArray,
    now: Measured,
    found: Found,
) -> Since | None:
    """What a month did to the personas; None where it is not known how everybody was then."""
    before = on - timedelta(days=MONTH_DAYS)
    if not all(_reaches(segments, each, before) for each in asked):
        return None
    ids_then, then = measured(segments, asked, before)
    at = pc.index_in(ids, value_set=ids_then)
    is_now, was_then = found.places(now), np.full(now.customers, NOWHERE, dtype=np.intp)
    was_then[at.is_valid().to_numpy()] = found.places(then)[at.drop_null().to_numpy()]
    both = (is_now != NOWHERE) & (was_then != NOWHERE)
    earlier = find(then)
    index = alike(is_now, earlier.places(now)) if earlier.personas else None
    return Since(before, int(both.sum()), int((both & (is_now == was_then)).sum()), index)
