"""What the shop sells, promises and sends: its products, its deliveries, its campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import Whole
from stamm.sources.simulated.columns import Real
from stamm.sources.simulated.seasons import black_friday
from stamm.sources.simulated.shop import Shop

CATEGORIES = ("tea", "coffee", "chocolate", "cups", "books", "candles", "soap", "scarves", "games", "baskets")
PRODUCTS = 200

#: deliveries that come late, and what is told of them
LATE = 0.08
#: shipping, and the amount from which on there is none, minor units
SHIPPING, FREE_FROM = 490, 5_000
TAX_PERCENT = 19
#: advertising that runs all the time; its campaigns stand after the mailings in the list of all
ADS = ("search-ads", "social-ads")
#: percent off, for an order that has a discount
DISCOUNTS = np.array([10, 20])

HELD_OUT = 0.1
BOUNCES, UNSUBSCRIBES, PROXIES = 0.015, 0.006, 0.4
#: chance that an opened message is clicked
CLICKS = 0.18
#: of the orders a campaign caused, how many came through a click
CAUSED_BY_CLICK = 0.8
#: an order within so many days of a click carries the campaign, whether it caused it or not
CLAIMED_DAYS = 3
EMAIL, WHATSAPP = "email", "whatsapp"
_COST = {EMAIL: 0, WHATSAPP: 7}
_LIFTS = {EMAIL: (0.02, 0.0, 0.04, 0.01), WHATSAPP: (0.05, 0.02, 0.0)}
_EVERY_DAYS = {EMAIL: 61, WHATSAPP: 91}
_BLACK_FRIDAY_LIFT = 0.06


@dataclass(frozen=True)
class Campaign:
    """One mailing. `lift` is the chance that it makes somebody it reached order who would not have."""

    key: str
    channel: str
    day: date
    sent_at: int
    lift: float
    #: what planning it cost, minor units
    budget: int

    @property
    def cost(self) -> int:
        """Minor units a message."""
        return _COST[self.channel]


def campaigns(shop: Shop) -> tuple[Campaign, ...]:
    """All mailings in their order: each channel at its own pace, and one on every Black Friday."""
    planned: list[tuple[date, str, float, str]] = []
    for channel, every in _EVERY_DAYS.items():
        days = range(every // 2, (shop.until - shop.first).days, every)
        for number, day in enumerate(shop.first + timedelta(days=step) for step in days):
            lift = _LIFTS[channel][number % len(_LIFTS[channel])]
            planned.append((day, channel, lift, f"{channel}-{day:%Y-%m}"))
    for year in range(shop.first.year, shop.until.year + 1):
        friday = black_friday(year)
        if shop.first < friday < shop.until:
            planned.append((friday, EMAIL, _BLACK_FRIDAY_LIFT, f"black-friday-{year}"))
    return tuple(
        Campaign(key, channel, day, shop.moment(day, 10.0), lift, 20_000 + 10_000 * (channel == EMAIL))
        for day, channel, lift, key in sorted(planned)
    )


def campaign_names(plan: Sequence[Campaign]) -> list[str]:
    """All campaigns that an order, a visit or a post may name: the mailings in their order, then advertising."""
    return [*(one.key for one in plan), *ADS]


def inviting(plan: Sequence[Campaign], since: int, until: int) -> int:
    """The place of the last mailing between two moments, or -1."""
    return max((place for place, one in enumerate(plan) if since <= one.sent_at < until), default=-1)


class Catalogue:
    """The products: their categories, prices, costs, and how often each is chosen."""

    def __init__(self, shop: Shop) -> None:
        chance = shop.chance("products")
        number = np.arange(PRODUCTS)
        self.category: Whole = number % len(CATEGORIES)
        #: minor units
        self.price: Whole = (np.rint(np.exp(chance.normal(7.3, 0.55, PRODUCTS)) / 10) * 10 - 1).astype(np.int64)
        self.cost: Whole = np.rint(self.price * chance.uniform(0.4, 0.62, PRODUCTS)).astype(np.int64)
        weight = 1.0 / (chance.permutation(number) + 8.0)
        #: chance of being chosen
        self.chosen: Real = weight / weight.sum()

    @cached_property
    def names(self) -> pa.Array:
        """By product."""
        return pa.array([f"{CATEGORIES[place]} {number}" for number, place in enumerate(self.category.tolist())])

    @cached_property
    def ids(self) -> pa.Array:
        """By product."""
        return pa.array([f"sim-p{number}" for number in range(PRODUCTS)])
