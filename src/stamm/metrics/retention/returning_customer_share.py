"""Share of returning customers."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.repeat_purchase_rate import BUYERS


class ReturningCustomerShare(Metric):
    """Of the customers who ordered in the window, the share who had ordered before it opened.

    The rest bought for the first time in this window, however often.
    """

    en = "Share of returning customers"
    de = "Anteil wiederkehrender Kunden"
    sentence_de = "Anteil der Kunden mit Bestellung im Zeitraum, die schon vor seinem Beginn bestellt hatten."
    unit, better, family = "share", "higher", "repeat_purchase"
    interval = Wilson("known", "customers")
    examples = (
        given(customers=1000, known=350).gives(0.35),
        given(customers=0, known=0).gives(None),
        # in February all but dora; already in January anna, cleo and fay: 3 / 5
        given(orders=BUYERS, window="2024-02", as_of="2024-04-01").gives(0.60),
    )

    @part("customers who ordered", "Kunden mit Bestellung")
    def customers(self, purchases: Purchases) -> Reduction:
        return purchases.customers()

    @part("who had ordered before the window", "mit Bestellung vor dem Zeitraum")
    def known(self, purchases: Purchases, window: WindowNames) -> Reduction:
        return purchases.customers(purchases.first_at < window.start)

    def value(self, customers: Any, known: Any) -> Any:
        return share(known, customers)
