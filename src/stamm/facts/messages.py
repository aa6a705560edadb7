"""Messages sent to customers."""

from __future__ import annotations

from ibis.common.deferred import Deferred

from stamm.facts.columns import currency, dimension, moment, money, text
from stamm.facts.kind import Imported, Reduction
from stamm.lang.example import VerbExample, rows


class Messages(Imported):
    """What was sent to customers, one row a message to one of them, and what became of it."""

    de = "Nachrichten"
    sentence_de = "Was Kunden geschickt wurde, eine Zeile je Nachricht an einen von ihnen, und was daraus wurde."
    key_columns = ("message_id",)
    clock = "sent_at"
    clocks = ("sent_at",)
    reaches = ("delivered_at", "opened_at", "machine_opened_at", "clicked_at", "unsubscribed_at", "bounced_at")

    message_id = text("the message's number", required=True, personal=False)
    customer_id = text("to whom; empty where unknown", personal=True)
    channel = dimension("email, whatsapp, sms or push", choices=("email", "whatsapp", "sms", "push"), personal=False)
    campaign = dimension("the campaign it belongs to", personal=False)
    variant = dimension("which version of the message", personal=False)
    purpose = dimension("what for, as in the customer's consent", personal=False)
    sent_at = moment("when it was sent", required=True)
    delivered_at = moment("when it arrived", follows="sent_at")
    opened_at = moment("when a person opened it", follows="sent_at")
    machine_opened_at = moment("when a privacy proxy or a bot opened it", follows="sent_at")
    clicked_at = moment("when a link in it was clicked", follows="sent_at")
    unsubscribed_at = moment("when the customer unsubscribed through it", follows="sent_at")
    bounced_at = moment("when it came back", follows="sent_at")
    cost_minor = money("cost of sending it")
    currency = currency()

    # ben's mail was opened by a proxy, cleo's came back; dora opens hers in March, emil later than is known
    examples = (
        VerbExample(
            facts={
                "messages": rows("""
                    message_id  customer_id  sent_at     delivered_at  opened_at   machine_opened_at  clicked_at
                    m1          anna         2024-02-01  2024-02-01    2024-02-02  2024-02-01         2024-02-02
                    m2          ben          2024-02-01  2024-02-01    -           2024-02-01         -
                    m3          cleo         2024-02-01  -             -           -                  -
                    m4          dora         2024-02-29  2024-02-29    2024-03-04  -                  -
                    m5          emil         2024-02-29  2024-02-29    2024-03-12  -                  2024-03-12
                    m6          fay          2024-03-01  2024-03-01    2024-03-01  -                  2024-03-01
                """),
            },
            window="2024-02",
            context={"as_of": "2024-03-10"},
            gives={"sent": 5, "delivered": 4, "opened": 2, "opened_by_any": 3, "clicked": 1},
        ),
        VerbExample(
            facts={
                "messages": rows("""
                    message_id  customer_id  sent_at     delivered_at  unsubscribed_at  cost_minor
                    m1          anna         2024-02-01  2024-02-01    2024-02-03       10
                    m2          ben          2024-02-01  2024-02-01    -                8
                    m3          cleo         2024-02-02  -             -                -
                    m4          dora         2024-03-01  2024-03-01    2024-03-01       10
                """),
            },
            window="2024-02",
            context={"as_of": "2024-03-10"},
            gives={"unsubscribed": 1, "spent": 18},
        ),
    )

    def sent(self) -> Reduction:
        """Number of messages."""
        return self.count()

    def delivered(self) -> Deferred:
        """Messages that arrived."""
        return self.delivered_at.notnull()

    def opened(self) -> Deferred:
        """Delivered messages that a person opened."""
        return self.delivered() & self.opened_at.notnull()

    def opened_by_any(self) -> Deferred:
        """Delivered messages that a person or a machine opened."""
        return self.delivered() & (self.opened_at.notnull() | self.machine_opened_at.notnull())

    def clicked(self) -> Deferred:
        """Delivered messages in which a link was clicked."""
        return self.delivered() & self.clicked_at.notnull()

    def unsubscribed(self) -> Deferred:
        """Delivered messages through which the customer unsubscribed."""
        return self.delivered() & self.unsubscribed_at.notnull()

    def spent(self) -> Reduction:
        """What sending them cost."""
        return self.money(self.cost_minor)
