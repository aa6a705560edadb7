"""What is known of a subscriber at the start of a day, as numbers that a model can learn from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stamm.facts.elapsed import YEAR_DAYS
from stamm.predictions.churn.features import Features
from stamm.predictions.contracts.subscribed import DAY, NEVER, PAST_DUE, PAUSED, TRIALING, Reals, Subscribed, Wholes
from stamm.predictions.contracts.use import QUARTER

YEAR = 365
#: as many ends as an average plan would have count beside those that a plan has had
PRIOR_ENDS = 20.0


def features(seen: Subscribed, use: Mapping[str, Reals], horizon: int) -> Features:
    """A row for each customer who pays at the start of the day; `use` has a column of all customers each.

    Times are in days, amounts in minor units a month.
    """
    spans = seen.spans()
    open_now = spans.end == NEVER
    place, since = spans.who[open_now], spans.start[open_now]
    count = len(seen.customers)
    running, paused, trial = seen.running, seen.status == PAUSED, seen.status == TRIALING
    owing = running & (seen.status == PAST_DUE)
    price = _total(seen, running, count)
    earlier = seen.at - QUARTER * DAY
    ran = seen.paying & (seen.start < earlier) & (seen.end >= earlier)
    price_then = _total(seen, ran, count)
    began = np.full(count, NEVER)
    began[place] = since
    first = _total(seen, seen.paying & (seen.start == began[seen.who]), count)
    changed, owes_since = np.zeros(count), np.full(count, float(seen.at))
    np.maximum.at(changed, seen.who[running], seen.start[running])
    np.minimum.at(owes_since, seen.who[owing], seen.start[owing])
    tenure = (seen.at - since) / DAY
    found = {
        "tenure": tenure,
        "since_change": (seen.at - changed[place]) / DAY,
        "year_full": np.floor((tenure + horizon) / YEAR_DAYS) - np.floor(tenure / YEAR_DAYS),
        "spans_before": np.bincount(spans.who, minlength=count)[place] - 1,
        "pauses": _count(seen, paused, count)[place],
        "trial": np.minimum(_count(seen, trial, count), 1)[place],
        "past_due": np.minimum(_count(seen, owing, count), 1)[place],
        "past_due_days": ((seen.at - owes_since) / DAY)[place],
        "past_dues": _count(seen, (seen.status == PAST_DUE) & (seen.start >= seen.at - YEAR * DAY), count)[place],
        "price": price[place],
        "price_to_first": _ratio(price, first)[place],
        "price_to_quarter": _ratio(price, price_then)[place],
        "subscriptions": _count(seen, running, count)[place],
        "plan_ends": _ends_of_plans(seen)[_plan_of(seen, running, count)[place]],
        **{name: column[place] for name, column in use.items()},
    }
    return Features(tuple(found), np.column_stack([np.asarray(each, np.float64) for each in found.values()]), place)


def _total(seen: Subscribed, rows: Wholes | np.ndarray, count: int) -> Reals:
    """Monthly price of these rows, of each customer."""
    found: Reals = np.bincount(seen.who[rows], seen.mrr[rows], count).astype(np.float64)
    return found


def _count(seen: Subscribed, rows: Wholes | np.ndarray, count: int) -> Wholes:
    return np.bincount(seen.who[rows], minlength=count)


def _ratio(one: Reals, other: Reals) -> Reals:
    """One beside the other; 1 where there is no other."""
    return np.where(other > 0, one / np.where(other > 0, other, 1), 1.0)


def _plan_of(seen: Subscribed, running: np.ndarray, count: int) -> Wholes:
    """The dearest plan that each customer pays for; of equal ones the first by name."""
    rows = np.flatnonzero(running)
    order = rows[np.lexsort((-seen.plan[rows], seen.mrr[rows]))]
    found = np.zeros(count, dtype=np.int64)
    found[seen.who[order]] = seen.plan[order]  # the last one written stays
    return found


def _ends_of_plans(seen: Subscribed) -> Reals:
    """How often a year paying ended on each plan, in the year before; drawn towards all plans where it is small."""
    start = seen.at - YEAR * DAY
    paying, spans = seen.paying, seen.spans()
    time = np.maximum(np.minimum(seen.end, seen.at) - np.maximum(seen.start, start), 0) / DAY / YEAR_DAYS
    years = np.bincount(seen.plan[paying], time[paying], len(seen.plans))
    lane = NEVER + 1
    last = np.isin(seen.who * lane + seen.end, spans.who * lane + spans.end)
    ended = paying & last & (seen.end < NEVER) & (seen.end >= start)
    ends = np.bincount(seen.plan[ended], minlength=len(seen.plans))
    if not ends.sum():
        return np.zeros(len(seen.plans))
    usual = ends.sum() / years.sum()
    found: Reals = (ends + PRIOR_ENDS) / (years + PRIOR_ENDS / usual)
    return found
