"""How often somebody sent something back."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Lately, Times, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._


class SentBackSomething(Operator):
    """Customers who sent something back so often."""

    key = "sent_back"
    en = "Sent back"
    de = "Rücksendungen"
    sentence_de = "Kunden, die so oft etwas zurücksandten."
    says = Phrase(
        "who sent something back {compare} {times} {days}", "die {days} {compare} {times} etwas zurücksandten"
    )
    denies = Phrase(
        "who did not send anything back {compare} {times} {days}",
        "die {days} nicht {compare} {times} etwas zurücksandten",
    )
    facts = ("sent_back",)

    compare = comparison()
    times = Times()
    days = Lately()

    # ben's order was cancelled; cleo's parcel comes too late
    examples = (
        example(
            {
                "orders": rows("""
                    order_id  customer_id  ordered_at  amount_minor  cancelled_at
                    o1        anna         2024-02-01  3000          -
                    o2        ben          2024-02-02  1000          2024-02-03
                    o3        cleo         2024-02-02  1000          -
                    o4        dora         2024-02-02  1000          -
                """),
                "returns": rows("""
                    return_id  order_id  line_id  customer_id  returned_at
                    r1         o1        1        -            2024-02-10
                    r2         o2        1        ben          2024-02-10
                    r3         o3        1        cleo         2024-03-01
                    r4         o4        1        dora         2024-02-10
                    r5         o4        2        dora         2024-02-11
                """),
            },
            "2024-03-01",
            "anna",
            compare="exactly",
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        times = then.within("returned_on", self.days).ifelse(1, 0).sum()
        return "sent_back", then.so_far("sent_back"), times, compared(_.coalesce(0), self.compare, self.times)
