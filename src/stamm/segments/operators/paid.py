"""How much somebody paid."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.errors import UsageError
from stamm.lang.example import rows
from stamm.lang.money import to_minor
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import MORE, Amount, Lately, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.operators.ordered import standing
from stamm.segments.then import Then

_ = ibis._

_ORDERS = {
    "orders": rows("""
        order_id  customer_id  ordered_at        amount_minor  cancelled_at
        o1        anna         2023-12-31T10:00  5000          -
        o2        anna         2024-02-20T10:00  5001          -
        o3        ben          2024-02-10T10:00  10000         -
        o4        cleo         2024-02-10T10:00  20000         2024-02-29
        o5        dora         2024-02-10T10:00  20000         2024-03-01
        o6        emil         2024-03-01T00:00  20000         -
    """),
}


class Paid(Operator):
    """Customers who paid so much for goods, before anything they sent back; who never ordered paid nothing."""

    de = "Bezahlt"
    sentence_de = "Kunden, die so viel für Waren zahlten, vor Rücksendungen; wer nie bestellte, zahlte nichts."
    says = Phrase("who paid {compare} {amount} {days}", "die {days} {compare} {amount} zahlten")
    denies = Phrase("who did not pay {compare} {amount} {days}", "die {days} nicht {compare} {amount} zahlten")
    facts = ("orders",)
    adds_money = True

    compare = comparison(MORE)
    amount = Amount(100.0)
    days = Lately(365)

    # ben paid 100.00 and no more; dora's order is cancelled later; emil is not there yet
    examples = (
        example(_ORDERS, "2024-03-01", "anna dora"),
        example(_ORDERS, "2024-03-01", "ben dora", compare="at_least", days=60),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        paid = then.within("ordered_on", self.days).ifelse(_.amount_minor, 0).sum()
        return "standing", standing(then), paid, compared(_.coalesce(0), self.compare, self._bound(then))

    def _bound(self, then: Then) -> int:
        currency = then.organisation.currency
        try:
            return to_minor(self.amount, currency)
        except ValueError as error:
            raise UsageError(
                f"{self.amount} is no amount in {currency}.", remedy="Write no more digits than the currency has."
            ) from error
