"""What subscribers pay: their price on a day, and what they paid in a span."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from stamm.analyses.kind import Question
from stamm.analyses.reach import end_of, moment
from stamm.facts.elapsed import YEAR_DAYS, days_between
from stamm.facts.subscriptions import Subscriptions
from stamm.lang.window import Window

_ = ibis._

#: days of a month that is paid for
MONTH_DAYS = YEAR_DAYS / 12


def prices(question: Question, at: datetime) -> ir.Table:
    """One row a customer who pays just before a moment, or owes: `payer`, `price` (minor units a month), the dearest
    `plan` that they pay for, of equal ones the first by name, and `owes_foreign`."""
    rows = _paying(question).filter(Subscriptions().running_at(moment(at))).mutate(plan=_.plan.coalesce(""))
    dearest = ibis.window(group_by="customer_id", order_by=[ibis.desc("mrr_minor"), "plan"])
    return (
        rows.mutate(place=ibis.row_number().over(dearest))
        .group_by(payer=_.customer_id)
        .aggregate(
            price=_.mrr_minor.sum(), plan=(_.place == 0).ifelse(_.plan, None).max(), owes_foreign=_.foreign.any()
        )
    )


def payments(question: Question, span: Window) -> ir.Table:
    """One row a customer who paid for days of a span: `who`, `brought` and `paid`, which are the same, as costs are not
    known, and `foreign`."""
    start, end = moment(span.starts_at(question.organisation.zone)), end_of(question, span)
    rows = _paying(question).mutate(until=ibis.least(_.ended_at.coalesce(end), end))
    rows = rows.filter(_.started_at < end, _.until > start)
    paid = _.mrr_minor * days_between(ibis.greatest(_.started_at, start), _.until) / MONTH_DAYS
    each = rows.mutate(paid=paid).group_by(who=_.customer_id)
    return each.aggregate(brought=_.paid.sum(), paid=_.paid.sum(), foreign=_.foreign.any())


def _paying(question: Question) -> ir.Table:
    return question["subscriptions"].filter(Subscriptions().paying(), _.customer_id.notnull())
