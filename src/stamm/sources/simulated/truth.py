"""What nobody in the shop could know: who has really left, what they were worth, what the campaigns did."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY
from stamm.sources.simulated.columns import NEVER, Real, chosen, moments, named, whole
from stamm.sources.simulated.mailings import Mailings
from stamm.sources.simulated.offers import Campaign, Catalogue
from stamm.sources.simulated.orders import Orders, Returned, expected_amount
from stamm.sources.simulated.people import People
from stamm.sources.simulated.personas import KEYS
from stamm.sources.simulated.seasons import Season


def expected_orders(folk: People, seasons: Sequence[Season]) -> Real:
    """Orders till the end that the true rates make one expect on arrival, campaigns aside.

    The first, and for each later day the chance of still being there times the rate times the day's business.
    """
    days = np.arange(folk.shop.start, folk.shop.end + DAY, DAY)
    days[-1] = folk.shop.end
    found = np.ones(len(folk))
    for number, season in enumerate(seasons):
        mine = np.flatnonzero(folk.persona == number)
        arrived = folk.arrived[mine][:, None]
        since, until = np.maximum(days[:-1], arrived), np.maximum(days[1:], arrived)
        business = season.passed(until.ravel()).reshape(until.shape) - season.passed(since.ravel()).reshape(since.shape)
        stays = np.exp(-folk.leaving_a_day[mine][:, None] * ((since + until) / 2 - arrived) / DAY)
        found[mine] += folk.orders_a_day[mine] * (business * stays).sum(axis=1)
    return found


def customer_truth(
    folk: People, seasons: Sequence[Season], made: Orders, back: Returned, catalogue: Catalogue
) -> pa.Table:
    """A row a customer; see the page on simulated worlds for the columns."""
    size, end = len(folk), folk.shop.end
    stands = made.stand_at(end)
    paid = np.bincount(made.who[stands], made.amount[stands], size)
    cost = np.bincount(made.who[stands], made.cost[stands], size)
    whose = made.who[made.order[back.line]]
    paid -= np.bincount(whose, back.amount, size)
    cost -= np.bincount(whose, made.line_cost[back.line], size)
    orders = expected_orders(folk, seasons)
    revenue, margin = (column[folk.persona] for column in expected_amount(catalogue))
    return pa.table(
        {
            "customer_id": folk.ids(np.arange(size)),
            "persona": chosen(KEYS, folk.persona),
            "arrived_at": moments(folk.arrived, end),
            "left_at": moments(folk.leaves, NEVER),
            "gone": pa.array(folk.leaves < end),
            "orders_a_day": pa.array(folk.orders_a_day),
            "leaving_a_day": pa.array(folk.leaving_a_day),
            "expected_orders": pa.array(orders),
            "realised_orders": whole(np.bincount(made.who, minlength=size)),
            "caused_orders": whole(np.bincount(made.who[made.caused_by >= 0], minlength=size)),
            "expected_revenue_minor": pa.array(orders * revenue),
            "realised_revenue_minor": whole(paid),
            "expected_value_minor": pa.array(orders * margin),
            "realised_value_minor": whole(paid - cost),
        }
    )


def member_truth(folk: People, sent: Mailings, made: Orders, plan: Sequence[Campaign]) -> pa.Table:
    """A row a campaign and member: whether they were left out on purpose, and the order it caused, if any."""
    caused = np.flatnonzero(made.caused_by >= 0)
    key = sent.campaign * len(folk) + sent.who
    order = np.argsort(key)
    place = order[np.searchsorted(key[order], made.caused_by[caused] * len(folk) + made.who[caused])]
    which = np.full(len(key), -1)
    which[place] = made.number[caused]
    return pa.table(
        {
            "campaign": chosen([one.key for one in plan], sent.campaign),
            "customer_id": folk.ids(sent.who),
            "held_out": pa.array(sent.held_out),
            "caused_order_id": named("o", which, which >= 0),
        }
    )


def campaign_truth(plan: Sequence[Campaign], members: pa.Table) -> pa.Table:
    """A row a campaign: whom it was for, and how many orders there would not have been without it."""
    every = pa.table(
        {
            "campaign": members["campaign"].cast(pa.string()),
            "held_out": members["held_out"].cast(pa.int64()),
            "caused": members["caused_order_id"],
        }
    )
    sums = every.group_by("campaign").aggregate([("held_out", "count"), ("held_out", "sum"), ("caused", "count")])
    found = {row["campaign"]: row for row in sums.to_pylist()}
    rows = [found.get(one.key, {}) for one in plan]
    counts = {name: np.array([row.get(name, 0) for row in rows], np.int64) for name in sums.column_names[1:]}
    return pa.table(
        {
            "campaign": pa.array([one.key for one in plan]),
            "channel": pa.array([one.channel for one in plan]),
            "sent_at": moments(np.array([one.sent_at for one in plan], np.int64), NEVER),
            "lift": pa.array([one.lift for one in plan]),
            "members": whole(counts["held_out_count"]),
            "held_out": whole(counts["held_out_sum"]),
            "orders_caused": whole(counts["caused_count"]),
        }
    )
