"""Repeat purchases within the window."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.repeat_purchase_rate import BUYERS


class RepeatWithinWindow(Metric):
    """Of the customers who ordered in the window, the share who ordered at least twice in it.

    What came before the window plays no part, so short windows show little and rates of windows of different
    length cannot be compared.
    """

    en = "Repeat purchase rate within the window"
    de = "Wiederkauf im Zeitraum"
    sentence_de = "Anteil der Kunden mit Bestellung im Zeitraum, die darin mindestens zweimal bestellt haben."
    unit, better, family = "share", "higher", "repeat_purchase"
    interval = Wilson("repeating", "customers")
    examples = (
        given(customers=1000, repeating=80).gives(0.08),
        given(customers=0, repeating=0).gives(None),
        # in February all but dora; twice in it anna and ben: 2 / 5
        given(orders=BUYERS, window="2024-02", as_of="2024-04-01").gives(0.40),
    )

    @part("customers who ordered", "Kunden mit Bestellung")
    def customers(self, purchases: Purchases) -> Reduction:
        return purchases.customers()

    @part("with two or more orders in the window", "mit zwei oder mehr Bestellungen im Zeitraum")
    def repeating(self, purchases: Purchases, window: WindowNames) -> Reduction:
        return purchases.customers(purchases.previous_at >= window.start)

    def value(self, customers: Any, repeating: Any) -> Any:
        return share(repeating, customers)
