"""From the click in a message to what the customer did."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.clicks_to_orders import first_after_clicks
from stamm.facts.columns import dimension, moment, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

# anna signs up twice, the first time as a phone that turns out to be hers; ben does so before his click
_CLICKED = {
    "messages": rows("""
        message_id  customer_id  channel  sent_at     delivered_at  clicked_at
        m1          anna         email    2024-02-01  2024-02-01    2024-02-02T10:00
        m2          ben          email    2024-02-01  2024-02-01    2024-02-02T10:00
        m3          cleo         sms      2024-02-01  2024-02-01    -
    """),
    "events": rows("""
        event_id  customer_id  anonymous_id  happened_at       kind   name
        e1        -            phone         2024-02-03T10:00  track  signed_up
        e2        anna         phone         2024-02-04T10:00  track  signed_up
        e3        anna         phone         2024-02-09T10:00  track  shared
        e4        ben          -             2024-02-02T09:59  track  signed_up
        e5        ben          -             2024-02-02T10:00  page   -
        e6        cleo         -             2024-02-03T10:00  track  signed_up
    """),
}


class ClicksToEvents(Derived):
    """Delivered messages that were clicked, and what the customer did after the click: each event once, when first.

    Events are those with a name, of customers, their anonymous ones included. Otherwise as in clicks_to_orders: one
    at the moment of the click is after it, one more than 30 days later is not looked at.
    """

    de = "Vom Klick zum Ereignis"
    sentence_de = "Zugestellte, geklickte Nachrichten und was der Kunde nach dem Klick tat: jedes Ereignis einmal."
    clock = "sent_at"

    message_id = text("the message")
    customer_id = text("to whom")
    channel = dimension("email, whatsapp, sms or push")
    campaign = dimension("the campaign it belongs to")
    variant = dimension("which version of the message")
    purpose = dimension("what for")
    sent_at = moment("when it was sent")
    clicked_at = moment("when a link in it was clicked")
    name = text("the event's name")
    converted_at = moment("the customer's first event of that name after it")

    examples = (
        TableExample(
            facts=_CLICKED,
            gives=rows("""
                message_id  name       converted_at
                m1          shared     2024-02-09T10:00
                m1          signed_up  2024-02-03T10:00
            """),
        ),
        VerbExample(
            facts=_CLICKED,
            window="2024-02",
            gives={"did(signed_up,1)": 1, "did(shared,6)": 0, "did(shared,7)": 1},
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("messages", "identity")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        events = facts["identity"].filter(_.customer_id.notnull(), _.name.notnull())
        return first_after_clicks(facts["messages"], events.select("name", who=_.customer_id, at=_.happened_at))

    def did(self, event: str, days: int) -> Deferred:
        """Messages followed by that event so many times 24 hours after the click at the latest."""
        return (self.name == event) & (self.converted_at <= self.clicked_at + ibis.interval(hours=24 * days))
