"""Who may be leaving: the newest kept prediction of risk, and of the tenth most at risk those who paid most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

import ibis
import ibis.expr.types as ir

from stamm.analyses.reach import moment
from stamm.answers.plan import Plan
from stamm.answers.world import World
from stamm.facts.orders import Orders
from stamm.facts.predictions import CONTRACT, risks_by
from stamm.facts.subscriptions import Subscriptions
from stamm.lang.window import Window

_ = ibis._

#: of those foretold, the part that is most at risk
PART = 10


@dataclass(frozen=True)
class Kept:
    """One prediction as it was kept: its key and model, as of which day, for how many days ahead, of how many."""

    key: str
    model: str
    on: date
    horizon_days: int
    customers: int


@dataclass(frozen=True)
class AtRisk:
    """One customer: the risk from 0 to 1, orders so far, the day of the last, and what was paid (minor units).

    Of who pays for subscriptions: how many, the day since which they pay what they do, and how much that is a month.
    """

    customer_id: str
    risk: float
    orders: int
    last_on: date | None
    revenue_minor: int


@dataclass(frozen=True)
class Leaving:
    """The prediction that was kept last, for so many days ahead, of how many, and the first of its tenth at risk."""

    key: str
    on: date
    horizon_days: int
    foretold: int
    tenth: int
    first: tuple[AtRisk, ...]

    @property
    def contract(self) -> bool:
        """Whether it speaks of the end of subscriptions."""
        return self.key == CONTRACT


def kept(world: World) -> tuple[Kept, ...]:
    """All that was kept, the newest first. One query."""
    if "predictions" not in world.coverage:
        return ()
    told = world.engine.table("predictions").filter(_.customer_id.notnull(), _.horizon_days.notnull())
    each = told.group_by("name", "model", "predicted_on", "horizon_days").aggregate(count=_.count())
    found = [Kept(*row.values()) for row in world.engine.run(each).to_pylist()]
    return tuple(sorted(found, key=lambda each: (-each.on.toordinal(), each.key, each.model)))


def leaving(world: World, most: int) -> Leaving | None:
    """What was kept last; None where nothing was kept that there are orders or subscriptions to. Three queries."""
    if "predictions" not in world.coverage:
        return None
    risks = [
        key
        for key in risks_by(world.organisation.spell_rule)
        if ("subscriptions" if key == CONTRACT else "orders") in world.coverage
    ]
    told = world.engine.table("predictions").filter(_.name.isin(risks), _.customer_id.notnull())
    newest = told.group_by("name", "predicted_on", "horizon_days").aggregate(count=_.count())
    kept = world.engine.run(newest).to_pylist()
    if not kept:
        return None
    last = max(row["predicted_on"] for row in kept)
    of_it = [row for row in kept if row["predicted_on"] == last]
    chosen = min(of_it, key=lambda row: (risks.index(row["name"]), row["horizon_days"]))
    on, key, days = chosen["predicted_on"], chosen["name"], chosen["horizon_days"]
    asked = told.filter(_.name == key, _.predicted_on == on, _.horizon_days == days)
    tenth = ceil(chosen["count"] / PART)
    least = world.engine.run(asked.select("value").order_by(_.value.desc()).limit(tenth)).to_pylist()[-1]["value"]
    beside = _with_subscriptions if key == CONTRACT else _with_orders
    rows = beside(world, asked.filter(_.value >= least).select("customer_id", "value"), on)
    ordered = rows.order_by(_.revenue.desc(), _.value.desc(), _.customer_id).limit(most)
    first = tuple(_at_risk(row) for row in world.engine.run(ordered).to_pylist())
    return Leaving(key, on, days, chosen["count"], tenth, first)


def _with_orders(world: World, foretold: ir.Table, on: date) -> ir.Table:
    """Each beside what they ordered before the day of the prediction."""
    before = _before(world, on)["orders"].filter(Orders().stands(), _.customer_id.notnull())
    theirs = before.group_by(who=_.customer_id).aggregate(
        orders=_.count(), last_on=_.ordered_on.max(), revenue=_.foreign.ifelse(0, _.amount_minor).sum()
    )
    return _beside(foretold, theirs)


def _with_subscriptions(world: World, foretold: ir.Table, on: date) -> ir.Table:
    """Each beside what they paid for when the day of the prediction began."""
    subscriptions, start = Subscriptions(), moment(world.day_start(on))
    running = _before(world, on)["subscriptions"].filter(subscriptions.paying(), subscriptions.running_at(start))
    theirs = running.filter(_.customer_id.notnull()).group_by(who=_.customer_id)
    theirs = theirs.aggregate(
        orders=_.count(),
        last_on=_.started_on.max(),
        revenue=_.foreign.ifelse(0, _.mrr_minor).sum(),
    )
    return _beside(foretold, theirs)


def _before(world: World, on: date) -> Plan:
    return Plan(world, (Window(on - timedelta(days=1), on),), None, world.day_start(on))


def _beside(foretold: ir.Table, theirs: ir.Table) -> ir.Table:
    both = foretold.left_join(theirs, [foretold.customer_id == theirs.who]).drop("who")
    return both.mutate(orders=_.orders.coalesce(0), revenue=_.revenue.coalesce(0))


def _at_risk(row: dict[str, Any]) -> AtRisk:
    return AtRisk(row["customer_id"], row["value"], row["orders"], row["last_on"], int(row["revenue"]))
