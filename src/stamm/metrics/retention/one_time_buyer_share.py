"""Share of one-time buyers."""

from __future__ import annotations

from typing import Any

from ibis.common.deferred import Deferred

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, WindowNames, part


class OneTimeBuyerShare(Metric):
    """Of the customers who have had lapse_days to order a second time, the share who ordered only once.

    They are those whose first order lies at least lapse_days (times 24 hours) before the window's end; whoever
    ordered for the first time after that is in neither number. A second order counts whenever it came by the
    window's end; the window's start plays no part. A first order is the first in the data.
    """

    en = "Share of one-time buyers"
    de = "Anteil der Einmalkäufer"
    sentence_de = "Anteil der Kunden mit genau einer Bestellung unter denen, deren erste lange genug her ist."
    unit, better = "share", "lower"
    interval = Wilson("once", "customers")
    examples = (
        given(customers=1000, once=550).gives(0.55),
        given(customers=0, once=0).gives(None),
        # by March anna has ordered once, exactly 30 days ago, ben twice, cleo once (the second was cancelled), emil
        # once (the second comes in March); dora has had a second less than 30 days: 3 / 4
        given(
            orders=rows("""
                order_id  customer_id  ordered_at           amount_minor  cancelled_at
                o1        anna         2024-01-31T00:00:00  1000          -
                o2        ben          2024-01-05T10:00:00  1000          -
                o3        ben          2024-02-28T10:00:00  1000          -
                o4        cleo         2023-06-01T10:00:00  1000          -
                o5        cleo         2024-02-01T10:00:00  1000          2024-02-02T10:00
                o6        dora         2024-01-31T00:00:01  1000          -
                o7        emil         2024-01-15T10:00:00  1000          -
                o8        emil         2024-03-01T00:00:00  1000          -
                o9        -            2024-01-15T10:00:00  1000          -
            """),
            window="2024-02",
            as_of="2024-04-01",
            lapse_days=30,
        ).gives(0.75),
    )

    @part("first order at least lapse_days ago", "erste Bestellung mindestens lapse_days her")
    def customers(self, purchases: Purchases, window: WindowNames) -> Reduction:
        return purchases.so_far().customers(self.old_enough(purchases, window))

    @part("of them without a second", "davon ohne zweite")
    def once(self, purchases: Purchases, window: WindowNames) -> Reduction:
        alone = self.old_enough(purchases, window) & ~purchases.followed_by(window.end)
        return purchases.so_far().customers(alone)

    def old_enough(self, purchases: Purchases, window: WindowNames) -> Deferred:
        """First orders that lie lapse_days before the window's end."""
        return ~purchases.again() & purchases.lapsed_by(window.end)

    def value(self, customers: Any, once: Any) -> Any:
        return share(once, customers)
