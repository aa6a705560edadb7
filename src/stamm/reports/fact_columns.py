"""What the columns of facts are called on a page where somebody says what fills them."""

from __future__ import annotations

from stamm.lang.language import Language

MINOR = "_minor"


def column_name(fact: str, column: str, say: Language) -> str:
    """The name of a fact's column in words; in whole minor units, it says so."""
    major = column.removesuffix(MINOR)
    names = _names(say)
    found = names.get(f"{fact}.{major}") or names.get(major) or major.replace("_", " ")
    return say("{name}, in whole cents", name=found) if column.endswith(MINOR) else found


def _names(say: Language) -> dict[str, str]:
    return {
        "order_id": say("order number"),
        "line_id": say("number of the line"),
        "return_id": say("number of the return"),
        "customer_id": say("customer number"),
        "anonymous_id": say("device or browser"),
        "ordered_at": say("moment of the order"),
        "amount": say("amount"),
        "discount": say("discount"),
        "tax": say("tax"),
        "shipping": say("shipping"),
        "cost": say("cost"),
        "currency": say("currency"),
        "channel": say("channel"),
        "campaign": say("campaign"),
        "fulfilled_at": say("sent at"),
        "delivered_at": say("delivered at"),
        "cancelled_at": say("cancelled at"),
        "product_id": say("product number"),
        "product": say("product"),
        "category": say("category"),
        "quantity": say("quantity"),
        "returned_at": say("moment of the return"),
        "reason": say("reason"),
        "response_id": say("number of the answer"),
        "question": say("question"),
        "survey": say("survey"),
        "kind": say("kind"),
        "asked_at": say("asked at"),
        "answered_at": say("answered at"),
        "score": say("score"),
        "scale_min": say("lowest possible score"),
        "scale_max": say("highest possible score"),
        "choice": say("choice"),
        "comment": say("comment"),
        "touchpoint": say("occasion"),
        "event_id": say("number of the event"),
        "happened_at": say("moment of the event"),
        "name": say("name"),
        "page": say("page"),
        "title": say("title of the page"),
        "referrer": say("came from"),
        "medium": say("medium"),
        "value": say("value"),
        "properties": say("further properties"),
        "subscription_id": say("number of the subscription"),
        "started_at": say("begun at"),
        "plan": say("plan"),
        "ended_at": say("ended at"),
        "mrr": say("revenue a month"),
        "status": say("status"),
        "end_reason": say("reason of the end"),
        "ticket_id": say("number of the ticket"),
        "opened_at": say("opened at"),
        "first_reply_at": say("first answered at"),
        "resolved_at": say("solved at"),
        "reopened_at": say("opened again at"),
        "topic": say("topic"),
        "minutes_spent": say("minutes of work"),
        "message_id": say("number of the message"),
        "variant": say("variant"),
        "purpose": say("purpose"),
        "sent_at": say("sent at"),
        "machine_opened_at": say("opened by a program at"),
        "clicked_at": say("clicked at"),
        "unsubscribed_at": say("unsubscribed at"),
        "bounced_at": say("bounced at"),
        "valid_from": say("known to be so since"),
        "first_seen_at": say("first seen at"),
        "email": say("mail address"),
        "phone": say("telephone"),
        "language": say("language"),
        "country": say("country"),
        "city": say("city"),
        "time_zone": say("time zone"),
        "birthday_on": say("birthday"),
        "acquired_through": say("won through"),
        "company": say("company"),
        "persona": say("persona"),
        "traits": say("further traits"),
    }
