"""Gross MRR churn rate."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.revenue.mrr_new import MOVEMENTS
from stamm.metrics.revenue.recurring_at_start import RecurringAtStart


class GrossMrrChurnRate(RecurringAtStart):
    """Of the monthly recurring revenue when the window opens, the share lost since from the customers who paid it.

    What they pay less, and all of those who pay nothing any more. What others pay more does not make up for it.
    """

    en = "Gross MRR churn rate"
    de = "Brutto-MRR-Abwanderung"
    sentence_de = (
        "Anteil des anfangs wiederkehrenden Umsatzes, der seither bei den Kunden verlorenging, die ihn zahlten."
    )
    unit, better, leads = "share", "lower", True
    examples = (
        given(start=500_000, mrr_churned=40_000, mrr_contraction=10_000).gives(0.10),
        given(start=0, mrr_churned=0, mrr_contraction=0).gives(None),
        # at the start anna 1500, ben 900, cleo 700, emil 400; lost are 700 + 400 and 600: 1700 / 3500
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(1700 / 3500),
    )

    def value(self, mrr_churned: Any, mrr_contraction: Any, start: Any) -> Any:
        return share(mrr_churned + mrr_contraction, start)
