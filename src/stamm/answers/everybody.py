"""Everybody at once: who the customers are, what each did so far, and where each stands. One query a table.

Who is known by nothing but what they looked at is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from stamm.analyses.rfm import Rfm
from stamm.analyses.rfm.scoring import GROSS, REVENUE, Scoring
from stamm.analyses.rfm.segments import SEGMENTS, segment
from stamm.answers.ask import Answers
from stamm.answers.inquiry import Inquiry
from stamm.answers.plan import Plan, kinds_of
from stamm.answers.world import END_OF_TIME, World
from stamm.facts import imported
from stamm.facts.predictions import risks_by
from stamm.facts.purchases import bought
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window, day_of

_ = ibis._

#: days whose orders are scored
SCORED_DAYS = 365
#: where somebody stands, by the organisation's rule of when one is a customer
STATES: Mapping[str, Phrase] = {
    "customer": Phrase("customer", "Kunde"),
    "again": Phrase("customer again", "wieder Kunde"),
    "left": Phrase("left", "gegangen"),
    "": Phrase("not a customer yet", "noch kein Kunde"),
}
#: what finds somebody
NAMED = ("name", "email", "phone", "company", "city", "country")


class Standing(NamedTuple):
    """How far what is told of everybody reaches: the end of what is known (None without facts), whether returns are
    known, and what is foretold: its key, for how many days ahead, as of when."""

    as_of: datetime | None
    returns: bool
    risk: tuple[str, int, datetime] | None


@dataclass(frozen=True)
class Everybody:
    """All customers, a row each by columns of a book; `standing` says what they mean."""

    standing: Standing
    rows: pa.Table


def everybody(world: World) -> Everybody:
    """All customers of a world as they are at the end of what is known."""
    as_of = world.known_until(kinds_of(("spells",), world))
    always = Plan(world, (), None, world.day_start(END_OF_TIME))
    plan = always if as_of is None else Plan(world, (), None, as_of)
    risk = _newest_risk(always)
    returns = "returns" in world.coverage
    people = _named(always)
    for found in (_ordered(plan, returns=returns), _spells(plan) if as_of else None, _risks(always, risk)):
        if found is not None:
            people = people.left_join(found, people.customer_id == found.whose).drop("whose")
    rows = world.engine.run(people)
    segments = _segments(world, as_of, returns=returns)
    places = pc.index_in(rows["customer_id"], pa.array(segments, pa.string()))
    segment = pa.array(segments.values(), pa.int64()).take(places.combine_chunks())
    return Everybody(Standing(as_of, returns, risk), rows.append_column("segment", segment))


def orders_of(world: World) -> pa.Table:
    """All `order_id` with their `customer_id`, those of a customer in their order; cancelled ones too."""
    orders = world.engine.table("orders").filter(_.customer_id.notnull()).select("customer_id", "order_id")
    return world.engine.run(orders.order_by("customer_id", "order_id"))


def _named(plan: Plan) -> ir.Table:
    """One row a customer: who it is, as it was said last."""
    order = ibis.window(group_by="customer_id", order_by=_.valid_from.desc())
    said = plan["customers"].mutate(place=ibis.row_number().over(order)).filter(_.place == 0)
    said = said.select("customer_id", *NAMED)
    kinds = [key for key, kind in imported().items() if "customer_id" in kind.carried() and key != "events"]
    ids = ibis.union(*(plan[key].select("customer_id") for key in kinds), distinct=True)
    ids = ids.filter(_.customer_id.notnull()).select(who=_.customer_id)
    both = ids.left_join(said, ids.who == said.customer_id)
    return both.select(customer_id=_.who, **{name: _[name] for name in NAMED})


def _ordered(plan: Plan, *, returns: bool) -> ir.Table:
    """What each customer ordered so far; the revenue is unknown where some of it has no rate."""
    done = (
        bought(plan)
        .group_by(whose=_.customer_id)
        .aggregate(
            orders=_.count(),
            last_order_at=_.ordered_at.max(),
            paid=_.amount_minor.sum(),
            foreign=_.foreign.any(),
        )
    )
    done = done.mutate(revenue_minor=_.foreign.ifelse(None, _.paid))
    if returns:
        back = plan["sent_back"].filter(_.customer_id.notnull()).group_by(sender=_.customer_id)
        back = back.aggregate(back=_.amount_minor.sum(), unpriced=_.foreign.any())
        done = done.left_join(back, done.whose == back.sender).mutate(
            revenue_minor=_.unpriced.coalesce(False).ifelse(None, _.revenue_minor - _.back.coalesce(0))
        )
    return done.select("whose", "orders", "last_order_at", "revenue_minor")


def _spells(plan: Plan) -> ir.Table:
    """Where each customer stands: the last of their spells."""
    latest = ibis.window(group_by="customer_id", order_by=_.number.desc())
    last = plan["spells"].mutate(place=ibis.row_number().over(latest)).filter(_.place == 0)
    state = ibis.cases((_.ended_at.notnull(), "left"), (_.number > 1, "again"), else_="customer")
    return last.select(whose=_.customer_id, state=state, state_since=_.ended_at.coalesce(_.started_at))


def _newest_risk(plan: Plan) -> tuple[str, int, datetime] | None:
    """Of what was foretold of leaving the better one, and of that the newest."""
    risks = risks_by(plan.world.organisation.spell_rule)
    told = plan["predictions"].filter(_.name.isin(risks), _.horizon_days.notnull())
    found = plan.world.engine.run(told.group_by("name", "horizon_days").aggregate(at=_.predicted_at.max())).to_pylist()
    best = min(found, key=lambda row: (risks.index(row["name"]), -row["at"].timestamp()), default=None)
    return None if best is None else (best["name"], best["horizon_days"], best["at"])


def _risks(plan: Plan, risk: tuple[str, int, datetime] | None) -> ir.Table | None:
    if risk is None:
        return None
    name, days, at = risk
    moment = ibis.timestamp(at.replace(tzinfo=None), timezone="UTC")
    told = plan["predictions"].filter(_.name == name, _.horizon_days == days, _.predicted_at == moment)
    return told.select(whose=_.customer_id, risk=_.value, risk_low=_.low, risk_high=_.high)


def _segments(world: World, as_of: datetime | None, *, returns: bool) -> dict[str, int]:
    """The place in `SEGMENTS` of everybody who ordered in the days scored."""
    facts = ("orders", "returns") if returns else ("orders",)
    if as_of is None or world.known_until(facts) is None:
        return {}
    end = day_of(as_of, world.organisation.zone)
    span = Window(end - timedelta(days=SCORED_DAYS), end)
    money = REVENUE if returns else GROSS
    question = Inquiry(Answers(world), Rfm(money=money), span, None)
    if question.as_of is None:
        return {}
    found = question.run(Scoring(money).customers(question, span).select("customer_id", "r", "worth"))
    places = {name: place for place, name in enumerate(SEGMENTS)}
    return {row["customer_id"]: places[segment(row["r"], row["worth"])] for row in found}
