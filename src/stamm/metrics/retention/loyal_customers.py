"""Loyal customers."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.latest_orders import LatestOrders
from stamm.lang.definition import Setting
from stamm.lang.example import given, rows
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, part

#: two orders in the 30 days before March: anna on the 5th and 25th, ben on the 31st of January and the 10th; cleo's
#: first is a day too old, dora's second was cancelled, emil's is in March, and fay has not ordered for long enough to
#: have left
HABITS = rows("""
    order_id  customer_id  ordered_at  amount_minor  cancelled_at
    o1        anna         2024-02-05  1000          -
    o2        anna         2024-02-25  1000          -
    o3        ben          2024-01-31  1000          -
    o4        ben          2024-02-10  1000          -
    o5        cleo         2024-01-30  1000          -
    o6        cleo         2024-02-20  1000          -
    o7        dora         2024-02-10  1000          -
    o8        dora         2024-02-20  1000          2024-02-21
    o9        emil         2024-02-20  1000          -
    o10       emil         2024-03-01  1000          -
    o11       fay          2024-02-02  1000          -
    o12       fay          2024-02-03  1000          -
""")


class LoyalCustomers(Metric):
    """Customers here when the window closes who ordered at least three times in the year before.

    `orders` and `days` say how often, and in how many times 24 hours before the window's end; an order exactly that
    old counts. Cancelled orders do not. Where the data begin in mid-life and the days reach back before them, nobody
    can tell, and there is no value.
    """

    de = "Treue Kunden"
    sentence_de = "Kunden, die am Ende des Zeitraums da sind und im Jahr davor mindestens dreimal bestellt haben."
    unit, better = "count", "higher"
    n = "loyal"
    orders = Setting(
        3,
        "How many orders at least.",
        "Wie viele Bestellungen mindestens.",
        low=1,
        title=Phrase("Orders at least", "Bestellungen mindestens"),
    )
    days = Setting(
        365,
        "In how many days before the window's end.",
        "In wie vielen Tagen vor dem Ende des Zeitraums.",
        low=1,
        high=36_500,
        title=Phrase("In days", "In Tagen"),
    )
    examples = (
        given(loyal=120).gives(120),
        given(loyal=0).gives(0),
        # anna and ben
        given(
            orders=HABITS,
            window="2024-02",
            as_of="2024-04-01",
            lapse_days=25,
            settings={"orders": 2, "days": 30},
        ).gives(2),
        # none of them three times
        given(orders=HABITS, window="2024-02", as_of="2024-04-01", lapse_days=25).gives(0),
    )

    @part("here at the end, with enough orders", "am Ende da, mit genug Bestellungen")
    def loyal(self, latest_orders: LatestOrders) -> Reduction:
        return latest_orders.at_least(self.orders, self.days)

    def value(self, loyal: Any) -> Any:
        return loyal
