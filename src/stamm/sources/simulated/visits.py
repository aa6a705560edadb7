"""What visitors do on web and app: before they are known, on the way to an order, just looking; and machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from stamm.lang.stretches import stretches
from stamm.sources.local_time import DAY, SECOND, Mask, Whole
from stamm.sources.simulated.columns import NEVER, picked
from stamm.sources.simulated.mailings import Mailings
from stamm.sources.simulated.offers import ADS, Campaign
from stamm.sources.simulated.orders import APP, STORE, WEB, Orders
from stamm.sources.simulated.people import WON, People
from stamm.sources.simulated.seasons import HOUR, Season

#: steps of a visit that leads to an order, at the least
BUYING = 5
#: where visits come from, and the shares of those that no campaign brought
MEDIA = ("organic", "cpc", "social", "referral", "email", "whatsapp", "paid-social")
_MEDIA_SHARES = (0.33, 0.14, 0.07, 0.06, 0.05, 0.0, 0.05)
_DIRECT = 0.3
#: the medium of each advertisement
ORGANIC, AD_MEDIA = MEDIA.index("organic"), (MEDIA.index("cpc"), MEDIA.index("paid-social"))
#: strangers a customer, and of visits by customers how many are logged in from the start
STRANGERS, LOGGED_IN = 0.9, 0.6
#: share of the events that are made by machines, in runs of so many
BOT_SHARE, BOT_RUN, BOTS = 0.03, 40, 3
DEVICES = 4
#: the device of the one that watches; those of crawlers lie below it
WATCH = -1


@dataclass(frozen=True)
class Visits:
    """Visits of a block, one place in every array each."""

    #: the customer's place; -1 for strangers and machines
    who: Whole
    device: Whole
    #: when the first event happens; where there is an `order`, when the last one does
    at: Whole
    steps: Whole
    #: the place of the order it leads to, or -1
    order: Whole
    channel: Whole
    medium: Whole
    campaign: Whole
    #: the step with which the customer logs in; NEVER where they do not
    login: Whole
    bot: Mask

    def device_of(self, orders: int) -> Whole:
        """On which device each of so many orders was placed; -1 for one that no visit led to."""
        found = np.full(orders, -1, np.int64)
        leads = self.order >= 0
        found[self.order[leads]] = self.device[leads]
        return found


def media_of(plan: Sequence[Campaign]) -> Whole:
    """The place among MEDIA where the visits of each campaign come from, mailings first, then advertising."""
    return np.array([*(MEDIA.index(one.channel) for one in plan), *AD_MEDIA], np.int64)


def devices(folk: People, who: Whole, channel: Whole, chance: np.random.Generator) -> Whole:
    """The device of each visit: an app has its own; some use the browser of the one before them in the list."""
    second = chance.random(len(who)) < 0.25
    borrowed = folk.shares[who] & (channel == WEB) & (chance.random(len(who)) < 0.5)
    own = folk.number[who] * DEVICES + np.where(channel == APP, 1, np.where(second, 2, 0))
    return np.where(borrowed, (folk.number[who] - 1) * DEVICES, own)


def visits(folk: People, season: Season, sent: Mailings, made: Orders, media: Whole) -> Visits:
    """All visits of a block; `media` is the place among MEDIA of each campaign."""
    chance = folk.shop.chance("visits", folk.block)
    parts = [
        to_orders(folk, made, media, chance),
        looking(folk, season, sent, media, chance),
        _before(folk, season, chance),
        strangers(folk, season, chance),
    ]
    runs = round(sum(int(part.steps.sum()) for part in parts) * BOT_SHARE / BOT_RUN)
    parts.append(machines(folk, runs, chance))
    return joined([*parts, _watch(folk)] if folk.block == 0 else parts)


def joined(parts: list[Visits]) -> Visits:
    """All of them, one after the other."""
    names = Visits.__dataclass_fields__
    return Visits(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _visits(who: Whole, at: Whole, steps: Whole, chance: np.random.Generator) -> Visits:
    """Visits of customers by no campaign, the device still to be said."""
    size = len(who)
    direct = chance.random(size) < _DIRECT
    medium = np.where(direct, -1, picked(chance, _MEDIA_SHARES, size))
    nothing = np.full(size, -1)
    none = np.zeros(size, bool)
    return Visits(who, nothing, at, steps, nothing, np.full(size, WEB), medium, nothing, np.full(size, NEVER), none)


def to_orders(folk: People, made: Orders, media: Whole, chance: np.random.Generator) -> Visits:
    """One for each order on web and app. At the first the customer registers, so only its end is theirs."""
    place = np.flatnonzero(made.channel != STORE)
    who, channel = made.who[place], made.channel[place]
    steps = BUYING + chance.poisson(0.8, len(place))
    base = _visits(who, made.at[place], steps, chance)
    campaign = made.campaign[place]
    # an order names the advertisement that its visit began with, so a visit to one that names none began with none
    unpaid = np.where(np.isin(base.medium, AD_MEDIA), ORGANIC, base.medium)
    first = np.r_[True, made.who[1:] != made.who[:-1]][place] if len(place) else np.zeros(0, bool)
    at_once = (chance.random(len(place)) < LOGGED_IN) & ~first
    return replace(
        base,
        device=devices(folk, who, channel, chance),
        order=place,
        channel=channel,
        medium=np.where(campaign >= 0, media[campaign], unpaid),
        campaign=campaign,
        login=np.where(at_once, 0, steps - 1),
    )


def looking(folk: People, season: Season, sent: Mailings, media: Whole, chance: np.random.Generator) -> Visits:
    """Visits that lead to nothing, while customers are there; and one for each click in a message."""
    since, until = folk.arrived + HOUR, np.maximum(folk.last, folk.arrived + 2 * HOUR)
    counts = chance.poisson(folk.trait("visits") * (season.passed(until) - season.passed(since)) / 30.4)
    who = np.repeat(np.arange(len(folk)), counts)
    at = season.between(chance, since[who], until[who])
    clicks = np.flatnonzero(sent.clicked < folk.shop.end)
    both = np.concatenate([who, sent.who[clicks]])
    size = len(both)
    made = _visits(both, np.concatenate([at, sent.clicked[clicks]]), 1 + chance.geometric(0.5, size), chance)
    channel = np.where(chance.random(size) < folk.trait("app")[both], APP, WEB)
    campaign = np.concatenate([np.full(len(who), -1), sent.campaign[clicks]])
    return replace(
        made,
        device=devices(folk, both, channel, chance),
        channel=channel,
        medium=np.where(campaign >= 0, media[campaign], made.medium),
        campaign=campaign,
        login=np.where(chance.random(size) < LOGGED_IN, 0, NEVER),
    )


def _before(folk: People, season: Season, chance: np.random.Generator) -> Visits:
    """What they looked at in the two weeks before anybody knew them."""
    counts = chance.poisson(1.1, len(folk))
    who = np.repeat(np.arange(len(folk)), counts)
    earliest = np.maximum(folk.arrived - 14 * DAY, folk.shop.start)
    until = np.maximum(folk.arrived - 4 * HOUR, earliest + 1)
    made = _visits(who, season.between(chance, earliest[who], until[who]), chance.geometric(0.35, len(who)), chance)
    paid = np.array([AD_MEDIA[ADS.index(name)] if name in ADS else -1 for name in WON])[folk.won[who]]
    return replace(made, device=folk.number[who] * DEVICES, medium=np.where(paid >= 0, paid, made.medium))


def strangers(folk: People, season: Season, chance: np.random.Generator) -> Visits:
    """Visitors who never become customers."""
    size = int(chance.poisson(STRANGERS * len(folk)))
    everywhen = np.full(size, folk.shop.start), np.full(size, folk.shop.end)
    at = season.between(chance, *everywhen)
    made = _visits(np.full(size, -1), at, chance.geometric(0.5, size), chance)
    first = (folk.shop.customers + folk.block * 8_000) * DEVICES
    return replace(made, device=first + chance.integers(0, max(size, 1), size))


def machines(folk: People, runs: int, chance: np.random.Generator) -> Visits:
    """Crawlers: many pages in a short time, at any hour of day and night."""
    at = folk.shop.start + (chance.random(runs) * (folk.shop.end - folk.shop.start)).astype(np.int64)
    made = _visits(np.full(runs, -1), at, np.full(runs, BOT_RUN), chance)
    crawler = WATCH - 1 - folk.block * BOTS - chance.integers(0, BOTS, runs)
    return replace(made, device=crawler, medium=made.campaign, bot=~made.bot)


def _watch(folk: People) -> Visits:
    """The one that asks whether the shop still stands: twice a day, and every ten minutes while clocks change."""
    shop = folk.shop
    changes = stretches(shop.zone, shop.first.year, shop.until.year).start[1:] * SECOND
    near = (changes[:, None] + np.arange(-18, 18) * 600 * SECOND).ravel()
    at = np.unique(np.concatenate([np.arange(shop.start, shop.end, 12 * HOUR), near]))
    at = at[(at >= shop.start) & (at < shop.end)]
    size = len(at)
    nothing = np.full(size, -1)
    never = np.full(size, NEVER)
    watches = np.ones(size, bool)
    return Visits(
        nothing,
        np.full(size, WATCH),
        at,
        np.ones(size, np.int64),
        nothing,
        np.full(size, WEB),
        nothing,
        nothing,
        never,
        watches,
    )
