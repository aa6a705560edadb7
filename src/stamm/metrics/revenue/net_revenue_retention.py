"""Net revenue retention."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.revenue.mrr_new import MOVEMENTS
from stamm.metrics.revenue.recurring_at_start import RecurringAtStart


class NetRevenueRetention(RecurringAtStart):
    """What the customers who paid when the window opened pay when it closes, as a share of what they paid then.

    More than 100 % where those who pay more outweigh the others. New customers and those who pay again are not among
    them, so it is not the complement of net_mrr_churn_rate.
    """

    en = "Net revenue retention"
    de = "Netto-Umsatzbindung"
    sentence_de = (
        "Was die Kunden, die zu Beginn des Zeitraums zahlten, am Ende zahlen, als Anteil des damaligen Betrags."
    )
    also = "NRR"
    unit, better = "share", "higher"
    examples = (
        given(start=500_000, mrr_expansion=55_000, mrr_contraction=10_000, mrr_churned=40_000).gives(1.01),
        given(start=0, mrr_expansion=0, mrr_contraction=0, mrr_churned=0).gives(None),
        # anna 2000, ben 300, cleo and emil nothing, of 3500
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(2300 / 3500),
    )

    def value(self, start: Any, mrr_expansion: Any, mrr_contraction: Any, mrr_churned: Any) -> Any:
        return share(start + mrr_expansion - mrr_contraction - mrr_churned, start)
