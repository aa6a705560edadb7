"""Gatherings a month, in the shop and online: who registers, who comes, who just walks in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY, SECOND
from stamm.sources.simulated.columns import NEVER, chosen, moments, named, whole
from stamm.sources.simulated.offers import Campaign, inviting
from stamm.sources.simulated.people import People
from stamm.sources.simulated.shop import Shop

NAMES = ("tasting", "webinar")
EVERY_DAYS = 30
#: a mailing within so many days before an evening, while people register, invites to it
INVITED_DAYS = 20
#: of the customers there: those who register, of these those who come, and those who come unasked
REGISTERS, COMES, WALKS_IN = 0.012, 0.7, 0.002


@dataclass(frozen=True)
class Gathering:
    """One evening, from seven to nine on the shop's clocks."""

    day: date
    name: str
    starts: int
    ends: int


def gatherings(shop: Shop) -> tuple[Gathering, ...]:
    """One every thirty days; the last is still to come at the end."""
    days = [shop.first + timedelta(days=step) for step in range(15, (shop.until - shop.first).days + 30, EVERY_DAYS)]
    return tuple(
        Gathering(day, NAMES[place % len(NAMES)], shop.moment(day, 19.0), shop.moment(day, 21.0))
        for place, day in enumerate(days)
    )


def gathering_rows(evenings: Sequence[Gathering], plan: Sequence[Campaign]) -> pa.Table:
    """Facts: the gatherings, the one still to come included; some were invited to by a mailing."""
    invited = [inviting(plan, one.starts - INVITED_DAYS * DAY, one.starts) for one in evenings]
    return pa.table(
        {
            "gathering_id": named("g", np.arange(len(evenings))),
            "name": pa.array([one.name for one in evenings]),
            "campaign": chosen([one.key for one in plan], np.array(invited, np.int64)),
            "starts_at": moments(np.array([one.starts for one in evenings], np.int64), NEVER),
            "ends_at": moments(np.array([one.ends for one in evenings], np.int64), NEVER),
        }
    )


def attendance_rows(folk: People, evenings: Sequence[Gathering]) -> pa.Table:
    """Facts: who registered and who came."""
    chance, end = folk.shop.chance("gatherings", folk.block), folk.shop.end
    parts = []
    for number, evening in enumerate(evenings):
        opens = evening.starts - INVITED_DAYS * DAY
        there = (folk.arrived < opens) & (folk.leaves > evening.ends)
        draw = chance.random((3, len(folk)))
        registers = there & (draw[0] < REGISTERS * np.minimum(folk.trait("social"), 2))
        walks_in = there & ~registers & (draw[0] > 1 - WALKS_IN)
        who = np.flatnonzero((registers & (opens < end)) | (walks_in & (evening.starts < end)))
        size = len(who)
        registered = np.where(registers[who], opens + (draw[1][who] * 19 * DAY).astype(np.int64), NEVER)
        comes = ~registers[who] | (draw[2][who] < COMES)
        late = (chance.random(size) * 20 * 60 * SECOND).astype(np.int64)
        attended = np.where(comes, evening.starts + late, NEVER)
        known = (registered < end) | (attended < end)
        who, registered, attended = who[known], registered[known], attended[known]
        came = attended < end
        size = len(who)
        parts.append(
            pa.table(
                {
                    "gathering_id": named("g", np.full(size, number)),
                    "customer_id": folk.ids(who),
                    "ends_at": moments(np.full(size, evening.ends), NEVER),
                    "registered_at": moments(registered, end),
                    "attended_at": moments(attended, end),
                    "votes": whole(chance.poisson(1.5, size), came),
                    "submissions": whole(chance.poisson(0.3, size), came),
                    "comments": whole(chance.poisson(0.8, size), came),
                }
            )
        )
    return pa.concat_tables(parts)
