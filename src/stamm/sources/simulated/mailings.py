"""What is sent to whom, what becomes of it, and which orders it really caused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY, SECOND, Mask, Whole
from stamm.sources.simulated.columns import NEVER, chosen, moments, named, same, whole
from stamm.sources.simulated.offers import (
    BOUNCES,
    CAUSED_BY_CLICK,
    CLICKS,
    EMAIL,
    HELD_OUT,
    PROXIES,
    UNSUBSCRIBES,
    WHATSAPP,
    Campaign,
)
from stamm.sources.simulated.people import People
from stamm.sources.simulated.seasons import HOUR

CHANNELS = (EMAIL, WHATSAPP)


@dataclass(frozen=True)
class Mailings:
    """All messages of a block, and those left without one on purpose; one place in every array each."""

    who: Whole
    campaign: Whole
    held_out: Mask
    delivered: Whole
    opened: Whole
    machine_opened: Whole
    clicked: Whole
    unsubscribed: Whole
    bounced: Whole
    variant: Whole
    #: when the order was placed that would not have been without it; NEVER where there is none
    caused: Whole
    #: by channel, when each customer of the block objected to more of them; NEVER where they did not
    withdrawn: dict[str, Whole]


def mailings(folk: People, plan: Sequence[Campaign]) -> Mailings:
    """Every campaign in its turn: to those who were there, had agreed and had not objected since."""
    chance = folk.shop.chance("mailings", folk.block)
    withdrawn = {channel: np.full(len(folk), NEVER) for channel in CHANNELS}
    found: list[tuple[Whole | Mask, ...]] = []
    for number, campaign in enumerate(plan):
        agreed = folk.consents[campaign.channel] & (withdrawn[campaign.channel] > campaign.sent_at)
        who = np.flatnonzero(agreed & (folk.arrived < campaign.sent_at))
        part = _sent(folk, campaign, who, chance)
        withdrawn[campaign.channel][who] = np.minimum(withdrawn[campaign.channel][who], part[5])
        found.append((who.astype(np.int64), np.full(len(who), number, np.int64), *part))
    names = Mailings.__dataclass_fields__
    columns: Iterator[Any] = (np.concatenate(column) for column in zip(*found, strict=True))
    return Mailings(**dict(zip(names, columns, strict=False)), withdrawn=withdrawn)


def _sent(
    folk: People, campaign: Campaign, who: Whole, chance: np.random.Generator
) -> tuple[Mask, Whole, Whole, Whole, Whole, Whole, Whole, Whole, Whole]:
    """The fields from `held_out` to `caused` of one campaign."""
    size, end = len(who), folk.shop.end
    draw = chance.random((8, size))
    held_out, bounces = draw[0] < HELD_OUT, (draw[1] < BOUNCES) & (campaign.channel == EMAIL)
    arrives = ~held_out & ~bounces
    delivered = np.where(arrives, campaign.sent_at + 2 * SECOND + (draw[2] * 90 * SECOND).astype(np.int64), NEVER)
    alive = folk.leaves[who] > delivered
    later = chance.exponential((6 * HOUR, HOUR, 40 * HOUR), (size, 3)).T.astype(np.int64)
    caused_at = delivered + HOUR + later[2]
    works = arrives & alive & (draw[3] < campaign.lift * folk.trait("lift")[who])
    caused = np.where(works & (caused_at < np.minimum(folk.last[who], delivered + 7 * DAY)), caused_at, NEVER)
    through = (caused < NEVER) & (draw[4] < CAUSED_BY_CLICK)
    opens = arrives & alive & ((draw[5] < folk.trait("opens")[who]) | through)
    opened = np.where(opens, np.where(through, delivered + HOUR // 3, delivered + SECOND + later[0]), NEVER)
    clicks = opens & ((draw[6] < CLICKS) | through)
    clicked = np.where(clicks, np.where(through, opened + HOUR // 3, opened + SECOND + later[1]), NEVER)
    proxied = arrives & (campaign.channel == EMAIL) & (draw[7] < PROXIES)
    machine = np.where(proxied, delivered + 4 * SECOND, NEVER)
    leaves = opens & (chance.random(size) < UNSUBSCRIBES)
    unsubscribed = np.where(leaves, opened + 20 * SECOND, NEVER)
    bounced = np.where(bounces & ~held_out, campaign.sent_at + 30 * SECOND, NEVER)
    clicked = np.where(clicked < np.minimum(folk.last[who], end), clicked, NEVER)
    return held_out, delivered, opened, machine, clicked, unsubscribed, bounced, chance.integers(0, 2, size), caused


def messages(folk: People, sent: Mailings, plan: Sequence[Campaign], currency: str) -> pa.Table:
    """Facts: one row a message; who was held out got none."""
    end = folk.shop.end
    rows = np.flatnonzero(~sent.held_out)
    number = sent.campaign[rows]
    channel = np.array([CHANNELS.index(one.channel) for one in plan], np.int64)[number]
    return pa.table(
        {
            "message_id": named("m", folk.number[sent.who[rows]] * len(plan) + number),
            "customer_id": folk.ids(sent.who[rows]),
            "channel": chosen(CHANNELS, channel),
            "campaign": chosen([one.key for one in plan], number),
            "variant": chosen(("a", "b"), sent.variant[rows]),
            "purpose": chosen(CHANNELS, channel),
            "sent_at": moments(np.array([one.sent_at for one in plan], np.int64)[number], end),
            "delivered_at": moments(sent.delivered[rows], end),
            "opened_at": moments(sent.opened[rows], end),
            "machine_opened_at": moments(sent.machine_opened[rows], end),
            "clicked_at": moments(sent.clicked[rows], end),
            "unsubscribed_at": moments(sent.unsubscribed[rows], end),
            "bounced_at": moments(sent.bounced[rows], end),
            "cost_minor": whole(np.array([one.cost for one in plan], np.int64)[number]),
            "currency": same(currency, len(rows)),
        }
    )
