"""Click-to-open rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.messages import Messages
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, part
from stamm.metrics.messages.messages_sent import MAILED


class ClickToOpenRate(Metric):
    """Of the messages sent in the window that a person has opened, the share in which a link was clicked, too.

    It judges the content rather than the subject line. A click in a message whose opening was not seen is in neither
    number; tools that divide all clicks by the openings seen can exceed 100%.
    """

    de = "Klicks je Öffnung"
    sentence_de = "Anteil der von einem Menschen geöffneten Nachrichten, in denen auch ein Link angeklickt wurde."
    also = "CTOR"
    unit, better, family = "share", "higher", "clicking"
    interval = Wilson("clicked", "opened")
    examples = (
        given(opened=490, clicked=49).gives(0.1),
        given(opened=0, clicked=0).gives(None),
        # anna of anna and the unknown reader; dora clicked without the opening being seen
        given(messages=MAILED, window="2024-02", as_of="2024-03-10").gives(1 / 2),
    )

    @part("opened by a person", "von Menschen geöffnete")
    def opened(self, messages: Messages) -> Reduction:
        return messages.count(messages.opened())

    @part("of them clicked", "davon angeklickte")
    def clicked(self, messages: Messages) -> Reduction:
        return messages.count(messages.opened() & messages.clicked())

    def value(self, opened: Any, clicked: Any) -> Any:
        return share(clicked, opened)
