"""Messages delivered."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.messages import Messages
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.messages.messages_sent import MAILED


class MessagesDelivered(Metric):
    """How many of the messages sent in the window have arrived so far.

    By the moment of sending, so it may still grow.
    """

    de = "Zugestellte Nachrichten"
    sentence_de = "Wie viele der im Zeitraum gesendeten Nachrichten bisher angekommen sind."
    unit, better = "count", "higher"
    n = "delivered"
    examples = (
        given(delivered=980).gives(980),
        given(delivered=0).gives(0),
        # all of February but cleo's; dora's and emil's arrived in March
        given(messages=MAILED, window="2024-02", as_of="2024-03-10").gives(5),
    )

    @part("messages delivered", "zugestellte Nachrichten")
    def delivered(self, messages: Messages) -> Reduction:
        return messages.count(messages.delivered())

    def value(self, delivered: Any) -> Any:
        return delivered
