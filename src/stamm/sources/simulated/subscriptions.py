"""Subscriptions month by month: trials, changes of plan, pauses, debts, ends, and those who come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY, Mask, Whole
from stamm.sources.simulated.columns import NEVER, chosen, moments, named, same, whole
from stamm.sources.simulated.people import People

PLANS = ("taster", "classic", "grand")
#: monthly recurring revenue by plan, minor units
MRR = np.array([1_900, 2_900, 4_900])
STATUSES = ("trialing", "active", "past_due", "paused")
TRIALING, ACTIVE, PAST_DUE, PAUSED = range(4)
REASONS = ("changed", "voluntary", "delinquent")
CHANGED, VOLUNTARY, DELINQUENT = range(3)
MONTH, TRIAL = int(30.4 * DAY), 14 * DAY
#: chances a month of an active subscription
UP, DOWN, PAUSE, OWE, CANCEL = 0.02, 0.01, 0.02, 0.03, 0.015
#: chances at the end of a trial, of a debt never being paid, and of a subscription taken out again in a month
NO_THANKS, NEVER_PAID, AGAIN = 0.2, 0.25, 0.1
#: subscriptions a customer has one after the other, at most
_SERIES = 16


@dataclass
class _Stretch:
    """The running stretch of each subscriber; `since` is NEVER where none runs."""

    since: Whole
    plan: Whole
    status: Whole
    series: Whole


class _Book:
    """Stretches that were written down: columns of (subscriber, series, since, until, plan, status, reason)."""

    def __init__(self) -> None:
        self.parts: list[tuple[Whole, ...]] = []

    def write(self, run: _Stretch, where: Mask, until: Whole, reason: int) -> None:
        """Write down the running stretch of some, ended at a moment each."""
        rows = np.flatnonzero(where & (run.since < until))
        ended = np.full(len(rows), reason)
        self.parts.append(
            (rows, run.series[rows], run.since[rows], until[rows], run.plan[rows], run.status[rows], ended)
        )


def subscription_rows(folk: People) -> pa.Table:
    """Facts: a row a stretch. Who leaves ends the subscription on that day, whatever it is doing."""
    shop = folk.shop
    chance = shop.chance("subscriptions", folk.block)
    wants = chance.random(len(folk)) < folk.trait("subscribes")
    begins = folk.arrived + (chance.exponential(40, len(folk)) * DAY).astype(np.int64)
    who = np.flatnonzero(wants & (begins < folk.last))
    size = len(who)
    leaves, begins = folk.leaves[who], begins[who]
    run = _Stretch(begins.copy(), chance.integers(0, 3, size), np.full(size, TRIALING), np.zeros(size, np.int64))
    book = _Book()
    now = begins + TRIAL
    for month in range(int(shop.days / 30) + 2):
        _turn(run, book, now, leaves, first=month == 0, chance=chance)
        now = now + MONTH
    book.write(run, run.since < NEVER, np.full(size, NEVER), CHANGED)
    rows, series, since, until, plan, status, reason = (np.concatenate(part) for part in zip(*book.parts, strict=True))
    known = np.flatnonzero(since < np.minimum(shop.end, leaves[rows]))
    rows, series, since, until = rows[known], series[known], since[known], until[known]
    plan, status, reason = plan[known], status[known], reason[known]
    gone = until >= leaves[rows]
    until, reason = np.where(gone, leaves[rows], until), np.where(gone, VOLUNTARY, reason)
    return pa.table(
        {
            "subscription_id": named("s", folk.number[who[rows]] * _SERIES + series),
            "started_at": moments(since, shop.end),
            "customer_id": folk.ids(who[rows]),
            "plan": chosen(PLANS, plan),
            "ended_at": moments(until, shop.end),
            "mrr_minor": whole(MRR[plan]),
            "currency": same(shop.currency, len(rows)),
            "status": chosen(STATUSES, status),
            "end_reason": chosen(REASONS, np.where(until < shop.end, reason, -1)),
        }
    )


def _turn(run: _Stretch, book: _Book, now: Whole, leaves: Whole, *, first: bool, chance: np.random.Generator) -> None:
    """One month of everybody: what becomes of the stretch that runs, at the moment `now` of each."""
    size = len(now)
    draw, there = chance.random(size), now < leaves
    runs = there & (run.since < NEVER)
    active, owing, paused = (runs & (run.status == status) for status in (ACTIVE, PAST_DUE, PAUSED))
    trial = runs & (run.status == TRIALING)
    edges = np.cumsum([UP, DOWN, PAUSE, OWE, CANCEL])
    up = active & (draw < edges[0]) & (run.plan < len(PLANS) - 1)
    down = active & (draw >= edges[0]) & (draw < edges[1]) & (run.plan > 0)
    pause = active & (draw >= edges[1]) & (draw < edges[2])
    owe = active & (draw >= edges[2]) & (draw < edges[3])
    cancel = (active & (draw >= edges[3]) & (draw < edges[4])) | (trial & (draw < NO_THANKS))
    unpaid = owing & (draw < NEVER_PAID)
    again = there & ~first & (run.since == NEVER) & (run.series < _SERIES - 1) & (draw < AGAIN)
    goes_on = up | down | pause | owe | (trial & ~cancel) | (owing & ~unpaid) | paused
    book.write(run, goes_on, now, CHANGED)
    book.write(run, cancel, now, VOLUNTARY)
    book.write(run, unpaid, now, DELINQUENT)
    run.plan += up.astype(np.int64) - down
    run.status = np.where(pause, PAUSED, np.where(owe, PAST_DUE, np.where(goes_on | again, ACTIVE, run.status)))
    run.series += again
    run.since = np.where(goes_on | again, now, np.where(cancel | unpaid, NEVER, run.since))
