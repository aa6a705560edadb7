"""Customer lifetime value from ARPA and churn."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, MetricHandle, Over, WindowNames, part


class LifetimeValueArpaOverChurn(Metric):
    """What a subscriber pays over the time they stay, if everyone leaves at the same monthly rate.

    Monthly revenue per account at the window's end over the mean churn rate of the last six whole months that
    end by then. It takes churn to be the same for old and new customers, which it hardly ever is; where
    nobody left in these months there is no value, not an infinite one. Each of the six must have a rate.
    """

    en = "Customer lifetime value, ARPA over churn"
    de = "Kundenlebenszeitwert aus ARPA und Abwanderung"
    sentence_de = "Was ein Abonnent zahlt, solange er bleibt, wenn alle mit derselben Monatsrate abwandern."
    unit, better, family = "money", "higher", "clv"
    n = "customers"
    examples = (
        given(average_revenue_per_account=5000, churn=0.05).gives(100_000),
        given(average_revenue_per_account=5000, churn=0).gives(None),
        # February to July: ben leaves in February, one of 4, cleo in May, one of 3: (1/4 + 1/3) / 6 = 7/72 a month;
        # anna and dora pay (1000 + 3000) / 2 = 2000
        given(
            subscriptions=rows("""
                subscription_id  started_at  customer_id  ended_at    mrr_minor  status
                s1               2024-01-05  anna         -           1000       active
                s2               2024-01-05  ben          2024-02-10  700        active
                s3               2024-01-05  cleo         2024-05-10  5000       active
                s4               2024-01-05  dora         -           3000       past_due
            """),
            window="2024-07",
            spell_rule="subscriptions",
        ).gives(2000 * 72 / 7),
    )

    @part("mean churn rate of six months", "mittlere Abwanderungsrate von sechs Monaten", "share")
    def churn(self, customer_churn_rate: MetricHandle, window: WindowNames) -> Over:
        return customer_churn_rate.mean_over(window.whole_months(6))

    @part("here at the end", "am Ende da")
    def customers(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.end))

    def value(self, average_revenue_per_account: Any, churn: Any) -> Any:
        return ratio(average_revenue_per_account, churn)
