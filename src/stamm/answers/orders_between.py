"""Customers who ordered something, or got it, within some days."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import ibis

from stamm.answers.plan import Plan
from stamm.answers.world import END_OF_TIME, World

_ = ibis._


def customers_of_orders(world: World, moment: str, first: date, last: date) -> frozenset[str]:
    """The numbers of customers with an order that stands and whose `moment` lies on one of these local days.

    `moment` is a column of orders, such as `ordered_at` or `delivered_at`; an order without it is none of them.
    """
    if "orders" not in world.coverage:
        return frozenset()
    orders = Plan(world, (), None, world.day_start(END_OF_TIME))["orders"]
    begins, ends = (
        ibis.timestamp(world.day_start(day).astimezone(UTC).replace(tzinfo=None), timezone="UTC")
        for day in (first, last + timedelta(days=1))
    )
    at = _[moment]
    standing = orders.filter(_.cancelled_at.isnull(), _.customer_id.notnull(), at >= begins, at < ends)
    return frozenset(world.engine.run(standing.select("customer_id").distinct())["customer_id"].to_pylist())
