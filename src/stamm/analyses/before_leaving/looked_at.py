"""Who is looked at, and when: customers whose last sign of life it was, and those who stayed, to set beside them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.analyses.kind import Question
from stamm.analyses.reach import end_of, moment
from stamm.facts.elapsed import days_between
from stamm.facts.orders import Orders
from stamm.lang.window import Window

_ = ibis._

#: days since the first spell began, at which a band of tenure begins
BANDS = (30, 90, 180, 365, 730)
WEEK = timedelta(weeks=1) // timedelta(microseconds=1)
STRATUM = ("week", "band")


def lapse_of(question: Question) -> timedelta:
    """How long after the last sign of life a spell ends."""
    organisation = question.organisation
    return timedelta(days=0 if organisation.spell_rule == "subscriptions" else organisation.lapse_days)


def looked_at(question: Question, span: Window, days: int) -> ir.Table:
    """One row a customer: `at` which moment they are looked at, `left`, and the week and band they are matched by.

    `long` says whether they were customers for all of the days before that are compared.
    """
    lapse = ibis.interval(hours=24 * lapse_of(question).days)
    left = _left(question, span).mutate(at=_.ended_at - lapse)
    stayed = _stayed(question, span, left)
    both = left.select("customer_id", "at", "first_started_at", left=True).union(
        stayed.select("customer_id", "at", "first_started_at", left=False)
    )
    origin = moment(span.starts_at(question.organisation.zone) - lapse_of(question))
    tenure = days_between(_.first_started_at, _.at)
    band: Deferred | ir.IntegerScalar = ibis.literal(0, "int64")
    for number, since in enumerate(BANDS, 1):
        band = (tenure >= since).ifelse(number, band)
    week = (_.at.delta(origin, unit="microsecond") // WEEK).cast("int64")
    both = both.mutate(week=week, band=band, long=tenure >= 2 * days)
    return both.select("customer_id", "at", "left", "long", *STRATUM)


def _left(question: Question, span: Window) -> ir.Table:
    """The last spell of each customer that ended in the span."""
    start = moment(span.starts_at(question.organisation.zone))
    ended = question["spells"].filter(_.ended_at.notnull(), _.ended_at >= start, _.ended_at < end_of(question, span))
    ended = question.grouped(ended, "started_at")
    last = ibis.window(group_by="customer_id", order_by=_.ended_at.desc())
    return ended.mutate(place=ibis.row_number().over(last)).filter(_.place == 0)


def _stayed(question: Question, span: Window, left: ir.Table) -> ir.Table:
    """Customers of whom no spell ended in the span, each at one moment of those at which they can be looked at.

    Under a lapse these are their signs of life that were followed by another in time. Subscribers show none: they are
    looked at when somebody else left, if they were here then. Which one it is of several goes round by customer.
    """
    first = question["spells"].group_by("customer_id").aggregate(first_started_at=_.first_started_at.min())
    others = question.grouped(first, "first_started_at").anti_join(left, "customer_id")
    in_turn = ibis.window(order_by="customer_id")
    others = others.mutate(number=ibis.row_number().over(in_turn)).select("customer_id", "first_started_at", "number")
    possible = _when_others_left(question, left, others) if _subscribe(question) else _signs(question, span, others)
    mine = ibis.window(group_by="customer_id", order_by="at")
    all_mine = ibis.window(group_by="customer_id")
    possible = possible.mutate(place=ibis.row_number().over(mine), several=_.at.count().over(all_mine))
    return possible.filter(_.place == _rest(_.number, _.several))


def _rest(number: Any, of: Any) -> Any:
    """What is left of a number, divided; engines write a remainder in their own ways."""
    return number - number // of * of


def _subscribe(question: Question) -> bool:
    return question.organisation.spell_rule == "subscriptions"


def _signs(question: Question, span: Window, others: ir.Table) -> ir.Table:
    """Orders, or orders and events, that were followed by another before the lapse was over."""
    zone, lapse = question.organisation.zone, lapse_of(question)
    signs = (
        question["orders"].filter(Orders().stands(), _.customer_id.notnull()).select(who=_.customer_id, at=_.ordered_at)
    )
    if question.organisation.spell_rule == "activity":
        events = question["identity"].filter(_.customer_id.notnull()).select(who=_.customer_id, at=_.happened_at)
        signs = signs.union(events, distinct=False)
    following = ibis.window(group_by="who", order_by="at")
    signs = signs.distinct().mutate(after=_.at.lead().over(following))
    opens, closes = moment(span.starts_at(zone) - lapse), end_of(question, span) - ibis.interval(hours=24 * lapse.days)
    signs = signs.filter(
        _.at >= opens, _.at < closes, _.after.notnull(), _.after <= _.at + ibis.interval(hours=24 * lapse.days)
    )
    return others.inner_join(signs, others.customer_id == signs.who).drop("who", "after")


def _when_others_left(question: Question, left: ir.Table, others: ir.Table) -> ir.Table:
    """Each customer at one of the moments at which somebody left, where they were here then."""
    moments = left.select("at").distinct()
    moments = moments.mutate(
        turn=ibis.row_number().over(ibis.window(order_by="at")), turns=_.at.count().over(ibis.window())
    )
    dealt = others.inner_join(moments, _rest(others.number, moments.turns) == moments.turn)
    spells = question["spells"].select("started_at", "ended_at", who=_.customer_id)
    here = dealt.inner_join(spells, dealt.customer_id == spells.who)
    here = here.filter(_.started_at < _.at, _.ended_at.isnull() | (_.ended_at >= _.at))
    return here.select("customer_id", "first_started_at", "number", "at").distinct()
