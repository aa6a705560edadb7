"""Events on web, app and server."""

from __future__ import annotations

from ibis.common.deferred import Deferred

from stamm.facts.columns import currency, dimension, json, moment, money, text
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows

#: what a kind of event is called where it is shown
KINDS_IN_WORDS = "page, screen, track or stay"


class Events(Imported):
    """What customers and visitors did on web and app, one row an event.

    A stay tells, when a page is left or hidden, that it was looked at until then. It makes a visit longer and is
    a sign that somebody was there; it is neither a page seen nor anything done on it.
    """

    de = "Ereignisse"
    sentence_de = "Was Kunden und Besucher im Web und in der App getan haben, eine Zeile je Ereignis."
    key_columns = ("event_id",)
    clock = "happened_at"
    clocks = ("happened_at",)
    one_of = ("customer_id", "anonymous_id")

    event_id = text("the event's number", required=True, personal=False)
    customer_id = text("who did it; empty where unknown", personal=True)
    anonymous_id = text("the visitor's device where the person is unknown", personal=True)
    happened_at = moment("when it happened", required=True)
    kind = dimension(KINDS_IN_WORDS, choices=("page", "screen", "track", "stay"), required=True, personal=False)
    name = dimension("the event's name", personal=False)
    page = dimension("the page's path", personal=False)
    title = text("the page's title", personal=True)
    referrer = dimension("where the visitor came from", personal=True)
    medium = dimension("kind of origin, such as email or cpc", personal=False)
    campaign = dimension("the campaign that brought the visit", personal=False)
    channel = dimension("web, app, server, chat ...", personal=False)
    value_minor = money("value of the event")
    currency = currency()
    properties = json("further properties", personal=True)

    examples = (
        VerbExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind    name
                    e1        -            phone         2024-02-01T00:00  page    -
                    e2        anna         phone         2024-02-01T00:10  track   purchase
                    e3        anna         -             2024-02-29T23:59  screen  -
                    e4        anna         -             2024-03-01T00:00  page    -
                    e5        anna         -             2024-02-29T23:59  stay    -
                """),
            },
            window="2024-02",
            gives={"views": 2, "actions": 1, "stays": 1},
        ),
    )

    def views(self) -> Deferred:
        """Pages and screens seen."""
        return self.kind.isin(["page", "screen"])

    def actions(self) -> Deferred:
        """What was done on them."""
        return self.kind == "track"

    def stays(self) -> Deferred:
        """How long they were looked at, told in the end: nothing was done."""
        return self.kind == "stay"
