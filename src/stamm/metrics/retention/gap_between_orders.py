"""Gap between orders."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.kind import Metric, part
from stamm.metrics.retention.time_between_purchases import RHYTHMS


class GapBetweenOrders(Metric):
    """How many days have passed since the customer's order before, on average over the repeat orders of the window.

    All gaps are pooled, the later order lying in the window; who orders often weighs more than in
    time_between_purchases. The gaps of one customer are not independent, so the interval is on the narrow side.
    """

    en = "Gap between orders"
    de = "Abstand zwischen Bestellungen"
    sentence_de = "Wie viele Tage seit der Bestellung davor vergingen, im Mittel über die Folgebestellungen."
    unit, better, family = "days", "lower", "purchase_interval"
    interval = Mean("gaps", "days", "squares")
    examples = (
        given(gaps=5, days=120).gives(24),
        given(gaps=0, days=0).gives(None),
        # anna 40 and 10, ben 5; cleo's lies in January, dora's in March: 55 / 3
        given(orders=RHYTHMS, window="2024-02", as_of="2024-04-01").gives(55 / 3),
    )

    @part("repeat orders", "Folgebestellungen")
    def gaps(self, purchases: Purchases) -> Reduction:
        return purchases.count(purchases.again())

    @part("days since the order before, added up", "Tage seit der vorigen, zusammengezählt", "days")
    def days(self, purchases: Purchases) -> Reduction:
        return purchases.sum(purchases.gap_days, purchases.again())

    @part("squares of these days", "Quadrate dieser Tage", "number")
    def squares(self, purchases: Purchases) -> Reduction:
        return purchases.sum(purchases.gap_days * purchases.gap_days, purchases.again())

    def value(self, gaps: Any, days: Any) -> Any:
        return ratio(days, gaps)
