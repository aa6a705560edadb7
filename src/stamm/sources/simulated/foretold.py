"""What a plain model foretold twice a year: that somebody will not order in the next ninety days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY
from stamm.sources.simulated.columns import moments, same, whole
from stamm.sources.simulated.orders import Orders
from stamm.sources.simulated.people import People

MODEL, VERSION, HORIZON_DAYS = "sim-silence", "1", 90
#: customers silent for longer are asked of no more
_STALE_DAYS = 365


def prediction_rows(folk: People, made: Orders) -> pa.Table:
    """Facts: of everybody with an order in the year before. The longer the silence beside the usual gap, the likelier.

    It knows only what had happened by then, and no truth.
    """
    shop = folk.shop
    parts = []
    for year in range(shop.first.year, shop.until.year + 1):
        for month in (1, 7):
            day = date(year, month, 1)
            if shop.first < day < shop.until:
                parts.append(_on(folk, made, shop.moment(day, 6.0)))
    return pa.concat_tables(parts or [_on(folk, made, shop.start)])


def _on(folk: People, made: Orders, moment: int) -> pa.Table:
    before = made.at < moment
    count = np.bincount(made.who[before], minlength=len(folk))
    last = np.full(len(folk), -1)
    np.maximum.at(last, made.who[before], made.at[before])
    silent, known = (moment - last) / DAY, (moment - folk.arrived) / DAY
    who = np.flatnonzero((count > 0) & (silent < _STALE_DAYS))
    gap = (known[who] + 90) / (count[who] + 1)
    value = 1 - np.exp(-(silent[who] + 30) / (2 * gap + 30)) * (1 - np.exp(-HORIZON_DAYS / gap))
    half = 0.5 / np.sqrt(count[who] + 3)
    size = len(who)
    return pa.table(
        {
            "model": same(MODEL, size),
            "customer_id": folk.ids(who),
            "predicted_at": moments(np.full(size, moment), folk.shop.end),
            "name": same("silence", size),
            "horizon_days": whole(np.full(size, HORIZON_DAYS)),
            "value": pa.array(value),
            "low": pa.array(np.maximum(value - half * value, 0.0)),
            "high": pa.array(np.minimum(value + half * (1 - value), 1.0)),
            "version": same(VERSION, size),
        }
    )
