"""Requests to customer service: after late deliveries and returns, and now and then after any order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY, Whole
from stamm.sources.simulated.columns import NEVER, Real, chosen, moments, named
from stamm.sources.simulated.orders import Orders, Returned
from stamm.sources.simulated.people import People
from stamm.sources.simulated.seasons import HOUR

TOPICS = ("late delivery", "return", "product", "payment", "other")
CHANNELS = ("email", "chat", "telephone", "whatsapp")
AFTER_LATE, AFTER_RETURN = 0.3, 0.2
#: tickets that lie about for days, that are opened again, and of these that are resolved again
LIES, REOPENED, TWICE = 0.06, 0.06, 0.6
#: hours to the first reply and from there to the resolution, middle ones; spread of their logarithms
_REPLY, _RESOLVE, _SPREAD = 3.0, 9.0, 1.1
_LYING_DAYS = 8.0


@dataclass(frozen=True)
class Tickets:
    """Tickets of a block, one place in every array each."""

    order: Whole
    opened: Whole
    replied: Whole
    resolved: Whole
    reopened: Whole
    topic: Whole
    minutes: Real


def tickets(folk: People, made: Orders, back: Returned) -> Tickets:
    """Those opened before the end."""
    chance, end = folk.shop.chance("tickets", folk.block), folk.shop.end
    size = len(made)
    late = np.flatnonzero(made.late & (chance.random(size) < AFTER_LATE))
    sent_back = np.unique(made.order[back.line][chance.random(len(back.line)) < AFTER_RETURN])
    any_ = np.flatnonzero(chance.random(size) < folk.trait("asks")[made.who])
    order = np.concatenate([late, sent_back, any_])
    topic = np.concatenate(
        [np.zeros(len(late), int), np.ones(len(sent_back), int), chance.integers(2, len(TOPICS), len(any_))]
    )
    last_back = np.full(size, NEVER)
    np.minimum.at(last_back, made.order[back.line], back.at)
    usual = made.at[order] + (chance.exponential(2.0, len(order)) * DAY).astype(np.int64) + HOUR
    promised = made.at[order] + 6 * DAY + (chance.random(len(order)) * DAY).astype(np.int64)
    returned = last_back[order] + (chance.uniform(0.05, 2, len(order)) * DAY).astype(np.int64)
    opened = np.select([topic == 0, topic == 1], [promised, returned], usual)
    size = len(order)
    lies = chance.random(size) < LIES
    reply = _REPLY * np.exp(chance.normal(0, _SPREAD, size)) + lies * chance.uniform(24, 24 * _LYING_DAYS, size)
    replied = opened + (reply * HOUR).astype(np.int64)
    resolved = replied + (_RESOLVE * np.exp(chance.normal(0, _SPREAD, size)) * HOUR).astype(np.int64)
    again = chance.random(size) < REOPENED
    reopened = np.where(again, resolved + (chance.uniform(1, 72, size) * HOUR).astype(np.int64), NEVER)
    once_more = again & (chance.random(size) < TWICE) & (reopened < end)
    resolved = np.where(once_more, reopened + (chance.uniform(1, 48, size) * HOUR).astype(np.int64), resolved)
    # what is not resolved the second time by the end is open, and was resolved the first time before
    unknown = once_more & (resolved >= end)
    resolved = np.where(unknown, reopened - HOUR // 2, resolved)
    minutes: Real = np.rint(chance.gamma(2.0, 6.0, size) * (1 + again) * 10) / 10
    kept = np.flatnonzero(opened < end)
    every = Tickets(order, opened, replied, resolved, reopened, topic, minutes)
    return Tickets(*(getattr(every, name)[kept] for name in Tickets.__dataclass_fields__))


def ticket_rows(folk: People, made: Orders, asked: Tickets) -> pa.Table:
    """Facts: the tickets."""
    end, size = folk.shop.end, len(asked.order)
    channel = folk.shop.chance("ticket channels", folk.block).integers(0, len(CHANNELS), size)
    return pa.table(
        {
            "ticket_id": named("t", made.number[asked.order] * 4 + np.minimum(asked.topic, 2)),
            "customer_id": folk.ids(made.who[asked.order]),
            "channel": chosen(CHANNELS, channel),
            "opened_at": moments(asked.opened, end),
            "first_reply_at": moments(asked.replied, end),
            "resolved_at": moments(asked.resolved, end),
            "reopened_at": moments(asked.reopened, end),
            "topic": chosen(TOPICS, asked.topic),
            "minutes_spent": pa.array(asked.minutes),
        }
    )
