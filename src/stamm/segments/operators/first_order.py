"""How long ago somebody's first order was."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import AT_MOST, Days, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.operators.ordered import standing
from stamm.segments.then import Then

_ = ibis._


class FirstOrder(Operator):
    """Customers whose first order is so long ago; the day before is 1 day ago."""

    de = "Erste Bestellung"
    sentence_de = "Kunden, deren erste Bestellung so lange her ist; der Tag davor ist 1 Tag her."
    says = Phrase("whose first order was {compare} {ago} ago", "deren erste Bestellung {compare} {ago} her ist")
    denies = Phrase(
        "whose first order was not {compare} {ago} ago", "deren erste Bestellung nicht {compare} {ago} her ist"
    )
    facts = ("orders",)

    compare = comparison(AT_MOST)
    ago = Days(30)

    # ben's first order was cancelled, so his second is the first; cleo is a customer from today on
    examples = (
        example(
            {
                "orders": rows("""
                    order_id  customer_id  ordered_at        amount_minor  cancelled_at
                    o1        anna         2024-01-30T23:00  1000          -
                    o2        anna         2024-02-20T10:00  1000          -
                    o3        ben          2024-01-02T00:00  1000          2024-01-03
                    o4        ben          2024-01-31T00:00  1000          -
                    o5        cleo         2024-03-01T00:00  1000          -
                """),
            },
            "2024-03-01",
            "ben",
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        return "standing", standing(then), _.ordered_on.min(), compared(then.age(_), self.compare, self.ago)
