"""Who may be leaving: the newest kept prediction of risk, and of the tenth most at risk those who paid most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

import ibis
import ibis.expr.types as ir

from stamm.answers.plan import Plan
from stamm.answers.world import World
from stamm.facts.orders import Orders
from stamm.facts.predictions import RISKS
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
    """One customer: the risk from 0 to 1, orders so far, the day of the last, and what was paid (minor units)."""

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


def kept(world: World) -> tuple[Kept, ...]:
    """All that was kept, the newest first. One query."""
    if "predictions" not in world.coverage:
        return ()
    told = world.engine.table("predictions").filter(_.customer_id.notnull(), _.horizon_days.notnull())
    each = told.group_by("name", "model", "predicted_on", "horizon_days").aggregate(count=_.count())
    found = [Kept(*row.values()) for row in world.engine.run(each).to_pylist()]
    return tuple(sorted(found, key=lambda each: (-each.on.toordinal(), each.key, each.model)))


def leaving(world: World, most: int) -> Leaving | None:
    """What was kept last; None where nothing was kept, or there are no orders. Three queries."""
    as_of = world.known_until(("orders",))
    if "predictions" not in world.coverage or as_of is None:
        return None
    told = world.engine.table("predictions").filter(_.name.isin(RISKS), _.customer_id.notnull())
    newest = told.group_by("name", "predicted_on", "horizon_days").aggregate(count=_.count())
    kept = world.engine.run(newest).to_pylist()
    if not kept:
        return None
    last = max(row["predicted_on"] for row in kept)
    of_it = [row for row in kept if row["predicted_on"] == last]
    chosen = min(of_it, key=lambda row: (RISKS.index(row["name"]), row["horizon_days"]))
    on, key, days = chosen["predicted_on"], chosen["name"], chosen["horizon_days"]
    asked = told.filter(_.name == key, _.predicted_on == on, _.horizon_days == days)
    tenth = ceil(chosen["count"] / PART)
    least = world.engine.run(asked.select("value").order_by(_.value.desc()).limit(tenth)).to_pylist()[-1]["value"]
    rows = _with_orders(world, asked.filter(_.value >= least).select("customer_id", "value"), on)
    ordered = rows.order_by(_.revenue.desc(), _.value.desc(), _.customer_id).limit(most)
    first = tuple(_at_risk(row) for row in world.engine.run(ordered).to_pylist())
    return Leaving(key, on, days, chosen["count"], tenth, first)


def _with_orders(world: World, foretold: ir.Table, on: date) -> ir.Table:
    """Each beside what they ordered before the day of the prediction."""
    plan = Plan(world, (Window(on - timedelta(days=1), on),), None, world.day_start(on))
    before = plan["orders"].filter(Orders().stands(), _.customer_id.notnull())
    theirs = before.group_by(who=_.customer_id).aggregate(
        orders=_.count(), last_on=_.ordered_on.max(), revenue=_.foreign.ifelse(0, _.amount_minor).sum()
    )
    both = foretold.left_join(theirs, [foretold.customer_id == theirs.who]).drop("who")
    return both.mutate(orders=_.orders.coalesce(0), revenue=_.revenue.coalesce(0))


def _at_risk(row: dict[str, Any]) -> AtRisk:
    return AtRisk(row["customer_id"], row["value"], row["orders"], row["last_on"], int(row["revenue"]))
