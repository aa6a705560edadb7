"""Visits step by step: the events they leave, and which device turned out to be whose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.sources.local_time import DAY, SECOND, Mask, Whole
from stamm.sources.simulated.columns import NEVER, chosen, moments, named, picked, steps_within, whole
from stamm.sources.simulated.offers import CATEGORIES, PRODUCTS, Campaign, Catalogue, campaign_names
from stamm.sources.simulated.orders import CHANNELS, Orders
from stamm.sources.simulated.people import People
from stamm.sources.simulated.visits import AD_MEDIA, BUYING, MEDIA, WATCH, Visits

HOME, CATEGORY, PRODUCT, BASKET, CHECKOUT, HELP, ADD, SEARCH, PURCHASE, STATUS = range(10)
NAMES = (
    "home",
    "category",
    "product",
    "basket",
    "checkout",
    "help",
    "Product Added",
    "Products Searched",
    "Order Completed",
    "status",
)
_TRACKS = (ADD, SEARCH, PURCHASE)
_LOOKING = (0.2, 0.3, 0.36, 0.0, 0.0, 0.05, 0.02, 0.07)
_TO_ORDER = np.array([PRODUCT, ADD, BASKET, CHECKOUT, PURCHASE])
#: seconds between two steps of people: mean, and the longest; and of machines
_PAUSE, _LONGEST, _MACHINE_PAUSE = 40.0, 900.0, 2.0

#: pages: one a step, then categories and products
_PAGES = (
    "/", "/", "/", "/basket", "/checkout", "/help", "/", "/search", "/thanks", "/status",
    *(f"/{name}" for name in CATEGORIES), *(f"/product/{number}" for number in range(PRODUCTS)),
)  # fmt: skip
_TITLES = (
    "Welcome", "Welcome", "Welcome", "Your basket", "Checkout", "Help", "Welcome", "Search", "Thank you", "Status",
    *(name.title() for name in CATEGORIES), *(f"Product {number}" for number in range(PRODUCTS)),
)  # fmt: skip
_REFERRERS = (
    "https://search.example/", "https://search.example/", "https://social.example/", "https://press.example/",
    "https://mail.example/", "https://chat.example/", "https://social.example/",
)  # fmt: skip
_AGENTS = (
    json.dumps({"bot": True, "user_agent": "sim-watch"}), json.dumps({"bot": True, "user_agent": "sim-crawler"}),
)  # fmt: skip
#: room for events in the numbers of a block
_ROOM = 1 << 24
#: of devices a customer logged in on, for how many a link was told too; and of those borrowed, taken back
_TOLD, _TAKEN_BACK = 0.6, 0.3


@dataclass(frozen=True)
class Events:
    """Events of a block, visit after visit, one place in every array each."""

    visit: Whole
    at: Whole
    step: Whole
    product: Whole
    first: Mask
    #: whether the customer and the device are told
    knows: Mask
    anonymous: Mask


def events(folk: People, every: Visits, catalogue: Catalogue) -> Events:
    """The steps of all visits that fall between start and end."""
    chance = folk.shop.chance("events", folk.block)
    visit, step_number = np.repeat(np.arange(len(every.who)), every.steps), steps_within(every.steps)
    size = len(visit)
    machine = every.bot[visit]
    pause = np.where(machine, _MACHINE_PAUSE, np.minimum(1 + chance.exponential(_PAUSE, size), _LONGEST))
    passed = np.cumsum(np.where(step_number == 0, 0, (pause * SECOND).astype(np.int64)))
    ends = np.cumsum(every.steps)
    begun = passed[ends - every.steps]
    leads = every.order >= 0
    starts = np.where(leads, every.at - (passed[ends - 1] - begun), every.at)
    at = starts[visit] + passed - begun[visit]
    looking = picked(chance, _LOOKING, size)
    left = every.steps[visit] - 1 - step_number
    step = np.where(leads[visit] & (left < BUYING), _TO_ORDER[np.maximum(BUYING - 1 - left, 0)], looking)
    step = np.where(machine, np.where(every.device[visit] == WATCH, STATUS, PRODUCT), step)
    product = picked(chance, catalogue.chosen, size)
    who, login = every.who[visit], every.login[visit]
    # nobody is known before they came, however soon a second visit follows
    there = (who >= 0) & (at >= folk.arrived[who])
    knows = there & (step_number >= login)
    anonymous = ~knows | (step_number == login)
    made = Events(visit, at, step, product, step_number == 0, knows, anonymous)
    inside = (at >= folk.shop.start) & (at < folk.shop.end)
    return Events(*(getattr(made, name)[inside] for name in Events.__dataclass_fields__))


def event_rows(
    folk: People, every: Visits, made: Events, orders: Orders, catalogue: Catalogue, plan: Sequence[Campaign]
) -> pa.Table:
    """Facts: the events."""
    visit, step, size = made.visit, made.step, len(made.visit)
    track = np.isin(step, _TRACKS)
    app = every.channel[visit] == 1
    page = np.where(step == CATEGORY, len(NAMES) + made.product % len(CATEGORIES), step)
    page = np.where(np.isin(step, (PRODUCT, ADD)), len(NAMES) + len(CATEGORIES) + made.product, page)
    entry, bought = made.first, step == PURCHASE
    medium = np.where(entry, every.medium[visit], -1)
    paid = np.select([medium == place for place in AD_MEDIA], [len(plan) + n for n in range(len(AD_MEDIA))], -1)
    campaign = np.where(entry & (every.campaign[visit] >= 0), every.campaign[visit], paid)
    order = np.maximum(every.order[visit], 0)
    value = np.where(bought, orders.amount[order], catalogue.price[made.product])
    valued = bought | (step == ADD)
    return pa.table(
        {
            "event_id": named("e", folk.block * _ROOM + np.arange(size)),
            "customer_id": folk.ids(every.who[visit], made.knows),
            "anonymous_id": named("d", every.device[visit], made.anonymous),
            "happened_at": moments(made.at, folk.shop.end),
            "kind": chosen(("page", "screen", "track"), np.where(track, 2, app.astype(np.int64))),
            "name": chosen(NAMES, step),
            "page": chosen(_PAGES, page),
            "title": chosen(_TITLES, page),
            "referrer": chosen(_REFERRERS, medium),
            "medium": chosen(MEDIA, medium),
            "campaign": chosen(campaign_names(plan), campaign),
            "channel": chosen(CHANNELS, every.channel[visit]),
            "value_minor": whole(value, valued),
            "currency": chosen([folk.shop.currency], np.where(valued, 0, -1)),
            "properties": _properties(orders.ids(order, bought), every.bot[visit], every.device[visit] == WATCH),
        }
    )


def _properties(order: pa.Array, bot: Mask, watch: Mask) -> pa.Array:
    """The order's number of a purchase, and how a machine calls itself."""
    agent = chosen(_AGENTS, np.where(bot, np.where(watch, 0, 1), -1)).cast(pa.string())
    order_id = pc.binary_join_element_wise('{"order_id": "', order, '"}', "")
    return pc.coalesce(order_id, agent)


def link_rows(folk: People, every: Visits, made: Events) -> pa.Table:
    """Facts: devices told to be a customer's at a login; a few of borrowed ones were taken back."""
    chance = folk.shop.chance("links", folk.block)
    logins = np.flatnonzero(made.knows & made.anonymous)
    logins = logins[np.argsort(made.at[logins], kind="stable")]
    who, device = every.who[made.visit[logins]], every.device[made.visit[logins]]
    _, first = np.unique(np.stack([device, who]), axis=1, return_index=True)
    told = np.sort(first)[chance.random(len(first)) < _TOLD]
    who, device, at = who[told], device[told], made.at[logins][told]
    _, once = np.unique(np.stack([device, at]), axis=1, return_index=True)
    who, device, at = who[once], device[once], at[once]
    borrowed = device // 4 != folk.number[who]
    back = borrowed & (chance.random(len(at)) < _TAKEN_BACK)
    return pa.table(
        {
            "anonymous_id": named("d", device),
            "linked_at": moments(at, folk.shop.end),
            "customer_id": folk.ids(who),
            "unlinked_at": moments(np.where(back, at + 30 * DAY, NEVER), folk.shop.end),
        }
    )
