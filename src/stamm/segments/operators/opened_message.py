"""How often somebody opened a message."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.messages import Messages
from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Lately, Times, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._


class OpenedMessage(Operator):
    """Customers who opened so many of the messages sent to them; what a machine opened does not count."""

    de = "Geöffnete Nachrichten"
    sentence_de = "Kunden, die so viele an sie gesandte Nachrichten öffneten; was eine Maschine öffnete, zählt nicht."
    says = Phrase(
        "who opened messages sent to them {compare} {times} {days}",
        "die {days} {compare} {times} eine an sie gesandte Nachricht öffneten",
    )
    denies = Phrase(
        "who did not open messages sent to them {compare} {times} {days}",
        "die {days} nicht {compare} {times} eine an sie gesandte Nachricht öffneten",
    )
    facts = ("messages",)

    compare = comparison()
    times = Times()
    days = Lately()

    # ben's was opened by a proxy, cleo's is opened later, dora's was sent before those days
    examples = (
        example(
            {
                "messages": rows("""
                    message_id  customer_id  sent_at     delivered_at  opened_at   machine_opened_at
                    m1          anna         2024-02-01  2024-02-01    2024-02-02  2024-02-01
                    m2          ben          2024-02-01  2024-02-01    -           2024-02-01
                    m3          cleo         2024-02-20  2024-02-20    2024-03-01  -
                    m4          dora         2024-01-30  2024-01-30    2024-02-20  -
                """),
            },
            "2024-03-01",
            "anna",
            days=30,
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        times = (Messages().opened() & then.within("sent_on", self.days)).ifelse(1, 0).sum()
        return "messages", then.so_far("messages"), times, compared(_.coalesce(0), self.compare, self.times)
