"""Messages sent."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.messages import Messages
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, part

#: ben's was opened by a machine only, cleo's came back, dora clicks without the opening being seen, emil opens later
#: than is known; fay's was sent just after February, gus's just before it
MAILED = rows("""
    message_id  customer_id  sent_at           delivered_at  opened_at   machine_opened_at  clicked_at  unsubscribed_at
    m1          anna         2024-02-01T00:00  2024-02-01    2024-02-02  2024-02-01         2024-02-02  -
    m2          ben          2024-02-01T00:00  2024-02-01    -           2024-02-01         -           2024-02-03
    m3          cleo         2024-02-01T00:00  -             -           2024-02-01         2024-02-01  2024-02-01
    m4          dora         2024-02-29T23:59  2024-03-01    -           -                  2024-03-04  -
    m5          emil         2024-02-29T23:59  2024-03-01    2024-03-12  -                  2024-03-12  2024-03-12
    m6          fay          2024-03-01T00:00  2024-03-01    2024-03-01  -                  2024-03-01  2024-03-01
    m7          gus          2024-01-31T23:59  2024-02-01    2024-02-01  -                  2024-02-01  2024-02-01
    m8          -            2024-02-05T10:00  2024-02-05    2024-02-06  -                  -           -
""")


class MessagesSent(Metric):
    """How many messages were sent in the window.

    Each message to one person counts, those that came back and those to unknown customers, too. All metrics of
    messages place a message by the moment it was sent.
    """

    de = "Gesendete Nachrichten"
    sentence_de = "Wie viele Nachrichten im Zeitraum gesendet wurden."
    unit, better = "count", "neither"
    n = "sent"
    examples = (
        given(sent=1000).gives(1000),
        given(sent=0).gives(0),
        # to anna, ben, cleo, dora, emil and somebody unknown
        given(messages=MAILED, window="2024-02", as_of="2024-03-10").gives(6),
    )

    @part("messages sent", "gesendete Nachrichten")
    def sent(self, messages: Messages) -> Reduction:
        return messages.sent()

    def value(self, sent: Any) -> Any:
        return sent
