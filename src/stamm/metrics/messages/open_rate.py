"""Open rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.messages import Messages
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, part
from stamm.metrics.messages.messages_sent import MAILED


class OpenRate(Metric):
    """Of the messages sent in the window that arrived, the share that a person has opened so far.

    Openings by privacy proxies and bots do not count, as far as they can be told apart. An opening is seen only
    where images are loaded, so who reads without them is missed, even where a click gives the reader away.
    """

    de = "Öffnungsrate"
    sentence_de = "Anteil der zugestellten Nachrichten, die bisher ein Mensch geöffnet hat."
    unit, better, family, leads = "share", "higher", "opening", True
    interval = Wilson("opened", "messages_delivered")
    examples = (
        given(opened=490, messages_delivered=980).gives(0.5),
        given(opened=0, messages_delivered=0).gives(None),
        # anna's and the unknown reader's of five; ben's was opened by a machine, emil's after what is known
        given(messages=MAILED, window="2024-02", as_of="2024-03-10").gives(2 / 5),
    )

    @part("opened by a person", "von Menschen geöffnete")
    def opened(self, messages: Messages) -> Reduction:
        return messages.count(messages.opened())

    def value(self, opened: Any, messages_delivered: Any) -> Any:
        return share(opened, messages_delivered)
