"""Repeat customers of all."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, part
from stamm.metrics.retention.repeat_purchase_rate import BUYERS


class RepeatCustomersOfAll(Metric):
    """Of everyone who ever ordered by the window's end, the share who ordered at least twice.

    The window's start plays no part. It moves slowly, and recent first buyers, who have had no time to come
    back, pull it down.
    """

    en = "Repeat customers of all"
    de = "Wiederkäufer unter allen"
    sentence_de = "Anteil aller, die bis zum Ende des Zeitraums je bestellt haben, mit mindestens zwei Bestellungen."
    unit, better, family = "share", "higher", "repeat_purchase"
    interval = Wilson("repeating", "everyone")
    examples = (
        given(everyone=5000, repeating=1500).gives(0.30),
        given(everyone=0, repeating=0).gives(None),
        # by the end of February all six; twice all but emil, whose next is in March: 5 / 6
        given(orders=BUYERS, window="2024-02", as_of="2024-04-01").gives(5 / 6),
    )

    @part("customers who ever ordered", "Kunden, die je bestellt haben")
    def everyone(self, purchases: Purchases) -> Reduction:
        return purchases.so_far().customers()

    @part("with two or more orders", "mit zwei oder mehr Bestellungen")
    def repeating(self, purchases: Purchases) -> Reduction:
        return purchases.so_far().customers(purchases.again())

    def value(self, everyone: Any, repeating: Any) -> Any:
        return share(repeating, everyone)
