"""How often somebody clicked in a message."""

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


class ClickedMessage(Operator):
    """Customers who clicked a link in so many of the messages sent to them."""

    de = "Klicks in Nachrichten"
    sentence_de = "Kunden, die in so vielen an sie gesandten Nachrichten einen Link anklickten."
    says = Phrase(
        "who clicked in messages sent to them {compare} {times} {days}",
        "die {days} {compare} {times} in eine an sie gesandte Nachricht klickten",
    )
    denies = Phrase(
        "who did not click in messages sent to them {compare} {times} {days}",
        "die {days} nicht {compare} {times} in eine an sie gesandte Nachricht klickten",
    )
    facts = ("messages",)

    compare = comparison()
    times = Times()
    days = Lately()

    # ben only opened his, cleo clicks too late, dora clicked twice
    examples = (
        example(
            {
                "messages": rows("""
                    message_id  customer_id  sent_at     delivered_at  opened_at   clicked_at
                    m1          anna         2024-02-01  2024-02-01    2024-02-02  2024-02-02
                    m2          ben          2024-02-01  2024-02-01    2024-02-02  -
                    m3          cleo         2024-02-01  2024-02-01    2024-02-02  2024-03-01
                    m4          dora         2024-02-01  2024-02-01    2024-02-02  2024-02-02
                    m5          dora         2024-02-08  2024-02-08    2024-02-09  2024-02-09
                """),
            },
            "2024-03-01",
            "anna",
            compare="exactly",
            times=1,
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        times = (Messages().clicked() & then.within("sent_on", self.days)).ifelse(1, 0).sum()
        return "messages", then.so_far("messages"), times, compared(_.coalesce(0), self.compare, self.times)
