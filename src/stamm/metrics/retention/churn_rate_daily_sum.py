"""Churn rate summed over days."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, MetricHandle, Over, WindowNames, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY


class ChurnRateDailySum(Metric):
    """The churn rates of the single days, added up over the window.

    Some subscription dashboards show this as the month's churn rate. Each day's leavers are divided by those
    here that morning, a day with nobody here is skipped, and a customer who leaves twice counts twice. The
    sum is a share of nobody in particular: it depends on how the window is cut and can exceed one.
    """

    en = "Churn rate, sum of the days"
    de = "Abwanderungsrate als Tagessumme"
    sentence_de = "Die Abwanderungsraten der einzelnen Tage, über den Zeitraum zusammengezählt."
    unit, better, family = "share", "lower", "churn"
    n = "start"
    examples = (
        given(daily=0.07).gives(0.07),
        given(daily=None).gives(None),
        # cleo on the 9th, one of 5; ben on the 10th, one of 4; dora on the 14th, one of 3; emil on the 28th, one of
        # 3 (ben is back): 1/5 + 1/4 + 1/3 + 1/3
        given(spells=FEBRUARY, window="2024-02").gives(67 / 60),
        # cleo on the 9th, one of 4; ben on the 10th, one of 3; dora on the 14th, one of 3: 1/4 + 1/3 + 1/3
        given(spells=MARCH, window="2024-03").gives(11 / 12),
    )

    @part("here at the start", "zu Beginn da")
    def start(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start))

    @part("churn rates of its days, added up", "Abwanderungsraten seiner Tage, zusammengezählt", "share")
    def daily(self, customer_churn_rate: MetricHandle, window: WindowNames) -> Over:
        return customer_churn_rate.sum_over(window.days())

    def value(self, daily: Any) -> Any:
        return daily
