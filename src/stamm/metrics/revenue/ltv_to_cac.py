"""Lifetime value to acquisition cost."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric
from stamm.metrics.revenue.customer_lifetime_value import BASKETS, STAYS

#: dora, won in 2022, is the first since 2018; service wins nobody
WINNING = rows("""
    cost_id  customer_id  incurred_on  kind         amount_minor
    c1       -            2021-02-10   advertising  500
    c2       -            2021-03-10   acquisition  100
    c3       -            2021-03-10   service      9000
    c4       -            2022-01-01   advertising  7000
""")


class LtvToCac(Metric):
    """How often a customer's lifetime value with margin pays back what winning a customer cost.

    lifetime_value_margin over acquisition_cost. The first looks at the year before the window's end, the second at
    the window: over a short window it moves with every campaign.
    """

    en = "Lifetime value to acquisition cost"
    de = "Kundenwert zu Akquisekosten"
    sentence_de = "Wie oft der Kundenlebenszeitwert mit Marge die Kosten der Gewinnung eines Kunden einbringt."
    also = "LTV/CAC"
    unit, better = "ratio", "higher"
    examples = (
        given(lifetime_value_margin=30_000, acquisition_cost=10_000).gives(3),
        given(lifetime_value_margin=30_000, acquisition_cost=0).gives(None),
        # dora's order of 8000 cost 1000; one order a year, two years: 8000 x 1 x 2 x 0.875 = 14000, for 7000
        given(orders=BASKETS, spells=STAYS, costs=WINNING, window="2022", as_of="2023-01-01").gives(2),
        # in 2021 nobody was won, so nobody knows what winning one cost
        given(orders=BASKETS, spells=STAYS, costs=WINNING, window="2021", as_of="2023-01-01").gives(None),
    )

    def value(self, lifetime_value_margin: Any, acquisition_cost: Any) -> Any:
        return ratio(lifetime_value_margin, acquisition_cost)
