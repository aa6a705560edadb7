"""Conversion rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.identity import Identity
from stamm.facts.kind import Reduction
from stamm.lang.definition import Setting
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, part

#: anna, first seen as a phone, purchases twice in one visit; ben visits twice, a tablet purchases, dora does
#: in March, emil did in January
VISITS = rows("""
    event_id  customer_id  anonymous_id  happened_at       kind   name
    e0        emil         -             2024-01-20T12:00  track  purchase
    e1        -            phone         2024-02-01T10:00  page   -
    e2        anna         phone         2024-02-01T10:10  track  purchase
    e3        anna         -             2024-02-01T10:20  track  purchase
    e4        ben          -             2024-02-03T09:00  page   -
    e5        ben          -             2024-02-05T09:00  page   -
    e6        -            tablet        2024-02-04T09:00  page   -
    e7        -            tablet        2024-02-04T09:05  track  purchase
    e8        dora         -             2024-02-29T23:50  page   -
    e9        dora         -             2024-03-01T00:05  track  purchase
""")


class ConversionRate(Metric):
    """Of the visitors in the window, the share who did what the shop hopes for, such as ordering.

    Visitors are persons where they are known and devices where they are not, by any event in the window; one
    who converts twice counts once. Which event is the conversion is a setting. Many tools divide conversions
    by sessions instead and call it the same.
    """

    de = "Konversionsrate"
    sentence_de = "Anteil der Besucher im Zeitraum, die taten, was der Laden sich wünscht, etwa bestellten."
    also = "CVR"
    unit, better, family, leads = "share", "higher", "conversion", True
    interval = Wilson("converted", "visitors")
    event = Setting(
        "Order Completed",
        "Name of the event that is the conversion.",
        "Name des Ereignisses, das die Konversion ist.",
        title=Phrase("Conversion", "Konversion"),
    )
    examples = (
        given(visitors=400, converted=20).gives(0.05),
        given(visitors=0, converted=0).gives(None),
        # visitors anna (the phone is hers), ben, the tablet and dora; converted anna and the tablet: 2 / 4
        given(events=VISITS, window="2024-02", as_of="2024-04-01", settings={"event": "purchase"}).gives(0.50),
    )

    @part("visitors", "Besucher")
    def visitors(self, identity: Identity) -> Reduction:
        return identity.visitors()

    @part("who converted", "die konvertierten")
    def converted(self, identity: Identity) -> Reduction:
        return identity.visitors(identity.name == self.event)

    def value(self, visitors: Any, converted: Any) -> Any:
        return share(converted, visitors)
