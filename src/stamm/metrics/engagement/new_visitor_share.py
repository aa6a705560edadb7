"""New visitor share."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.visit_history import VisitHistory
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class NewVisitorShare(Metric):
    """Of the visitors in the window, the share who had never been here before.

    Their first event ever lies in the window. Where the facts begin in the middle of a shop's life, new means
    not seen in the data before. Who comes on a new device and does not say who they are is new, too.
    """

    de = "Anteil neuer Besucher"
    sentence_de = "Anteil der Besucher im Zeitraum, die noch nie da gewesen waren."
    unit, better = "share", "neither"
    interval = Wilson("new", "visitors")
    examples = (
        given(visitors=400, new=100).gives(0.25),
        given(visitors=0, new=0).gives(None),
        # ben, cleo and the tablet of four; anna's phone was here in January
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(0.75),
        # by the channel of the first event, and of any event
        given(events=BROWSING, window="2024-02", as_of="2024-04-01", by="channel").gives(web=2 / 3, app=1 / 2),
    )

    @part("of them new", "davon neu")
    def new(self, visit_history: VisitHistory) -> Reduction:
        return visit_history.count(visit_history.first())

    def value(self, new: Any, visitors: Any) -> Any:
        return share(new, visitors)
