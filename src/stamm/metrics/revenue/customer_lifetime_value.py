"""Customer lifetime value."""

from __future__ import annotations

from typing import Any

from stamm.lang.definition import Setting
from stamm.lang.example import given, rows
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, MetricHandle, Over, WindowNames, part

#: anna stayed 1 year and ben 3, so a customer stays 2; dora, who is not yet a customer, comes after the window
STAYS = rows("""
    customer_id  number  started_at        ended_at          first_started_at
    anna         1       2018-01-01T00:00  2019-01-01T06:00  2018-01-01T00:00
    ben          1       2018-01-01T00:00  2020-12-31T18:00  2018-01-01T00:00
    dora         1       2022-01-05T00:00  -                 2022-01-05T00:00
""")

#: the 365 days before 2022 hold anna's two orders and ben's one; ben's first is older, dora's is later
BASKETS = rows("""
    order_id  customer_id  ordered_at  amount_minor  cost_minor
    o1        anna         2021-01-01  1000          600
    o2        anna         2021-06-01  3000          1800
    o3        ben          2021-12-31  2000          1200
    o4        ben          2020-12-31  9900          9900
    o5        dora         2022-01-05  8000          1000
""")


class CustomerLifetimeValue(Metric):
    """What a customer is worth over the whole time they stay: order value times orders a year times years.

    Order value and frequency are those of the 365 local days before the window's end, the frequency being
    orders per customer who ordered; the lifetime is customer_lifetime at the window's end, in years. It is
    revenue, not profit, before returns, and future money is not discounted. Glossaries print the product without a
    period for the frequency or a unit for the lifetime; only orders a year times years make sense. With `days`
    other than 365 the frequency is of that many days, and the product is no longer a value over a lifetime in
    years.
    """

    de = "Kundenlebenszeitwert"
    sentence_de = "Was ein Kunde wert ist, solange er bleibt: Bestellwert mal Bestellungen im Jahr mal Jahre."
    also = "CLV"
    unit, better, family, leads = "money", "higher", "clv", True
    days = Setting(
        365,
        "Days before the window's end whose orders count.",
        "Tage vor dem Ende des Zeitraums, deren Bestellungen zählen.",
        low=1,
        title=Phrase("Days of orders", "Tage mit Bestellungen"),
    )
    examples = (
        given(average_order_value=50, purchase_frequency=4, customer_lifetime=5).gives(1000),
        # (1000 + 3000 + 2000) / 3 orders = 2000 an order, 3 orders / 2 customers = 1.5, (1 + 3) / 2 = 2 years
        given(orders=BASKETS, spells=STAYS, window="2021", as_of="2023-01-01").gives(6000),
    )

    @part("average order value of the year before the end", "Bestellwert im Jahr vor dem Ende", "money")
    def average_order_value(self, average_order_value: MetricHandle, window: WindowNames) -> Over:
        return average_order_value.over(window.trailing(self.days))

    @part("orders per customer in that year", "Bestellungen je Kunde in diesem Jahr", "ratio")
    def purchase_frequency(self, purchase_frequency: MetricHandle, window: WindowNames) -> Over:
        return purchase_frequency.over(window.trailing(self.days))

    def value(self, average_order_value: Any, purchase_frequency: Any, customer_lifetime: Any) -> Any:
        return average_order_value * purchase_frequency * customer_lifetime
