"""What it costs to win, to serve, to keep and to reward customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import Whole
from stamm.sources.simulated.columns import chosen, days, named, whole
from stamm.sources.simulated.offers import ADS, Campaign
from stamm.sources.simulated.orders import Orders
from stamm.sources.simulated.people import People, local_days
from stamm.sources.simulated.programme import REDEEMED, WORTH, Postings
from stamm.sources.simulated.shop import Shop
from stamm.sources.simulated.tickets import Tickets

KINDS = ("service", "acquisition", "retention", "reward", "advertising")
SERVICE, ACQUISITION, RETENTION, REWARD, ADVERTISING = range(5)
#: minor units: a minute of service; an advertised day for each thousand customers, by campaign
A_MINUTE = 60
_A_DAY = dict(zip(ADS, (2_400, 1_500), strict=True))
#: minor units a month for each thousand customers: the desk that serves, the agency that wins
_DESK, _AGENCY = 12_000, 20_000
_EPOCH = date(1970, 1, 1)


def _rows(
    shop: Shop, number: pa.Array, who: pa.Array, day: Whole, kind: Whole, campaign: pa.Array, amount: Whole
) -> pa.Table:
    return pa.table(
        {
            "cost_id": number,
            "customer_id": who,
            "incurred_on": days(day),
            "kind": chosen(KINDS, kind),
            "campaign": campaign,
            "amount_minor": whole(amount),
            "currency": chosen([shop.currency], np.zeros(len(day), np.int64)),
        }
    )


def shared_costs(shop: Shop, plan: Sequence[Campaign]) -> pa.Table:
    """Facts: advertising day by day, desk and agency month by month, and the planning of each mailing."""
    thousands = max(shop.customers / 1_000, 0.1)
    every = [shop.first + timedelta(days=step) for step in range((shop.until - shop.first).days)]
    found: list[tuple[date, int, str | None, int]] = []
    for name, amount in _A_DAY.items():
        noise = shop.chance(name).uniform(0.7, 1.3, len(every))
        found += [
            (day, ADVERTISING, name, round(amount * thousands * part))
            for day, part in zip(every, noise.tolist(), strict=True)
        ]
    for day in every:
        if day.day == 1 or day == shop.first:
            found += [
                (day, SERVICE, None, round(_DESK * thousands)),
                (day, ACQUISITION, None, round(_AGENCY * thousands)),
            ]
    found += [(one.day, RETENTION, one.key, one.budget) for one in plan]
    numbers = np.array([[(day - _EPOCH).days, kind, amount] for day, kind, _, amount in found], np.int64)
    campaign = pa.array([name for _, _, name, _ in found], pa.string())
    size = len(found)
    nobody = pa.nulls(size, pa.string())
    ids = named("k", np.arange(size))
    return _rows(shop, ids, nobody, numbers[:, 0], numbers[:, 1], campaign, numbers[:, 2])


def cost_rows(folk: People, made: Orders, asked: Tickets, booked: Postings) -> pa.Table:
    """Facts: what single customers cost: the minutes spent on their tickets, and their rewards."""
    shop = folk.shop
    done = np.flatnonzero(asked.resolved < shop.end)
    given = np.flatnonzero(booked.kind == REDEEMED)
    at = np.concatenate([asked.resolved[done], booked.at[given]])
    who = np.concatenate([made.who[asked.order[done]], booked.who[given]])
    number = np.concatenate(
        [made.number[asked.order[done]] * 8 + np.minimum(asked.topic[done], 2), booked.number[given] + 3]
    )
    kind = np.repeat([SERVICE, REWARD], [len(done), len(given)])
    minutes = np.rint(asked.minutes[done] * A_MINUTE).astype(np.int64)
    amount = np.concatenate([minutes, -booked.quantity[given] * WORTH])
    day = local_days(at, shop.zone).astype(np.int64)
    letters = pa.compute.if_else(pa.array(kind == SERVICE), "t", "b")
    ids = pa.compute.binary_join_element_wise(named("k", number), letters, "-")
    return _rows(shop, ids, folk.ids(who), day, kind, pa.nulls(len(who), pa.string()), amount)
