"""Exit rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.exits import Exits
from stamm.facts.identity import Identity
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, part


class ExitRate(Metric):
    """How often a page was the last one of a visit, as a share of its views.

    Asked by page; without, it is over all pages. A visit counts in the window in which it starts and a view at
    its own moment, so a visit that runs over the window's edge can lie on one side and its last view on the other.
    What was done after the last view does not change which one it was.
    """

    de = "Ausstiegsrate"
    sentence_de = "Wie oft eine Seite die letzte eines Besuchs war, als Anteil ihrer Aufrufe."
    unit, better = "share", "neither"
    interval = Wilson("exits", "views")
    examples = (
        given(exits=120, views=400).gives(0.30),
        given(exits=0, views=0).gives(None),
        # four visits saw a page, of seven views
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(4 / 7),
        # anna leaves from /cart, ben from /tea, which was seen four times, and from the shelf; the tablet from /,
        # though in March
        given(events=BROWSING, window="2024-02", as_of="2024-04-01", by="page").gives(
            **{"/": 1, "/cart": 1, "/tea": 1 / 4, "shelf": 1}
        ),
    )

    @part("visits that ended there", "dort beendete Besuche")
    def exits(self, exits: Exits) -> Reduction:
        return exits.count()

    @part("page views", "Seitenaufrufe")
    def views(self, identity: Identity) -> Reduction:
        return identity.count(identity.views())

    def value(self, exits: Any, views: Any) -> Any:
        return share(exits, views)
