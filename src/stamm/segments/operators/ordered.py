"""How often somebody ordered."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.orders import Orders
from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Lately, Times, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._

_ORDERS = {
    "orders": rows("""
        order_id  customer_id  ordered_at        amount_minor  cancelled_at
        o1        anna         2024-01-31T10:00  1000          -
        o2        anna         2024-02-29T23:59  1000          -
        o3        ben          2024-02-10T10:00  1000          2024-02-11
        o4        ben          2024-02-12T10:00  1000          2024-03-01
        o5        cleo         2024-03-01T00:00  1000          -
        o6        -            2024-02-20T10:00  1000          -
    """),
    "customers": rows("""
        customer_id  valid_from
        dora         2024-01-01
    """),
}


class Ordered(Operator):
    """Customers who ordered so often; orders that were cancelled by then do not count."""

    de = "Bestellungen"
    sentence_de = "Kunden, die so oft bestellten; Bestellungen, die bis dahin storniert waren, zählen nicht."
    says = Phrase("who ordered {compare} {times} {days}", "die {days} {compare} {times} bestellten")
    denies = Phrase("who did not order {compare} {times} {days}", "die {days} nicht {compare} {times} bestellten")
    facts = ("orders",)

    compare = comparison()
    times = Times()
    days = Lately()

    # ben's second order is cancelled on the first of March, which nobody knew when it began; cleo orders at that moment
    examples = (
        example(_ORDERS, "2024-03-01", "anna ben"),
        example(_ORDERS, "2024-03-01", "anna", times=2, days=30),
        example(_ORDERS, "2024-03-01", "ben dora", compare="at_most", times=1),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        times = then.within("ordered_on", self.days).ifelse(1, 0).sum()
        return "standing", standing(then), times, compared(_.coalesce(0), self.compare, self.times)


def standing(then: Then) -> ir.Table:
    """Orders that stood when the day began."""
    return then.so_far("orders").filter(Orders().stands())
