"""What is bought, cancelled, delivered and sent back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY, Mask, Whole
from stamm.sources.simulated.columns import NEVER, Real, chosen, moments, named, picked, same, steps_within, whole
from stamm.sources.simulated.mailings import Mailings
from stamm.sources.simulated.offers import (
    ADS,
    CLAIMED_DAYS,
    DISCOUNTS,
    FREE_FROM,
    LATE,
    SHIPPING,
    TAX_PERCENT,
    Campaign,
    Catalogue,
    campaign_names,
)
from stamm.sources.simulated.people import WON, People
from stamm.sources.simulated.personas import trait
from stamm.sources.simulated.seasons import HOUR, Season

CHANNELS = ("web", "app", "store")
WEB, APP, STORE = range(3)
#: share of orders placed in the store
IN_STORE = 0.07
#: shares of one, two and three pieces a line
PIECES = (0.86, 0.11, 0.03)
REASONS = ("does not fit", "damaged", "not as described", "changed my mind")
#: of the orders on web and app that follow no click in a message, those that begin with an advertisement: the first
#: ones of customers whom that advertising won, and all others, by advertisement
WON_BY_AD, BY_AD = 0.8, (0.08, 0.05)
#: room for orders in the numbers of a block
_ROOM = 1 << 20


@dataclass(frozen=True)
class Orders:
    """The orders of a block by customer and moment, one place in every array each; then their lines."""

    number: Whole
    who: Whole
    at: Whole
    #: the mailing that caused it (-1: it would have come anyway), and the campaign it carries: a mailing or, after all
    #: of these, advertising
    caused_by: Whole
    campaign: Whole
    channel: Whole
    discount_percent: Whole
    cancelled: Whole
    fulfilled: Whole
    delivered: Whole
    late: Mask
    #: sums of the lines, minor units
    amount: Whole
    discount: Whole
    cost: Whole
    #: of each line: its order's place, number within it, product, pieces, amount, cost
    order: Whole
    line: Whole
    product: Whole
    pieces: Whole
    line_amount: Whole
    line_cost: Whole

    def __len__(self) -> int:
        return len(self.number)

    def ids(self, places: Whole, where: Mask | None = None) -> pa.Array:
        """Order ids of places; empty where it does not hold."""
        return named("o", self.number[places], where)

    def stand_at(self, end: int) -> Mask:
        """Orders not cancelled before a moment."""
        return self.cancelled >= end


def orders(
    folk: People, seasons: Sequence[Season], sent: Mailings, plan: Sequence[Campaign], catalogue: Catalogue
) -> Orders:
    """All orders: the first when they come, others at each one's rate till they leave, and those campaigns caused."""
    chance, end = folk.shop.chance("orders", folk.block), folk.shop.end
    who, at = _placed(folk, seasons, chance)
    extra = np.flatnonzero(sent.caused < NEVER)
    caused_by = np.concatenate([np.full(len(who), -1), sent.campaign[extra]])
    who, at = np.concatenate([who, sent.who[extra]]), np.concatenate([at, sent.caused[extra]])
    order = np.lexsort((at, who))
    who, at, caused_by = who[order], at[order], caused_by[order]
    size = len(who)
    channel = np.where(chance.random(size) < folk.trait("app")[who], APP, WEB)
    channel = np.where(chance.random(size) < IN_STORE, STORE, channel)
    percent = np.where(
        chance.random(size) < folk.trait("discount")[who], DISCOUNTS[chance.integers(0, len(DISCOUNTS), size)], 0
    )
    cancels = chance.random(size) < folk.trait("cancels")[who]
    cancelled = np.where(cancels, at + (chance.uniform(1 / 144, 1, size) * DAY).astype(np.int64), NEVER)
    late = chance.random(size) < LATE
    fulfilled = np.where(cancels, NEVER, at + (chance.uniform(4, 48, size) * HOUR).astype(np.int64))
    takes = np.where(late, chance.uniform(7, 16, size), chance.uniform(1, 5, size)) * DAY
    in_store = channel == STORE
    fulfilled = np.where(in_store & ~cancels, at, fulfilled)
    delivered = np.where(in_store | cancels, fulfilled, fulfilled + takes.astype(np.int64))
    lines = np.minimum(1 + chance.poisson(folk.trait("lines")[who] - 1), 12)
    product = picked(chance, catalogue.chosen, int(lines.sum()))
    pieces = 1 + picked(chance, PIECES, len(product))
    place = np.repeat(np.arange(size), lines)
    full = catalogue.price[product] * pieces
    off = full * percent[place] // 100
    starts = np.cumsum(lines) - lines
    return Orders(
        number=folk.block * _ROOM + np.arange(size),
        who=who,
        at=at,
        caused_by=caused_by,
        campaign=advertised(folk, claimed(folk, sent, len(plan), who, at), len(plan), who, channel),
        channel=channel,
        discount_percent=percent,
        cancelled=cancelled,
        fulfilled=fulfilled,
        delivered=delivered,
        late=late & ~in_store & ~cancels & (delivered < end),
        amount=np.add.reduceat(full - off, starts),
        discount=np.add.reduceat(off, starts),
        cost=np.add.reduceat(catalogue.cost[product] * pieces, starts),
        order=place,
        line=steps_within(lines) + 1,
        product=product,
        pieces=pieces,
        line_amount=full - off,
        line_cost=catalogue.cost[product] * pieces,
    )


def _placed(folk: People, seasons: Sequence[Season], chance: np.random.Generator) -> tuple[Whole, Whole]:
    """Whose orders, and when: one on arrival, then as many as a Poisson process in the persona's season gives."""
    who, at = [np.arange(len(folk))], [folk.arrived]
    for number, season in enumerate(seasons):
        mine = np.flatnonzero(folk.persona == number)
        since, until = season.passed(folk.arrived[mine]), season.passed(folk.last[mine])
        counts = chance.poisson(folk.orders_a_day[mine] * (until - since))
        place = np.repeat(np.arange(len(mine)), counts)
        found = season.moments(since[place] + chance.random(len(place)) * (until - since)[place])
        who.append(mine[place])
        at.append(np.clip(found, folk.arrived[mine][place] + 1, np.maximum(folk.last[mine][place] - 1, 0)))
    return np.concatenate(who), np.concatenate(at)


def claimed(folk: People, sent: Mailings, campaigns: int, who: Whole, at: Whole) -> Whole:
    """The last campaign clicked within the days before each order; -1 where there is none."""
    claimed, since = np.full(len(who), -1), np.full(len(who), -NEVER)
    for number in range(campaigns):
        mine = np.flatnonzero((sent.campaign == number) & (sent.clicked < NEVER))
        clicked = np.full(len(folk), NEVER)
        clicked[sent.who[mine]] = sent.clicked[mine]
        moment = clicked[who]
        near = (at > moment) & (at <= moment + CLAIMED_DAYS * DAY) & (moment > since)
        claimed, since = np.where(near, number, claimed), np.where(near, moment, since)
    return claimed


def advertised(folk: People, claims: Whole, mailings: int, who: Whole, channel: Whole) -> Whole:
    """The campaign of each order: the one that claims it, else the advertisement that its visit began with, or -1."""
    chance, size = folk.shop.chance("advertised", folk.block), len(who)
    won = np.array([ADS.index(name) if name in ADS else -1 for name in WON])[folk.won[who]]
    first = np.r_[True, who[1:] != who[:-1]][:size]
    draw = chance.random((2, size))
    shown = np.where(draw[0] < BY_AD[0], 0, np.where(draw[0] < sum(BY_AD), 1, -1))
    shown = np.where(first, np.where(draw[1] < WON_BY_AD, won, -1), shown)
    free = (claims < 0) & (channel != STORE) & (shown >= 0)
    return np.where(free, mailings + shown, claims)


def expected_amount(catalogue: Catalogue) -> tuple[Real, Real]:
    """What an order that is kept brings on average, by persona: paid for goods less returns, and less their cost."""
    pieces = float(np.dot(np.arange(1, len(PIECES) + 1), PIECES))
    price, cost = float(catalogue.price @ catalogue.chosen), float(catalogue.cost @ catalogue.chosen)
    kept = (1 - trait("cancels")) * trait("lines") * pieces * (1 - trait("returns"))
    paid = price * (1 - trait("discount") * float(DISCOUNTS.mean()) / 100)
    return kept * paid, kept * (paid - cost)


# -- facts ---------------------------------------------------------------------------------------------------
def order_rows(folk: People, made: Orders, device: Whole, plan: Sequence[Campaign], currency: str) -> pa.Table:
    """Facts: the orders; `device` is where each was placed, or -1."""
    end, size = folk.shop.end, len(made)
    return pa.table(
        {
            "order_id": made.ids(np.arange(size)),
            "customer_id": folk.ids(made.who),
            "anonymous_id": named("d", device, device >= 0),
            "ordered_at": moments(made.at, end),
            "amount_minor": whole(made.amount),
            "discount_minor": whole(made.discount),
            "tax_minor": whole((made.amount * TAX_PERCENT + 50) // 100),
            "shipping_minor": whole(np.where((made.channel == STORE) | (made.amount >= FREE_FROM), 0, SHIPPING)),
            "cost_minor": whole(made.cost),
            "currency": same(currency, size),
            "channel": chosen(CHANNELS, made.channel),
            "campaign": chosen(campaign_names(plan), made.campaign),
            "fulfilled_at": moments(made.fulfilled, end),
            "delivered_at": moments(made.delivered, end),
            "cancelled_at": moments(made.cancelled, end),
        }
    )


def line_rows(folk: People, made: Orders, catalogue: Catalogue, currency: str) -> pa.Table:
    """Facts: the lines."""
    order = made.order
    return pa.table(
        {
            "order_id": made.ids(order),
            "line_id": whole(made.line).cast(pa.string()),
            "customer_id": folk.ids(made.who[order]),
            "ordered_at": moments(made.at[order], folk.shop.end),
            "product_id": chosen(catalogue.ids, made.product),
            "product": chosen(catalogue.names, made.product),
            "category": chosen(_categories(catalogue), made.product),
            "quantity": pa.array(made.pieces.astype(float)),
            "amount_minor": whole(made.line_amount),
            "cost_minor": whole(made.line_cost),
            "currency": same(currency, len(order)),
        }
    )


def _categories(catalogue: Catalogue) -> pa.Array:
    """The category of each product."""
    return pa.array([name.rpartition(" ")[0] for name in catalogue.names.to_pylist()])


@dataclass(frozen=True)
class Returned:
    """What came back before the end: the line's place, when, how many pieces, money back."""

    line: Whole
    at: Whole
    pieces: Whole
    amount: Whole


def returned(folk: People, made: Orders) -> Returned:
    """Lines that came back, whole or in part, after they had arrived."""
    chance = folk.shop.chance("returns", folk.block)
    size = len(made.order)
    back = chance.random(size) < folk.trait("returns")[made.who[made.order]]
    at = made.delivered[made.order] + (chance.uniform(1, 21, size) * DAY).astype(np.int64)
    line = np.flatnonzero(back & (made.delivered[made.order] < NEVER) & (at < folk.shop.end))
    return Returned(line, at[line], made.pieces[line], made.line_amount[line])


def return_rows(folk: People, made: Orders, back: Returned, currency: str) -> pa.Table:
    """Facts: the returns."""
    order, end = made.order[back.line], folk.shop.end
    reason = folk.shop.chance("reasons", folk.block).integers(0, len(REASONS), len(order))
    return pa.table(
        {
            "return_id": named("r", made.number[order] * 16 + made.line[back.line]),
            "order_id": made.ids(order),
            "line_id": whole(made.line[back.line]).cast(pa.string()),
            "customer_id": folk.ids(made.who[order]),
            "ordered_at": moments(made.at[order], end),
            "returned_at": moments(back.at, end),
            "quantity": pa.array(back.pieces.astype(float)),
            "amount_minor": whole(back.amount),
            "currency": same(currency, len(order)),
            "reason": chosen(REASONS, reason),
        }
    )
