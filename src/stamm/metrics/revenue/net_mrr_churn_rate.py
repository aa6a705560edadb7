"""Net MRR churn rate."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.revenue.mrr_new import MOVEMENTS
from stamm.metrics.revenue.recurring_at_start import RecurringAtStart


class NetMrrChurnRate(RecurringAtStart):
    """The share of monthly recurring revenue lost since the window opened, less what known customers pay more.

    What those who pay more and those who pay again bring is taken off; what new customers bring is not. It is below
    zero where known customers bring more than was lost.
    """

    en = "Net MRR churn rate"
    de = "Netto-MRR-Abwanderung"
    sentence_de = (
        "Anteil des anfangs wiederkehrenden Umsatzes, der verlorenging, abzüglich Mehrumsatz bekannter Kunden."
    )
    unit, better = "share", "lower"
    examples = (
        given(
            start=500_000, mrr_churned=40_000, mrr_contraction=10_000, mrr_expansion=55_000, mrr_reactivation=5_000
        ).gives(-0.02),
        given(start=0, mrr_churned=0, mrr_contraction=0, mrr_expansion=0, mrr_reactivation=5_000).gives(None),
        # lost are 1100 and 600 of 3500; anna pays 500 more, fay 600 again: 600 / 3500
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(600 / 3500),
    )

    def value(
        self, mrr_churned: Any, mrr_contraction: Any, mrr_expansion: Any, mrr_reactivation: Any, start: Any
    ) -> Any:
        return share(mrr_churned + mrr_contraction - mrr_expansion - mrr_reactivation, start)
