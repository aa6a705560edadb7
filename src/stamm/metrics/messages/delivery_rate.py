"""Delivery rate."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric
from stamm.metrics.messages.messages_sent import MAILED


class DeliveryRate(Metric):
    """Of the messages sent in the window, the share that has arrived so far."""

    de = "Zustellrate"
    sentence_de = "Anteil der im Zeitraum gesendeten Nachrichten, die bisher angekommen sind."
    unit, better = "share", "higher"
    interval = Wilson("messages_delivered", "messages_sent")
    examples = (
        given(messages_sent=1000, messages_delivered=980).gives(0.98),
        given(messages_sent=0, messages_delivered=0).gives(None),
        # of six only cleo's came back
        given(messages=MAILED, window="2024-02", as_of="2024-03-10").gives(5 / 6),
    )

    def value(self, messages_delivered: Any, messages_sent: Any) -> Any:
        return share(messages_delivered, messages_sent)
