"""Points: earned with deliveries, redeemed at the next order, given back when that one is cancelled, and expired."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY, Whole
from stamm.sources.simulated.columns import NEVER, chosen, moments, named, whole
from stamm.sources.simulated.orders import Orders
from stamm.sources.simulated.people import People

KINDS = ("earned", "redeemed", "expired", "reversed")
EARNED, REDEEMED, EXPIRED, REVERSED = range(4)
_REASONS = ("order delivered", "reward", "no order for a year", "order cancelled")
#: minor units paid for one point; every so many points earned, so many are redeemed
A_POINT, STEP, REWARD = 100, 200, 150
#: what a redeemed point is worth, minor units
WORTH = 2
EXPIRE_DAYS = 365
#: moments as ticks of about a millisecond, room for 35 years of them
_TICK, _SPAN = 1 << 10, 1 << 40


@dataclass(frozen=True)
class Postings:
    """Postings of a block, one place in every array each."""

    number: Whole
    who: Whole
    at: Whole
    kind: Whole
    quantity: Whole


def postings(folk: People, made: Orders) -> Postings:
    """All postings before the end. A reward is never more than what was earned by then."""
    shop = folk.shop
    place = np.flatnonzero(folk.loyal[made.who] & (made.delivered < shop.end))
    place = place[np.lexsort((made.delivered[place], made.who[place]))]
    who, at, points = made.who[place], made.delivered[place], made.amount[place] // A_POINT
    total = np.cumsum(points)
    first = np.r_[True, who[1:] != who[:-1]] if len(who) else np.zeros(0, bool)
    before = np.maximum.accumulate(np.where(first, total - points, 0)) if len(who) else total
    steps = (total - before) // STEP
    passed = steps - np.where(first, 0, np.r_[0, steps[:-1]])[: len(steps)]
    # the reward is taken with the first order placed after the step was passed
    stepped = np.flatnonzero(passed > 0)
    key, wish = (
        whose * _SPAN + (moment - shop.start) // _TICK
        for whose, moment in ((made.who, made.at), (who[stepped], at[stepped] + _TICK))
    )
    taken = np.searchsorted(key, wish)
    fits = taken < len(key)
    fits[fits] = made.who[taken[fits]] == who[stepped][fits]
    stepped, taken = stepped[fits], taken[fits]
    spent = -REWARD * passed[stepped]
    void = np.flatnonzero(made.cancelled[taken] < shop.end)
    balance = np.bincount(who, points, len(folk)) + np.bincount(who[stepped], spent, len(folk))
    balance = balance.astype(np.int64) - np.bincount(who[stepped][void], spent[void], len(folk)).astype(np.int64)
    last = np.full(len(folk), -NEVER)
    np.maximum.at(last, made.who, np.maximum(made.at, np.where(made.delivered < shop.end, made.delivered, 0)))
    runs_out = last + EXPIRE_DAYS * DAY
    idle = np.flatnonzero(folk.loyal & (balance > 0) & (runs_out < shop.end))
    return Postings(
        number=np.concatenate(
            [
                made.number[place] * 4,
                made.number[place][stepped] * 4 + 1,
                made.number[place][stepped][void] * 4 + 2,
                folk.number[idle] * 4 + 3,
            ]
        ),
        who=np.concatenate([who, who[stepped], who[stepped][void], idle]),
        at=np.concatenate([at, made.at[taken], made.cancelled[taken][void], runs_out[idle]]),
        kind=np.repeat([EARNED, REDEEMED, REVERSED, EXPIRED], [len(place), len(stepped), len(void), len(idle)]),
        quantity=np.concatenate([points, spent, -spent[void], -balance[idle]]),
    )


def posting_rows(folk: People, made: Postings) -> pa.Table:
    """Facts: the postings."""
    return pa.table(
        {
            "posting_id": named("b", made.number),
            "customer_id": folk.ids(made.who),
            "posted_at": moments(made.at, folk.shop.end),
            "kind": chosen(KINDS, made.kind),
            "quantity": whole(made.quantity),
            "reason": chosen(_REASONS, made.kind),
        }
    )
