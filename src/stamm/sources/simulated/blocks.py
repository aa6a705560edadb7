"""A world block by block: every fact kind of some customers, and the truth about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from stamm.sources.local_time import Whole
from stamm.sources.simulated.costs import cost_rows, shared_costs
from stamm.sources.simulated.events import event_rows, events, link_rows
from stamm.sources.simulated.foretold import prediction_rows
from stamm.sources.simulated.mailings import mailings, messages
from stamm.sources.simulated.meeting import Gathering, attendance_rows, gathering_rows, gatherings
from stamm.sources.simulated.offers import Campaign, Catalogue, campaigns
from stamm.sources.simulated.orders import line_rows, order_rows, orders, return_rows, returned
from stamm.sources.simulated.people import consents, customers, people
from stamm.sources.simulated.personas import trait
from stamm.sources.simulated.programme import posting_rows, postings
from stamm.sources.simulated.seasons import Season
from stamm.sources.simulated.shop import Shop
from stamm.sources.simulated.social import Posts, counted_rows, post_rows, posts, reaction_rows
from stamm.sources.simulated.subscriptions import subscription_rows
from stamm.sources.simulated.surveys import response_rows
from stamm.sources.simulated.tickets import ticket_rows, tickets
from stamm.sources.simulated.truth import customer_truth, member_truth
from stamm.sources.simulated.visits import media_of, visits


@dataclass(frozen=True)
class Made:
    """Some of a world: rows of facts by kind, and of the truth by the name of its file."""

    facts: dict[str, pa.Table]
    truth: dict[str, pa.Table]


class _Shared:
    """What all blocks of a world have in common."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.season = Season(shop)
        self.plan: tuple[Campaign, ...] = campaigns(shop)
        self.catalogue = Catalogue(shop)

    @cached_property
    def seasons(self) -> tuple[Season, ...]:
        """One for each persona."""
        return tuple(Season(self.shop, swing) for swing in trait("swing").tolist())

    @cached_property
    def evenings(self) -> tuple[Gathering, ...]:
        """All gatherings."""
        return gatherings(self.shop)

    @cached_property
    def posts(self) -> Posts:
        """All posts."""
        return posts(self.shop)

    @property
    def media(self) -> Whole:
        """Where the visits of each campaign come from."""
        return media_of(self.plan)


def shared(shop: Shop) -> Made:
    """What belongs to no customer: gatherings, posts, counted likes, shared costs."""
    has = _Shared(shop)
    return Made(
        {
            "gatherings": gathering_rows(has.evenings, has.plan),
            "posts": post_rows(shop, has.posts, has.plan),
            "reactions": counted_rows(shop, has.posts),
            "costs": shared_costs(shop, has.plan),
        },
        {},
    )


def blocks(shop: Shop, first: int = 0, last: int | None = None) -> Iterator[Made]:
    """The customers of a world, block by block, from one block to before another; a block needs no other."""
    has = _Shared(shop)
    for block in range(first, shop.blocks if last is None else last):
        yield _block(has, block)


def _block(has: _Shared, block: int) -> Made:
    shop, plan, money = has.shop, has.plan, has.shop.currency
    folk = people(shop, block, has.season)
    sent = mailings(folk, plan)
    bought = orders(folk, has.seasons, sent, plan, has.catalogue)
    back = returned(folk, bought)
    asked = tickets(folk, bought, back)
    booked = postings(folk, bought)
    every = visits(folk, has.season, sent, bought, has.media)
    seen = events(folk, every, has.catalogue)
    return Made(
        {
            "customers": customers(folk),
            "events": event_rows(folk, every, seen, bought, has.catalogue, plan),
            "links": link_rows(folk, every, seen),
            "orders": order_rows(folk, bought, every.device_of(len(bought)), plan, money),
            "order_lines": line_rows(folk, bought, has.catalogue, money),
            "returns": return_rows(folk, bought, back, money),
            "subscriptions": subscription_rows(folk),
            "messages": messages(folk, sent, plan, money),
            "reactions": reaction_rows(folk, has.posts),
            "responses": response_rows(folk, bought, asked),
            "tickets": ticket_rows(folk, bought, asked),
            "attendances": attendance_rows(folk, has.evenings),
            "costs": cost_rows(folk, bought, asked, booked),
            "points": posting_rows(folk, booked),
            "consents": consents(folk, sent.withdrawn),
            "predictions": prediction_rows(folk, bought),
        },
        {
            "customers": customer_truth(folk, has.seasons, bought, back, has.catalogue),
            "campaign_members": member_truth(folk, sent, bought, plan),
        },
    )
