"""Unsubscribe rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.messages import Messages
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, part
from stamm.metrics.messages.messages_sent import MAILED


class UnsubscribeRate(Metric):
    """Of the messages sent in the window that arrived, the share through which the customer has unsubscribed so far."""

    de = "Abmeldequote"
    sentence_de = "Anteil der zugestellten Nachrichten, über die sich der Kunde bisher abgemeldet hat."
    unit, better = "share", "lower"
    interval = Wilson("unsubscribed", "messages_delivered")
    examples = (
        given(unsubscribed=49, messages_delivered=980).gives(0.05),
        given(unsubscribed=0, messages_delivered=0).gives(None),
        # ben, of five; cleo's did not arrive, and of emil nothing is known yet
        given(messages=MAILED, window="2024-02", as_of="2024-03-10").gives(1 / 5),
    )

    @part("unsubscribed through it", "darüber abgemeldet")
    def unsubscribed(self, messages: Messages) -> Reduction:
        return messages.count(messages.unsubscribed())

    def value(self, unsubscribed: Any, messages_delivered: Any) -> Any:
        return share(unsubscribed, messages_delivered)
