"""Time to the second purchase."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.kind import Metric, part
from stamm.metrics.retention.time_between_purchases import RHYTHMS


class TimeToSecondPurchase(Metric):
    """How many days pass from a customer's first order to the second, for second orders in the window.

    Who has not come back yet is not in it, so a young shop shows too short a time.
    """

    de = "Zeit bis zum zweiten Kauf"
    sentence_de = "Wie viele Tage von der ersten zur zweiten Bestellung vergehen, für Zweitbestellungen im Zeitraum."
    unit, better, family = "days", "lower", "purchase_interval"
    interval = Mean("second_orders", "days", "squares")
    examples = (
        given(second_orders=8, days=160).gives(20),
        given(second_orders=0, days=0).gives(None),
        # anna's second order comes after 40 days (her third plays no part), ben's after 5: 45 / 2
        given(orders=RHYTHMS, window="2024-02", as_of="2024-04-01").gives(22.5),
    )

    @part("second orders", "Zweitbestellungen")
    def second_orders(self, purchases: Purchases) -> Reduction:
        return purchases.count(purchases.position == 2)

    @part("days since the first, added up", "Tage seit der ersten, zusammengezählt", "days")
    def days(self, purchases: Purchases) -> Reduction:
        return purchases.sum(purchases.gap_days, purchases.position == 2)

    @part("squares of these days", "Quadrate dieser Tage", "number")
    def squares(self, purchases: Purchases) -> Reduction:
        return purchases.sum(purchases.gap_days * purchases.gap_days, purchases.position == 2)

    def value(self, second_orders: Any, days: Any) -> Any:
        return ratio(days, second_orders)
