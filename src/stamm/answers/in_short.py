"""Some customers in short, as they were known at the end of a window: who they are and what they ordered until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import ibis

from stamm.answers.plan import Plan
from stamm.answers.world import World
from stamm.facts.orders import Orders
from stamm.lang.window import Window

_ = ibis._

#: what is told of who somebody is
SAID = ("name", "acquired_through")


@dataclass(frozen=True)
class InShort:
    """One customer; `revenue_minor` is what they ordered, whatever they sent back.

    It is None where amounts are in a currency that cannot be added.
    """

    customer_id: str
    name: str
    acquired_through: str
    orders: int
    last_on: date | None
    revenue_minor: int | None


def in_short(world: World, customers: Sequence[str], window: Window) -> tuple[InShort, ...]:
    """These customers in their order. Two queries, however many there are; meant for one page of them."""
    if not customers:
        return ()
    who, kinds = _named(world, customers, window), ("orders",)
    ordered = _ordered(world, customers, window) if world.known_from(kinds) else {}
    return tuple(_one(customer, who.get(customer, {}), ordered.get(customer, {})) for customer in customers)


def _one(customer: str, who: dict[str, Any], ordered: dict[str, Any]) -> InShort:
    return InShort(
        customer_id=customer,
        name=who.get("name") or "",
        acquired_through=who.get("acquired_through") or "",
        orders=ordered.get("orders", 0),
        last_on=ordered.get("last_on"),
        revenue_minor=None if ordered.get("foreign") else int(ordered.get("revenue") or 0),
    )


def _named(world: World, customers: Sequence[str], window: Window) -> dict[str, dict[str, Any]]:
    """What was known of each when the window closed."""
    end = ibis.timestamp(window.ends_at(world.organisation.zone).astimezone(UTC).replace(tzinfo=None), timezone="UTC")
    versions = Plan(world, (window,), None, window.ends_at(world.organisation.zone))["customer_versions"]
    theirs = versions.filter(_.customer_id.isin(customers), _.valid_from < end)
    last = theirs.filter(_.valid_until.isnull() | (_.valid_until >= end))
    return {row["customer_id"]: row for row in world.engine.run(last.select("customer_id", *SAID)).to_pylist()}


def _ordered(world: World, customers: Sequence[str], window: Window) -> dict[str, dict[str, Any]]:
    as_of = world.known_until(("orders",))
    assert as_of is not None  # there are orders
    orders = Plan(world, (window,), None, as_of)["orders"]
    stood = orders.filter(Orders().stands(), _.customer_id.isin(customers), _.ordered_on < window.end)
    found = stood.group_by("customer_id").aggregate(
        orders=_.count(), last_on=_.ordered_on.max(), revenue=_.amount_minor.sum(), foreign=_.foreign.any()
    )
    return {row["customer_id"]: row for row in world.engine.run(found).to_pylist()}
