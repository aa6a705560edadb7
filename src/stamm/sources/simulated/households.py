"""What might have been around real purchases: visits, messages, posts, answers, tickets and gatherings.

The orders stay as they are, and so does every number made of them. Around them the same customers are given what a shop
on the web would have known: some of their orders end a visit; messages are clicked before orders they were followed
by; where no order comes for weeks, there are few visits; questions and complaints come after deliveries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.sources.local_time import DAY, Mask, Whole
from stamm.sources.simulated.columns import NEVER
from stamm.sources.simulated.events import event_rows, events, link_rows
from stamm.sources.simulated.mailings import Mailings, mailings, messages
from stamm.sources.simulated.meeting import attendance_rows, gathering_rows, gatherings
from stamm.sources.simulated.offers import LATE, Catalogue, campaigns
from stamm.sources.simulated.orders import APP, WEB, Orders, Returned, claimed
from stamm.sources.simulated.people import SHARING, WON, People, consents
from stamm.sources.simulated.personas import KEYS, trait
from stamm.sources.simulated.seasons import HOUR, Season
from stamm.sources.simulated.shop import Shop
from stamm.sources.simulated.social import counted_rows, post_rows, posts, reaction_rows
from stamm.sources.simulated.surveys import response_rows
from stamm.sources.simulated.tickets import ticket_rows, tickets
from stamm.sources.simulated.visits import (
    BOT_RUN,
    BOT_SHARE,
    Visits,
    joined,
    looking,
    machines,
    media_of,
    strangers,
    to_orders,
)

KINDS = (
    "attendances", "consents", "events", "gatherings", "links", "messages", "posts", "reactions", "responses",
    "tickets",
)  # fmt: skip
#: share of the orders that are taken to end a visit, and of these in the app
ONLINE, IN_APP = 0.12, 0.35
#: personas from those who order most to those who order least; as many of each as the table says
_BY_ORDERS = ("regular", "member", "bargain", "seasonal", "browser", "passing")
#: after so many days without an order somebody counts as gone, and visited for so many days more
_SILENT_DAYS, _LINGERS_DAYS = 60, 21
#: an order within so many days of a message follows it, and how many of these messages were clicked
_FOLLOWS_DAYS, _CLICKED = 3, 0.4
#: a visit is one of few where no order comes for so many days
_SOON_DAYS, _FEW = 21, 0.3
_TICK, _SPAN = 1 << 10, 1 << 40


@dataclass(frozen=True)
class Households(People):
    """Real customers under their own ids."""

    names: pa.Array

    def ids(self, places: Whole, where: Mask | None = None) -> pa.Array:
        return self.names.take(pa.array(places, mask=None if where is None else ~where))


@dataclass(frozen=True)
class Purchases(Orders):
    """Real orders under their own ids; of their lines nothing is said."""

    names: pa.Array

    def ids(self, places: Whole, where: Mask | None = None) -> pa.Array:
        return self.names.take(pa.array(places, mask=None if where is None else ~where))


def around(shop: Shop, orders: pa.Table) -> dict[str, pa.Table]:
    """Facts of KINDS around orders: a table of order_id, customer_id, ordered_at and amount_minor, no cell empty."""
    season, catalogue = Season(shop), Catalogue(shop)
    names = pc.unique(orders["customer_id"]).sort()
    who = pc.index_in(orders["customer_id"], value_set=names).to_numpy().astype(np.int64)
    at = orders["ordered_at"].cast(pa.int64()).to_numpy()
    by_customer = np.lexsort((at, who))
    orders, who, at = orders.take(pa.array(by_customer)), who[by_customer], at[by_customer]
    folk = _households(shop, names, who, at)
    plan = tuple(replace(one, lift=0.0) for one in campaigns(shop))
    sent = _followed(mailings(folk, plan), folk, who, at)
    made = _purchases(folk, orders, who, at)
    made = replace(made, campaign=claimed(folk, sent, len(plan), made.who, made.at))
    chance = shop.chance("visits", 0)
    media = media_of(plan)
    parts = [
        to_orders(folk, made, media, chance),
        _thinned(looking(folk, season, sent, media, chance), folk, who, at, chance),
        strangers(folk, season, chance),
    ]
    runs = round(sum(int(part.steps.sum()) for part in parts) * BOT_SHARE / BOT_RUN)
    every = joined([*parts, machines(folk, runs, chance)])
    seen = events(folk, every, catalogue)
    nothing = np.zeros(0, np.int64)
    asked = tickets(folk, made, Returned(nothing, nothing, nothing, nothing))
    evenings, posted = gatherings(shop), posts(shop)
    return {
        "attendances": attendance_rows(folk, evenings),
        "consents": consents(folk, sent.withdrawn),
        "events": event_rows(folk, every, seen, made, catalogue, plan),
        "gatherings": gathering_rows(evenings, plan),
        "links": link_rows(folk, every, seen),
        "messages": messages(folk, sent, plan, shop.currency),
        "posts": post_rows(shop, posted, plan),
        "reactions": pa.concat_tables([counted_rows(shop, posted), reaction_rows(folk, posted)]),
        "responses": response_rows(folk, made, asked),
        "tickets": ticket_rows(folk, made, asked),
    }


def _households(shop: Shop, names: pa.Array, who: Whole, at: Whole) -> Households:
    """Who they are taken to be, by how often they ordered; gone are those whose last order is long ago."""
    chance, size = shop.chance("households"), len(names)
    counts = np.bincount(who, minlength=size)
    shares = np.array([trait("share")[KEYS.index(key)] for key in _BY_ORDERS])
    bounds = np.cumsum(shares / shares.sum()) * size
    rank = np.empty(size, np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(size)
    numbers = np.array([KEYS.index(key) for key in _BY_ORDERS])
    persona = numbers[np.minimum(np.searchsorted(bounds, rank, side="right"), len(_BY_ORDERS) - 1)]
    last = np.zeros(size, np.int64)
    np.maximum.at(last, who, at)
    gone = shop.end - last > _SILENT_DAYS * DAY
    return Households(
        shop=shop,
        block=0,
        number=np.arange(size),
        persona=persona,
        arrived=np.full(size, shop.start),
        leaves=np.where(gone, last + _LINGERS_DAYS * DAY, NEVER),
        orders_a_day=np.zeros(size),
        leaving_a_day=np.zeros(size),
        won=chance.integers(0, len(WON), size),
        consents={name: chance.random(size) < trait(name, persona) for name in ("email", "whatsapp")},
        loyal=np.zeros(size, bool),
        shares=(np.arange(size) % 2 == 1) & (chance.random(size) < SHARING),
        names=names,
    )


def _purchases(folk: Households, orders: pa.Table, who: Whole, at: Whole) -> Purchases:
    """The orders that are taken to have been placed on web and app."""
    chance = folk.shop.chance("purchases")
    # a visit has to begin after the first day did
    chosen = np.flatnonzero((chance.random(len(who)) < ONLINE) & (at > folk.shop.start + 6 * HOUR))
    size, online = len(chosen), orders.take(pa.array(chosen))
    late = chance.random(size) < LATE
    takes = np.where(late, chance.uniform(7, 16, size), chance.uniform(1, 5, size)) * DAY
    delivered = at[chosen] + takes.astype(np.int64)
    nothing, none, zeros = np.zeros(0, np.int64), np.full(size, -1), np.zeros(size, np.int64)
    return Purchases(
        number=np.arange(size),
        who=who[chosen],
        at=at[chosen],
        caused_by=none,
        campaign=none,
        channel=np.where(chance.random(size) < IN_APP, APP, WEB),
        discount_percent=zeros,
        cancelled=np.full(size, NEVER),
        fulfilled=delivered,
        delivered=delivered,
        late=late & (delivered < folk.shop.end),
        amount=online["amount_minor"].to_numpy(),
        discount=zeros,
        cost=zeros,
        order=nothing,
        line=nothing,
        product=nothing,
        pieces=nothing,
        line_amount=nothing,
        line_cost=nothing,
        names=online["order_id"].combine_chunks(),
    )


def _till_order(folk: People, who: Whole, since: Whole, orders_of: Whole, at: Whole) -> Whole:
    """Microseconds from moments to each one's next order; NEVER where there is none."""
    start = folk.shop.start
    key = orders_of * _SPAN + (at - start) // _TICK
    place = np.searchsorted(key, who * _SPAN + (since - start) // _TICK + 1)
    there = np.minimum(place, len(at) - 1)
    follows = (place < len(at)) & (orders_of[there] == who)
    return np.where(follows, at[there] - since, NEVER)


def _followed(sent: Mailings, folk: People, orders_of: Whole, at: Whole) -> Mailings:
    """The messages, some of those that an order followed being clicked before it."""
    chance = folk.shop.chance("followed")
    arrived = np.minimum(sent.delivered, folk.shop.end)
    gap = _till_order(folk, sent.who, arrived, orders_of, at)
    soon = (sent.delivered < NEVER) & (gap < _FOLLOWS_DAYS * DAY) & (sent.opened == NEVER)
    soon &= chance.random(len(gap)) < _CLICKED
    return replace(
        sent,
        opened=np.where(soon, sent.delivered + gap // 4, sent.opened),
        clicked=np.where(soon, sent.delivered + gap // 2, sent.clicked),
    )


def _thinned(found: Visits, folk: People, orders_of: Whole, at: Whole, chance: np.random.Generator) -> Visits:
    """The visits, few of them where no order comes for weeks; those from messages stay."""
    gap = _till_order(folk, found.who, found.at, orders_of, at)
    kept = (gap < _SOON_DAYS * DAY) | (found.campaign >= 0) | (chance.random(len(gap)) < _FEW)
    return Visits(*(getattr(found, name)[kept] for name in Visits.__dataclass_fields__))
