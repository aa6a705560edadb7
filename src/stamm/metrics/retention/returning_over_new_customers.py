"""Returning over new customers."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, part
from stamm.metrics.retention.repeat_purchase_rate import BUYERS


class ReturningOverNewCustomers(Metric):
    """How many customers ordered again for each customer who ordered for the first time.

    One glossary prints this as its retention rate. It is none: the people above the line are not among those
    below it, and a shop that stops winning customers sees it rise without limit. Both are counted over the
    orders of the window; who orders a first and a second time in it is in both numbers.
    """

    en = "Returning over new customers"
    de = "Wiederkehrende je Neukunde"
    sentence_de = "Wie viele Kunden wieder bestellten, je Kunde mit erster Bestellung."
    unit, better, family = "ratio", "higher", "retention"
    n = "first"
    examples = (
        given(again=600, first=400).gives(1.5),
        given(again=3, first=0).gives(None),
        # again anna, ben on the 20th, cleo and fay; first ben on the 3rd and emil: 4 / 2
        given(orders=BUYERS, window="2024-02", as_of="2024-04-01").gives(2),
    )

    @part("ordered again", "bestellten wieder")
    def again(self, purchases: Purchases) -> Reduction:
        return purchases.customers(purchases.again())

    @part("ordered for the first time", "bestellten zum ersten Mal")
    def first(self, purchases: Purchases) -> Reduction:
        return purchases.customers(purchases.position == 1)

    def value(self, again: Any, first: Any) -> Any:
        return ratio(again, first)
