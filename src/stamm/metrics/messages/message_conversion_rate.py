"""Message conversion rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.clicks_to_events import ClicksToEvents
from stamm.facts.clicks_to_orders import MOST_DAYS, ClicksToOrders
from stamm.facts.kind import Reduction
from stamm.facts.messages import Messages
from stamm.lang.definition import Setting
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, part

#: cleo has not clicked, the last message was sent in March
OFFERS = rows("""
    message_id  customer_id  sent_at     delivered_at  clicked_at
    m1          anna         2024-02-01  2024-02-01    2024-02-02T10:00
    m2          ben          2024-02-01  2024-02-01    2024-02-02T10:00
    m3          cleo         2024-02-01  2024-02-01    -
    m4          dora         2024-02-29  2024-02-29    2024-03-02T10:00
    m5          anna         2024-03-01  2024-03-01    2024-03-02T10:00
""")


class MessageConversionRate(Metric):
    """Of the messages sent in the window that arrived, the share whose click was soon followed by a conversion.

    The conversion is the customer's next order that was not cancelled or, where `event` is given, the next event of
    that name, those before a login included. Soon is within `days` times 24 hours of the click; exactly that is
    inside. A message counts once, whatever follows it; an order soon after two clicked messages counts for both. What
    follows is not thereby caused. Messages to unknown customers can be followed by nothing.
    """

    de = "E-Mail-Konversionsrate"
    sentence_de = "Anteil der zugestellten Nachrichten, auf deren Klick bald eine Konversion folgte."
    unit, better = "share", "higher"
    interval = Wilson("converted", "delivered")
    event = Setting[str | None](
        None,
        "Name of the event that is the conversion, instead of an order.",
        "Name des Ereignisses, das statt einer Bestellung die Konversion ist.",
        kind=str,
        title=Phrase("Conversion", "Konversion"),
    )
    days = Setting(
        5,
        "Times 24 hours from the click within which the conversion follows.",
        "Wie viele Male 24 Stunden nach dem Klick die Konversion spätestens folgt.",
        low=1,
        high=MOST_DAYS,
        title=Phrase("Days after the click", "Tage nach dem Klick"),
    )
    examples = (
        given(delivered=980, converted=49).gives(0.05),
        given(delivered=0, converted=0).gives(None),
        # anna's alone, and once, though she orders twice, five days to the second after her click; ben orders a second
        # too late, cleo without a click, and dora cancels: 1 / 4
        given(
            messages=OFFERS,
            orders=rows("""
                order_id  customer_id  ordered_at           amount_minor  cancelled_at
                o1        anna         2024-02-07T10:00:00  1000          -
                o2        anna         2024-02-07T10:00:00  1000          -
                o3        ben          2024-02-07T10:00:01  1000          -
                o4        cleo         2024-02-03T10:00:00  1000          -
                o5        dora         2024-03-03T10:00:00  1000          2024-03-04
            """),
            window="2024-02",
            as_of="2024-04-01",
        ).gives(0.25),
        # anna signs up as a phone that turns out to be hers, dora in March; ben did so before his click: 2 / 4
        given(
            messages=OFFERS,
            events=rows("""
                event_id  customer_id  anonymous_id  happened_at       kind   name
                e1        -            phone         2024-02-03T10:00  track  signed_up
                e2        anna         phone         2024-02-03T11:00  track  signed_up
                e3        ben          -             2024-02-02T09:59  track  signed_up
                e4        ben          -             2024-02-03T10:00  track  shared
                e5        dora         -             2024-03-02T10:00  track  signed_up
            """),
            window="2024-02",
            as_of="2024-04-01",
            settings={"event": "signed_up", "days": 1},
        ).gives(0.50),
    )

    @part("delivered", "zugestellte")
    def delivered(self, messages: Messages) -> Reduction:
        # known up to the same moment as what followed, so not messages_delivered, which may be known for longer
        return messages.count(messages.delivered())

    @part("of them followed by the conversion", "davon mit Konversion danach")
    def converted(self, clicks_to_orders: ClicksToOrders) -> Reduction:
        if self.event is None:
            return clicks_to_orders.count(clicks_to_orders.within(self.days))
        clicks_to_events = ClicksToEvents()  # no order is asked for, so none need be known
        return clicks_to_events.count(clicks_to_events.did(self.event, self.days))

    def value(self, delivered: Any, converted: Any) -> Any:
        return share(converted, delivered)
