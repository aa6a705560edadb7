"""A shop's orders, made from a seed: as many as asked for, in one CSV file.

The customers' pauses are drawn from a mixture, so that some come weekly, some yearly and some once; two years of
local days with clock changes, evenings busier than mornings. Same seed and size, same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

FIRST = np.datetime64("2022-01-01T00:00:00", "s")
DAYS = 730
CHANNELS = ("web", "app", "store")
PIECE = 500_000


def write_orders(path: Path, orders: int, customers: int, seed: int = 1) -> None:
    """Write `orders` rows in the order of time, about 210 bytes each, with columns beside those that facts have."""
    chance = np.random.default_rng(seed)
    busy = chance.gamma(0.6, size=customers)
    who = np.searchsorted(np.cumsum(busy / busy.sum()), chance.random(orders)).clip(0, customers - 1)
    joined = (chance.beta(1.0, 1.4, customers) * DAYS * 0.9).astype(np.int64)
    stay = chance.exponential(260, customers)
    day = joined[who] + np.minimum(chance.random(orders) * stay[who], DAYS - 1 - joined[who]).astype(np.int64)
    second = (chance.beta(3.0, 2.0, orders) * 86_399).astype(np.int64)
    moment = FIRST + (day * 86_400 + second).astype("timedelta64[s]")
    place = np.argsort(moment, kind="stable")
    with arrow_csv.CSVWriter(path, _schema()) as writer:
        for start in range(0, orders, PIECE):
            rows = place[start : start + PIECE]
            writer.write_table(_piece(chance, start, who[rows], moment[rows]))


def _schema() -> pa.Schema:
    facts = ("order_id", "customer_id", "ordered_at", "amount", "tax", "shipping", "currency", "channel")
    others = ("campaign", "cancelled_at", "billing_name", "billing_street", "billing_city", "basket", "note")
    return pa.schema([(name, pa.string()) for name in facts + others])


def _piece(chance: np.random.Generator, start: int, who: np.ndarray, moment: np.ndarray) -> pa.Table:
    size = len(who)
    amount = (chance.lognormal(3.6, 0.8, size) * 100).astype(np.int64) + 99
    written = pc.binary_join_element_wise(pa.array(np.datetime_as_string(moment)), "Z", "")
    cancelled = pc.if_else(pa.array(chance.random(size) < 0.02), written, pa.scalar("", pa.string()))
    columns = [
        pa.array(np.char.add("A-2022-", np.char.zfill((start + np.arange(size)).astype(str), 9))),
        pa.array(np.char.add("customer-", np.char.zfill(who.astype(str), 7))),
        written,
        _major(amount),
        _major(amount * 19 // 119),
        _major(np.where(amount < 5_000, 495, 0)),
        pa.repeat(pa.scalar("EUR"), size),
        pa.array(np.array(CHANNELS)[chance.integers(0, len(CHANNELS), size)]),
        pa.array(np.char.add("campaign-", chance.integers(0, 60, size).astype(str))),
        cancelled,
        pa.array(np.char.add("Name of customer ", who.astype(str))),
        pa.array(np.char.add(np.char.add("Street ", (who % 9_999).astype(str)), ", back, 2nd floor")),
        pa.array(np.char.add("City ", (who % 997).astype(str))),
        pa.array(np.char.add("basket-", chance.integers(1 << 60, 1 << 62, size).astype(str))),
        pa.repeat(pa.scalar("left at the door"), size),
    ]
    return pa.table(columns, schema=_schema())


def _major(minor: np.ndarray) -> pa.Array:
    whole, part = np.divmod(minor, 100)
    return pa.array(np.char.add(np.char.add(whole.astype(str), "."), np.char.zfill(part.astype(str), 2)))
