"""Who paid most."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Lately, Part
from stamm.segments.kind import Listed, example
from stamm.segments.operators.ordered import standing
from stamm.segments.then import Then

_ = ibis._

_ORDERS = {
    "orders": rows("""
        order_id  customer_id  ordered_at  amount_minor  cancelled_at
        o1        anna         2024-02-01  3000          -
        o2        ben          2024-02-01  2000          -
        o3        ben          2024-02-02  1000          -
        o4        cleo         2024-02-01  2500          -
        o5        dora         2024-02-01  1000          -
        o6        emil         2024-02-01  9000          2024-02-02
        o7        fay          2023-01-01  9000          -
    """),
}


class PaidMost(Listed):
    """The part of those who ordered that paid most for goods, before anything they sent back.

    Somebody is among them if fewer than that part of all paid more: who paid the same is in or out together.
    """

    de = "Die am meisten zahlten"
    sentence_de = "Der Teil derer, die bestellten, der am meisten für Waren zahlte, vor Rücksendungen."
    says = Phrase(
        "who are among the {part} who paid most {days}", "die zu den {part} gehören, die {days} am meisten zahlten"
    )
    denies = Phrase(
        "who are not among the {part} who paid most {days}",
        "die nicht zu den {part} gehören, die {days} am meisten zahlten",
    )
    facts = ("orders",)
    adds_money = True

    part = Part(0.1)
    days = Lately(365)

    # of four, a quarter is one, and anna and ben share the first place; emil's order was cancelled, fay's is old
    examples = (
        example(_ORDERS, "2024-03-01", "anna ben", part=0.25),
        example(_ORDERS, "2024-03-01", "anna ben cleo", part=0.6),
    )

    def members(self, then: Then) -> ir.Table:
        bought = standing(then).filter(then.within("ordered_on", self.days))
        paid = bought.group_by("customer_id").aggregate(paid=_.amount_minor.sum())
        ranked = paid.mutate(more=ibis.rank().over(order_by=_.paid.desc()), n=_.customer_id.count().over(ibis.window()))
        return ranked.filter(_.more.cast("float64") < _.n.cast("float64") * self.part)
