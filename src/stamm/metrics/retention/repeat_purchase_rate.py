"""Repeat purchase rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, part

#: February: anna, cleo and fay return from January, anna twice; ben is new and buys twice, emil new and once (the
#: second is cancelled, the third is in March); dora only bought in January (February's is cancelled); one order
#: has no customer
BUYERS = rows("""
    order_id  customer_id  ordered_at  amount_minor  cancelled_at
    o1        anna         2024-01-10  2000          -
    o2        anna         2024-02-05  3000          -
    o3        anna         2024-02-25  1000          -
    o4        ben          2024-02-03  1000          -
    o5        ben          2024-02-20  5000          -
    o6        cleo         2024-01-05  1500          -
    o7        cleo         2024-02-06  2500          -
    o8        dora         2024-01-15  4000          -
    o9        dora         2024-01-30  1000          -
    o10       dora         2024-02-16  3000          2024-02-17
    o11       emil         2024-02-09  3500          -
    o12       emil         2024-02-12  9900          2024-02-13
    o13       emil         2024-03-02  7000          -
    o14       fay          2024-01-08  1800          -
    o15       fay          2024-02-11  2200          -
    o16       -            2024-02-14  1200          -
""")


class RepeatPurchaseRate(Metric):
    """Of the customers who ordered in the window, the share who have ordered at least twice by its end.

    The earlier order may lie before the window. Cancelled orders do not count, and orders without a customer
    are skipped.
    """

    de = "Wiederkaufsrate"
    sentence_de = "Anteil der Kunden mit Bestellung im Zeitraum, die bis zu seinem Ende schon zweimal bestellt haben."
    also = "RPR"
    unit, better, family, leads = "share", "higher", "repeat_purchase", True
    interval = Wilson("returning", "customers")
    examples = (
        given(customers=1000, returning=200).gives(0.20),
        given(customers=0, returning=0).gives(None),
        # in February all but dora; twice by its end all of these but emil: 4 / 5
        given(orders=BUYERS, window="2024-02", as_of="2024-04-01").gives(0.80),
    )

    @part("customers who ordered", "Kunden mit Bestellung")
    def customers(self, purchases: Purchases) -> Reduction:
        return purchases.customers()

    @part("with two or more orders by the end", "mit zwei oder mehr Bestellungen bis zum Ende")
    def returning(self, purchases: Purchases) -> Reduction:
        return purchases.customers(purchases.again())

    def value(self, customers: Any, returning: Any) -> Any:
        return share(returning, customers)
