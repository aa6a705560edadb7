"""Time between purchases."""

from __future__ import annotations

from typing import Any

from ibis.common.deferred import Deferred

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.kind import Metric, WindowNames, part

#: anna orders in January and twice in February, ben twice in February, cleo only in January, dora in February and
#: March
RHYTHMS = rows("""
    order_id  customer_id  ordered_at  amount_minor
    o1        anna         2024-01-01  1000
    o2        anna         2024-02-10  1000
    o3        anna         2024-02-20  1000
    o4        ben          2024-02-03  1000
    o5        ben          2024-02-08  1000
    o6        cleo         2024-01-05  1000
    o7        cleo         2024-01-25  1000
    o8        dora         2024-02-01  1000
    o9        dora         2024-03-01  1000
""")


class TimeBetweenPurchases(Metric):
    """How many days pass between two orders of a returning customer, on average over these customers.

    A returning customer has two or more orders by the window's end, the last of them in the window. Each
    customer's own mean, over all orders up to that last one, counts once, so that frequent buyers weigh no
    more than others.
    """

    de = "Zeit zwischen Einkäufen"
    sentence_de = "Wie viele Tage zwischen zwei Bestellungen wiederkehrender Kunden liegen, im Mittel über diese."
    also = "TBP"
    unit, better, family, leads = "days", "lower", "purchase_interval", True
    interval = Mean("returning", "days", "squares")
    examples = (
        given(returning=4, days=120).gives(30),
        given(returning=0, days=0).gives(None),
        # anna's mean is (40 + 10) / 2 = 25, ben's 5; so (25 + 5) / 2.
        # cleo's last order is not in February, dora's second one in March
        given(orders=RHYTHMS, window="2024-02", as_of="2024-04-01").gives(15),
    )

    @part("returning customers", "wiederkehrende Kunden")
    def returning(self, purchases: Purchases, window: WindowNames) -> Reduction:
        return purchases.customers(self.last_again(purchases, window))

    @part("their mean days, added up", "ihre mittleren Tage, zusammengezählt", "days")
    def days(self, purchases: Purchases, window: WindowNames) -> Reduction:
        return purchases.sum(purchases.mean_gap_days, self.last_again(purchases, window))

    @part("squares of their mean days", "Quadrate ihrer mittleren Tage", "number")
    def squares(self, purchases: Purchases, window: WindowNames) -> Reduction:
        days = purchases.mean_gap_days
        return purchases.sum(days * days, self.last_again(purchases, window))

    def last_again(self, purchases: Purchases, window: WindowNames) -> Deferred:
        """The last order by the window's end, where it is not the customer's first."""
        return purchases.again() & (purchases.next_at.isnull() | (purchases.next_at >= window.end))

    def value(self, returning: Any, days: Any) -> Any:
        return ratio(days, returning)
