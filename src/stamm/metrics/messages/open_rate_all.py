"""Open rate, machines included."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.messages import Messages
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, part
from stamm.metrics.messages.messages_sent import MAILED


class OpenRateAll(Metric):
    """Of the messages sent in the window that arrived, the share opened so far by anybody or anything.

    Privacy proxies open messages that nobody has read; many tools print this number, and it is the higher of the two.
    """

    en = "Open rate, machines included"
    de = "Öffnungsrate mit Maschinen"
    sentence_de = "Anteil der zugestellten Nachrichten, die bisher ein Mensch oder ein Programm geöffnet hat."
    unit, better, family = "share", "higher", "opening"
    interval = Wilson("opened", "messages_delivered")
    examples = (
        given(opened=735, messages_delivered=980).gives(0.75),
        given(opened=0, messages_delivered=0).gives(None),
        # anna's, ben's and the unknown reader's of five; cleo's did not arrive, whatever a machine says
        given(messages=MAILED, window="2024-02", as_of="2024-03-10").gives(3 / 5),
    )

    @part("opened by a person or a machine", "von Mensch oder Maschine geöffnete")
    def opened(self, messages: Messages) -> Reduction:
        return messages.count(messages.opened_by_any())

    def value(self, opened: Any, messages_delivered: Any) -> Any:
        return share(opened, messages_delivered)
