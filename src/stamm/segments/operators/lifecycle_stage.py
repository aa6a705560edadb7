"""What somebody was in the last whole month: new, returning, back again or dormant."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.lifecycle.turns import DORMANT, NEW, RESURRECTED, RETURNING, Turns
from stamm.analyses.signs import ORDER, Sign
from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Chosen
from stamm.segments.kind import Listed, example
from stamm.segments.then import Then

_ = ibis._

STAGES = {
    NEW: Phrase("new", "neu"),
    RETURNING: Phrase("returning", "geblieben"),
    RESURRECTED: Phrase("back again", "wieder da"),
    DORMANT: Phrase("dormant", "verstummt"),
}
_ORDERS = {
    "orders": rows("""
        order_id  customer_id  ordered_at  amount_minor
        o1        anna         2024-02-10  1000
        o2        ben          2024-01-10  1000
        o3        ben          2024-02-10  1000
        o4        cleo         2023-11-10  1000
        o5        cleo         2024-02-10  1000
        o6        dora         2024-01-10  1000
        o7        emil         2024-03-02  1000
    """),
}


class LifecycleStage(Listed):
    """Customers who were new, returning, back again or dormant in the last whole month, as in the analysis lifecycle.

    By orders: new with the first one ever, returning with one in the month before, too, back again with none in it but
    one earlier, dormant with one in the month before and none in this one.
    """

    de = "Phase im Lebenszyklus"
    sentence_de = "Kunden, die im letzten ganzen Monat neu, geblieben, wieder da oder verstummt waren."
    says = Phrase("who were {stage} in the last whole month", "die im letzten ganzen Monat {stage} waren")
    denies = Phrase("who were not {stage} in the last whole month", "die im letzten ganzen Monat nicht {stage} waren")
    facts = ("orders",)

    stage = Chosen(NEW, STAGES, "Which stage.", "Welche Phase.", title=Phrase("stage", "Phase"))

    # on 10 March the last whole month is February, so emil is nothing yet
    examples = (
        example(_ORDERS, "2024-03-10", "anna"),
        example(_ORDERS, "2024-03-01", "dora", stage="dormant"),
    )

    def members(self, then: Then) -> ir.Table:
        turns = Turns(Sign(ORDER), "month", "customers")
        return turns.table(then.over(then.last_whole("month")), then.as_of).filter(_.number == 0, _.turn == self.stage)
