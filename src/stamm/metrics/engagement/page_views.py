"""Page views."""

from __future__ import annotations

from typing import Any

from stamm.facts.identity import Identity
from stamm.facts.kind import Reduction
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, part

#: Visits begun in February: anna's from the 3rd to the 4th with a pause of exactly half an hour, two of ben's of which
#: the second lasts 8 seconds, cleo's in which she sees nothing, and the tablet's that runs into March. The phone, which
#: turns out to be anna's, came in January and stayed until after midnight.
BROWSING = rows("""
    event_id  customer_id  anonymous_id  happened_at          kind    name    page   channel
    e01       -            phone         2024-01-31T23:50:00  page    -       /      web
    e02       -            phone         2024-02-01T00:10:00  page    -       /tea   web
    e03       anna         phone         2024-02-03T23:50:00  page    -       /      web
    e04       anna         -             2024-02-03T23:55:00  page    -       /tea   web
    e05       anna         -             2024-02-03T23:55:00  track   added   /tea   web
    e06       anna         -             2024-02-04T00:25:00  page    -       /cart  web
    e07       ben          -             2024-02-10T09:00:00  page    -       /tea   web
    e08       ben          -             2024-02-12T09:00:00  screen  -       shelf  app
    e09       ben          -             2024-02-12T09:00:08  track   rated   shelf  app
    e10       cleo         -             2024-02-15T12:00:00  track   opened  /      app
    e11       -            tablet        2024-02-29T23:55:00  page    -       /tea   web
    e12       -            tablet        2024-03-01T00:20:00  page    -       /      web
    e13       cleo         -             2024-03-02T12:00:00  page    -       /      web
""")


class PageViews(Metric):
    """How many pages and screens were seen in the window.

    Each view counts at its own moment, whoever saw it and whenever the visit began.
    """

    de = "Seitenaufrufe"
    sentence_de = "Wie viele Seiten und Ansichten im Zeitraum gesehen wurden."
    unit, better = "count", "higher"
    n = "views"
    examples = (
        given(views=1200).gives(1200),
        given(views=0).gives(0),
        # e02, e03, e04, e06, e07, ben's screen and e11
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(7),
    )

    @part("page views", "Seitenaufrufe")
    def views(self, identity: Identity) -> Reduction:
        return identity.count(identity.views())

    def value(self, views: Any) -> Any:
        return views
