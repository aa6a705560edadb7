"""From the click in a message to an order."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.messages import Messages
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

#: what comes later than so many days after a click, nobody would put down to the message
MOST_DAYS = 30

# anna orders five days to the second after her click and again; ben a second later than that; cleo cancels; dora's
# order came before her click, emil's message never arrived
_CLICKED = {
    "messages": rows("""
        message_id  customer_id  channel  sent_at     delivered_at  clicked_at
        m1          anna         email    2024-02-01  2024-02-01    2024-02-02T10:00
        m2          ben          email    2024-02-01  2024-02-01    2024-02-02T10:00
        m3          cleo         sms      2024-02-01  2024-02-01    2024-02-02T10:00
        m4          dora         sms      2024-02-01  2024-02-01    2024-02-02T10:00
        m5          emil         sms      2024-02-01  -             2024-02-02T10:00
        m6          anna         push     2024-02-01  2024-02-01    2024-02-09T10:00
        m7          -            push     2024-02-01  2024-02-01    2024-02-09T10:00
    """),
    "orders": rows("""
        order_id  customer_id  ordered_at           amount_minor  cancelled_at
        o1        anna         2024-02-07T10:00:00  1000          -
        o2        anna         2024-02-09T10:00:00  1000          -
        o3        ben          2024-02-07T10:00:01  1000          -
        o4        cleo         2024-02-03T10:00:00  1000          2024-02-04
        o5        dora         2024-02-02T09:59:59  1000          -
        o6        emil         2024-02-03T10:00:00  1000          -
        o7        -            2024-02-09T10:00:00  1000          -
    """),
}


class ClicksToOrders(Derived):
    """Delivered messages that were clicked and after whose click the customer ordered: when first.

    An order at the moment of the click is after it, one more than 30 days later is not looked at. Each message
    stands here once, however many orders followed; one order may follow several messages. Cancelled orders and
    messages to unknown customers are not among them.
    """

    de = "Vom Klick zur Bestellung"
    sentence_de = "Zugestellte Nachrichten, nach deren Klick der Kunde bestellte, und wann zuerst."
    clock = "sent_at"

    message_id = text("the message")
    customer_id = text("to whom")
    channel = dimension("email, whatsapp, sms or push")
    campaign = dimension("the campaign it belongs to")
    variant = dimension("which version of the message")
    purpose = dimension("what for")
    sent_at = moment("when it was sent")
    clicked_at = moment("when a link in it was clicked")
    converted_at = moment("the customer's first order after it")

    examples = (
        TableExample(
            facts=_CLICKED,
            gives=rows("""
                message_id  channel  clicked_at        converted_at
                m1          email    2024-02-02T10:00  2024-02-07T10:00:00
                m2          email    2024-02-02T10:00  2024-02-07T10:00:01
                m6          push     2024-02-09T10:00  2024-02-09T10:00:00
            """),
        ),
        VerbExample(facts=_CLICKED, window="2024-02", gives={"within(5)": 2, "within(6)": 3}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("messages", "purchases")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        orders = facts["purchases"].select(who=_.customer_id, at=_.ordered_at)
        return first_after_clicks(facts["messages"], orders)

    def within(self, days: int) -> Deferred:
        """Messages followed so many times 24 hours after the click at the latest."""
        return self.converted_at <= self.clicked_at + ibis.interval(hours=24 * days)


def first_after_clicks(messages: ir.Table, conversions: ir.Table) -> ir.Table:
    """Each delivered and clicked message with the customer's first conversion after the click, `converted_at`.

    `conversions` has a customer `who`, a moment `at`, and what else tells them apart: one row a message and that.
    """
    clicks = messages.filter(Messages().clicked(), _.customer_id.notnull()).select(
        "message_id", "customer_id", "channel", "campaign", "variant", "purpose", "sent_at", "sent_on", "clicked_at",
        until=_.clicked_at + ibis.interval(hours=24 * MOST_DAYS),
    )  # fmt: skip
    followed = clicks.inner_join(
        conversions,
        [clicks.customer_id == conversions.who, conversions.at >= clicks.clicked_at, conversions.at <= clicks.until],
    )
    kept = [name for name in followed.columns if name not in ("who", "at", "until")]
    return followed.group_by(*kept).aggregate(converted_at=_.at.min())
