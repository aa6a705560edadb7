"""Posts on social networks and the reactions to them: by customers, and as a network counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY, Whole
from stamm.sources.simulated.columns import chosen, moments, named, picked, steps_within, whole
from stamm.sources.simulated.offers import Campaign, inviting
from stamm.sources.simulated.people import People
from stamm.sources.simulated.seasons import HOUR
from stamm.sources.simulated.shop import Shop

NETWORKS = ("instagram", "facebook")
KINDS = ("like", "share", "comment", "click")
_KIND_SHARES = (0.7, 0.08, 0.12, 0.1)
#: reactions of customers whose account the shop knows
KNOWN = 0.4
#: days after a post on which its network counts likes of strangers
_COUNTED = 5
#: reactions of a block lie below this in its numbers
_ROOM = 1 << 20


@dataclass(frozen=True)
class Posts:
    """All posts of the shop in their order, one place in every array each."""

    at: Whole
    network: Whole
    impressions: Whole


def posts(shop: Shop) -> Posts:
    """One on Tuesdays and one on Fridays, at noon on the shop's clocks."""
    chance = shop.chance("posts")
    days = [shop.first + timedelta(days=step) for step in range((shop.until - shop.first).days)]
    at = np.array([shop.moment(day, 12.0) for day in days if day.weekday() in {1, 4}], np.int64)
    reach = chance.gamma(3.0, 0.15, len(at)) * shop.customers + 20
    return Posts(at, chance.integers(0, len(NETWORKS), len(at)), reach.astype(np.int64))


def post_rows(shop: Shop, made: Posts, plan: Sequence[Campaign]) -> pa.Table:
    """Facts: the posts; those in the week before a mailing announce what it is about."""
    size = len(made.at)
    announced = [inviting(plan, at, at + 7 * DAY) for at in made.at.tolist()]
    return pa.table(
        {
            "post_id": named("n", np.arange(size)),
            "network": chosen(NETWORKS, made.network),
            "posted_at": moments(made.at, shop.end),
            "campaign": chosen([one.key for one in plan], np.array(announced, np.int64)),
            "impressions": whole(made.impressions),
        }
    )


def _rows(
    number: Whole, post: Whole, who: pa.Array, kind: Whole, at: Whole, quantity: pa.Array, made: Posts, end: int
) -> pa.Table:
    return pa.table(
        {
            "reaction_id": named("x", number),
            "post_id": named("n", post),
            "customer_id": who,
            "posted_at": moments(made.at[post], end),
            "kind": chosen(KINDS, kind),
            "happened_at": moments(at, end),
            "quantity": quantity,
        }
    )


def reaction_rows(folk: People, made: Posts) -> pa.Table:
    """Facts: reactions of a block's customers, to what was posted last; some by accounts nobody knows."""
    chance, end = folk.shop.chance("reactions", folk.block), folk.shop.end
    counts = chance.poisson(folk.trait("social") * (folk.last - folk.arrived) / (365.25 * DAY))
    who = np.repeat(np.arange(len(folk)), counts)
    wish = folk.arrived[who] + (chance.random(len(who)) * (folk.last - folk.arrived)[who]).astype(np.int64)
    post = np.searchsorted(made.at, wish, side="right") - 1
    at = made.at[np.maximum(post, 0)] + HOUR // 60 + chance.exponential(20 * HOUR, len(who)).astype(np.int64)
    kept = np.flatnonzero((post >= 0) & (at >= folk.arrived[who]) & (at < folk.last[who]))
    who, post, at = who[kept], post[kept], at[kept]
    size = len(who)
    known = chance.random(size) < KNOWN
    kind = picked(chance, _KIND_SHARES, size)
    number = (folk.block + 1) * _ROOM + np.arange(size)
    return _rows(number, post, folk.ids(who, known), kind, at, pa.nulls(size, pa.int64()), made, end)


def counted_rows(shop: Shop, made: Posts) -> pa.Table:
    """Facts: the likes of strangers, as a count a day and post."""
    chance = shop.chance("counted")
    post = np.repeat(np.arange(len(made.at)), _COUNTED)
    day = steps_within(np.full(len(made.at), _COUNTED))
    likes = chance.poisson(made.impressions[post] * 0.01 / (1 + day))
    at = made.at[post] + day * DAY + 8 * HOUR
    kept = np.flatnonzero((likes > 0) & (at < shop.end))
    size = len(kept)
    nobody = pa.nulls(size, pa.string())
    return _rows(kept, post[kept], nobody, np.zeros(size, np.int64), at[kept], whole(likes[kept]), made, shop.end)
