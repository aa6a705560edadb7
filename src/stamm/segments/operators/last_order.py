"""How long ago somebody's last order was."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Days, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.operators.ordered import standing
from stamm.segments.then import Then

_ = ibis._

_ORDERS = {
    "orders": rows("""
        order_id  customer_id  ordered_at        amount_minor  cancelled_at
        o1        anna         2024-01-01T10:00  1000          -
        o2        anna         2024-02-29T10:00  1000          2024-02-29
        o3        ben          2024-01-02T00:00  1000          -
        o4        ben          2024-03-01T10:00  1000          -
        o5        cleo         2024-01-03T00:00  1000          -
    """),
}


class LastOrder(Operator):
    """Customers who ordered before, and whose last order is so long ago; the day before is 1 day ago."""

    de = "Letzte Bestellung"
    sentence_de = (
        "Kunden, die schon bestellten und deren letzte Bestellung so lange her ist; der Tag davor ist 1 Tag her."
    )
    says = Phrase("whose last order was {compare} {ago} ago", "deren letzte Bestellung {compare} {ago} her ist")
    denies = Phrase(
        "whose last order was not {compare} {ago} ago", "deren letzte Bestellung nicht {compare} {ago} her ist"
    )
    facts = ("orders",)

    compare = comparison()
    ago = Days(60)

    # 1 March is 60 days after 1 January and 59 after 2 January
    examples = (
        example(_ORDERS, "2024-03-01", "anna"),
        example(_ORDERS, "2024-03-01", "ben", compare="exactly", ago=59),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        return "standing", standing(then), _.ordered_on.max(), compared(then.age(_), self.compare, self.ago)
