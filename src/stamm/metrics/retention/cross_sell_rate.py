"""Cross-sell rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.first_of_category import FirstOfCategory
from stamm.facts.kind import Reduction
from stamm.facts.purchases import Purchases
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, part


class CrossSellRate(Metric):
    """Of the customers who ordered again in the window, the share who bought from a category new to them.

    Again is any order but the customer's first, also where that one lies in the same window. New is a category of
    which none of the customer's earlier orders held anything; what the first order holds is never new. Lines without
    a category tell nothing, and an order whose lines are not known tells of no category. Cancelled orders do not
    count.
    """

    de = "Cross-Selling-Rate"
    sentence_de = "Anteil der erneut bestellenden Kunden, die aus einer für sie neuen Kategorie gekauft haben."
    unit, better = "share", "higher"
    interval = Wilson("crossing", "returning")
    examples = (
        given(returning=200, crossing=30).gives(0.15),
        given(returning=0, crossing=0).gives(None),
        # in February anna buys cups after tea; ben tea after tea; cleo begins with both and comes back for cups; dora
        # begins on the 3rd and adds cups on the 20th; emil's cups were cancelled; of anna, ben, cleo, dora two: 2 / 4
        given(
            orders=rows("""
                order_id  customer_id  ordered_at  amount_minor  cancelled_at
                o1        anna         2024-01-10  1000          -
                o2        anna         2024-02-05  1000          -
                o3        ben          2024-01-10  1000          -
                o4        ben          2024-02-05  1000          -
                o5        cleo         2024-01-12  1000          -
                o6        cleo         2024-02-29  1000          -
                o7        dora         2024-02-03  1000          -
                o8        dora         2024-02-20  1000          -
                o9        emil         2024-01-05  1000          -
                o10       emil         2024-02-05  1000          2024-02-06
                o11       ben          2024-03-01  1000          -
            """),
            order_lines=rows("""
                order_id  line_id  customer_id  ordered_at  category  quantity
                o1        1        anna         2024-01-10  tea       1
                o2        1        anna         2024-02-05  cups      1
                o3        1        ben          2024-01-10  tea       1
                o4        1        ben          2024-02-05  tea       1
                o4        2        ben          2024-02-05  -         1
                o5        1        cleo         2024-01-12  tea       1
                o5        2        cleo         2024-01-12  cups      1
                o6        1        cleo         2024-02-29  cups      1
                o7        1        dora         2024-02-03  tea       1
                o8        1        dora         2024-02-20  cups      1
                o9        1        emil         2024-01-05  tea       1
                o10       1        emil         2024-02-05  cups      1
                o11       1        ben          2024-03-01  cups      1
            """),
            window="2024-02",
            as_of="2024-04-01",
        ).gives(0.50),
    )

    @part("customers who ordered again", "Kunden, die erneut bestellt haben")
    def returning(self, purchases: Purchases) -> Reduction:
        return purchases.customers(purchases.again())

    @part("of them from a category new to them", "davon aus einer für sie neuen Kategorie")
    def crossing(self, first_of_category: FirstOfCategory) -> Reduction:
        return first_of_category.customers(first_of_category.by_returning())

    def value(self, returning: Any, crossing: Any) -> Any:
        return share(crossing, returning)
