"""Gross revenue retention."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.revenue.mrr_new import MOVEMENTS
from stamm.metrics.revenue.recurring_at_start import RecurringAtStart


class GrossRevenueRetention(RecurringAtStart):
    """What is left when the window closes of the monthly recurring revenue when it opened, increases not counted.

    Never more than 100 %: nobody counts with more than they paid at the start. It is the complement of
    gross_mrr_churn_rate.
    """

    en = "Gross revenue retention"
    de = "Brutto-Umsatzbindung"
    sentence_de = "Was vom anfangs wiederkehrenden Umsatz am Ende des Zeitraums noch da ist, Erhöhungen nicht gezählt."
    also = "GRR"
    unit, better = "share", "higher"
    examples = (
        given(start=500_000, mrr_contraction=10_000, mrr_churned=40_000).gives(0.90),
        given(start=0, mrr_contraction=0, mrr_churned=0).gives(None),
        # anna 1500 as before, ben 300, cleo and emil nothing, of 3500
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(1800 / 3500),
    )

    def value(self, start: Any, mrr_contraction: Any, mrr_churned: Any) -> Any:
        return share(start - mrr_contraction - mrr_churned, start)
