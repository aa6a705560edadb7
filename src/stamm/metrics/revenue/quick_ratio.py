"""Quick ratio."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric
from stamm.metrics.revenue.mrr_new import MOVEMENTS


class QuickRatio(Metric):
    """How much monthly recurring revenue was gained for each unit of it that was lost.

    New, expansion and reactivated over contraction and churned; below 1 it shrinks. Where nothing was lost there is
    no value. Not the quick ratio of accounting, which is about liquidity.
    """

    en = "Quick ratio"
    de = "Quick Ratio des MRR"
    sentence_de = "Wie viel monatlich wiederkehrender Umsatz für jede verlorene Einheit gewonnen wurde."
    unit, better = "ratio", "higher"
    examples = (
        given(
            mrr_new=60_000, mrr_expansion=15_000, mrr_reactivation=5_000, mrr_contraction=5_000, mrr_churned=15_000
        ).gives(4.0),
        given(mrr_new=60_000, mrr_expansion=0, mrr_reactivation=0, mrr_contraction=0, mrr_churned=0).gives(None),
        # gained 3000 + 500 + 600, lost 600 + 1100: 4100 / 1700
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(4100 / 1700),
    )

    def value(
        self, mrr_new: Any, mrr_expansion: Any, mrr_reactivation: Any, mrr_contraction: Any, mrr_churned: Any
    ) -> Any:
        return ratio(mrr_new + mrr_expansion + mrr_reactivation, mrr_contraction + mrr_churned)
