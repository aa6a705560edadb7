"""Customer lifetime value with margin."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.metrics.kind import Metric, MetricHandle, Over, WindowNames, part
from stamm.metrics.revenue.customer_lifetime_value import BASKETS, STAYS


class LifetimeValueMargin(Metric):
    """What is left of a customer's lifetime value after the cost of the goods.

    The customer lifetime value times the gross margin of the 365 local days before the window's end, taken
    from orders whose cost is known. Other costs, such as service or advertising, are not taken off.
    """

    en = "Customer lifetime value with margin"
    de = "Kundenlebenszeitwert mit Marge"
    sentence_de = "Was vom Kundenlebenszeitwert nach den Kosten der Waren bleibt."
    also = "CLTV"
    unit, better, family = "money", "higher", "clv"
    examples = (
        given(customer_lifetime_value=1000, margin=0.3).gives(300),
        # 6000 a customer; of 1000 + 3000 + 2000 paid, 600 + 1800 + 1200 were cost: 6000 x 0.4
        given(orders=BASKETS, spells=STAYS, window="2021", as_of="2023-01-01").gives(2400),
    )

    @part("gross margin of the year before the end", "Bruttomarge im Jahr vor dem Ende", "share")
    def margin(self, gross_margin: MetricHandle, window: WindowNames) -> Over:
        return gross_margin.over(window.trailing(365))

    def value(self, customer_lifetime_value: Any, margin: Any) -> Any:
        return customer_lifetime_value * margin
