"""Click-through rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.messages import Messages
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, part
from stamm.metrics.messages.messages_sent import MAILED


class ClickThroughRate(Metric):
    """Of the messages sent in the window that arrived, the share in which a link was clicked so far.

    A message counts once, however often it was clicked, and also where its opening was not seen.
    """

    de = "Durchklickrate"
    sentence_de = "Anteil der zugestellten Nachrichten, in denen bisher ein Link angeklickt wurde."
    also = "CTR"
    unit, better, family, leads = "share", "higher", "clicking", True
    interval = Wilson("clicked", "messages_delivered")
    examples = (
        given(clicked=49, messages_delivered=980).gives(0.05),
        given(clicked=0, messages_delivered=0).gives(None),
        # anna's and dora's of five; cleo's did not arrive, and of emil's click nothing is known yet
        given(messages=MAILED, window="2024-02", as_of="2024-03-10").gives(2 / 5),
    )

    @part("clicked", "angeklickte")
    def clicked(self, messages: Messages) -> Reduction:
        return messages.count(messages.clicked())

    def value(self, clicked: Any, messages_delivered: Any) -> Any:
        return share(clicked, messages_delivered)
