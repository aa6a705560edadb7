"""What Stripe's interface and its events say of customers, subscriptions, invoices and refunds.

- **Amounts** are whole numbers in Stripe's minor units: of 15 currencies without decimals, of 5 with three, else two.
- **Subscriptions.** A listed one tells its present state only, which is taken to be so since its beginning (or the end
  of its trial). Events tell when a plan, a price, a quantity, a discount or a status changed, and what it was before:
  they become stretches, in whatever order they come, together with those that came before. What never began is left
  out; `unpaid` is past due.
- **Invoices** are orders: what was billed without tax, when it was made final. Drafts and invoices of nothing are left
  out, void and uncollectible ones are cancelled. Lines are after their discounts; proration is a line like others.
- **Refunds** are returns of what was paid back, tax included: Stripe does not say what of it was tax.
- **Customers** are known by Stripe's own number, which is all that subscriptions know of them.
- Objects made in test mode are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from stamm.sources.exports import Documents, FaultError, Known, Row, Rows, attempt
from stamm.sources.exports.kind import Thing
from stamm.sources.exports.values import Object, amount, at, exactly, first, listed, part, since_1970, text
from stamm.sources.stripe.recurring import major
from stamm.sources.stripe.stretches import Stretch, Told, before, identity, known_of, listed_rows, state_of, told_rows

_KINDS = frozenset({"customer", "subscription", "invoice", "refund"})
CUT_OFF = "is cut off; fetch all lines of the invoice"


class Stripe(Documents):
    """Stripe's customers, subscriptions, invoices, refunds and events, as JSON of its interface or webhooks."""

    en = "Stripe"
    de = "Stripe"
    sentence_de = "Stripes Kunden, Abonnements, Rechnungen, Erstattungen und Ereignisse, als JSON."
    cited = "https://docs.stripe.com/api/subscriptions/object"
    makes = ("customers", "orders", "order_lines", "returns", "subscriptions")
    envelopes = ("data",)
    called: ClassVar[Mapping[str, str]] = {"customer_id": "customer", "mrr_minor": "items"}

    def ours(self, value: Object) -> bool:
        return text(value.get("object")) in {*_KINDS, "event"}

    def customers(self, thing: Known[Object]) -> Rows:
        """A customer."""
        who, told = _told(thing.content)
        if who.get("object") != "customer" or who.get("deleted") is True:
            yield None
            return
        since = since_1970(who, "created")
        languages = who.get("preferred_locales")
        yield {
            "customer_id": who.get("id"),
            "valid_from": since if told is None else told,
            "first_seen_at": since,
            "email": who.get("email"),
            "phone": who.get("phone"),
            "name": who.get("name"),
            "language": languages[0] if isinstance(languages, list) and languages else None,
            "city": at(who, "address", "city"),
            "country": at(who, "address", "country"),
        }

    def orders(self, thing: Known[Object]) -> Rows:
        """An invoice."""
        invoice, told = _told(thing.content)
        if not _billed(invoice):
            yield None
            return
        currency, ended = _currency(invoice), part(invoice, "status_transitions")
        shipping = part(invoice, "shipping_cost")
        with exactly():
            freight = amount(shipping, "amount_subtotal")
            off = sum((amount(one, "amount") for one in listed(invoice, "total_discount_amounts")), Decimal(0))
            goods = _net(invoice) - freight
        yield {
            "order_id": invoice.get("id"),
            "customer_id": identity(invoice.get("customer")),
            "ordered_at": _ordered(invoice),
            "amount": major(goods, currency),
            "discount": major(off, currency),
            "tax": major(amount(invoice, "total") - _net(invoice), currency),
            "shipping": major(freight, currency),
            "currency": currency,
            "cancelled_at": since_1970(ended, "voided_at") or since_1970(ended, "marked_uncollectible_at"),
            "received_at": told,
        }

    def order_lines(self, thing: Known[Object]) -> Rows:
        """The lines of an invoice."""
        invoice, told = _told(thing.content)
        if not _billed(invoice):
            return
        lines = part(invoice, "lines")
        if lines.get("has_more") is True:
            raise FaultError("lines", CUT_OFF, invoice.get("id"))
        for line in listed(lines, "data"):
            yield attempt(_line, invoice, line, told)

    def returns(self, thing: Known[Object]) -> Rows:
        """A refund."""
        refund, told = _told(thing.content)
        if refund.get("object") != "refund" or text(refund.get("status")) in {"failed", "canceled"}:
            yield None
            return
        yield {
            "return_id": refund.get("id"),
            "order_id": identity(at(refund, "charge", "invoice")),
            "customer_id": identity(at(refund, "charge", "customer")),
            "returned_at": since_1970(refund, "created"),
            "amount": major(amount(refund, "amount"), _currency(refund)),
            "currency": _currency(refund),
            "reason": refund.get("reason"),
            "received_at": told,
        }

    def gathered(self, fact: str, things: Iterator[Thing[Object]]) -> Iterator[Thing[Object]]:
        """Of subscriptions what events say of one is put together, in the order of time."""
        if fact != "subscriptions":
            yield from things
            return
        held: dict[str, _History] = {}
        for thing in things:
            if not isinstance(thing, Known) or thing.content.get("object") != "event":
                yield thing
                continue
            try:
                subscription, told = _told(thing.content)
                number = text(subscription.get("id"))
                if _is_subscription(subscription) and number and told:
                    held.setdefault(number, _History(thing.line)).add(subscription, told, thing.content)
                else:
                    yield thing
            except FaultError as fault:
                yield Known(thing.line, {"object": "fault", "fault": fault})
        known = self._known(list(held))
        for number, history in held.items():
            yield Known(history.line, {"object": "history", "id": number, "told": history.told, "known": known[number]})

    def _known(self, numbers: list[str]) -> dict[str, dict[str, Stretch]]:
        """The stretches of subscriptions that came before, by their beginnings."""
        found: dict[str, dict[str, Stretch]] = {number: {} for number in numbers}
        for row in self.recall("subscriptions", "subscription_id", numbers).to_pylist() if numbers else ():
            start, stretch = known_of(row)
            found[row["subscription_id"]][start] = stretch
        return found

    def subscriptions(self, thing: Known[Object]) -> Rows:
        """A subscription as listed, or as events tell of it."""
        value = thing.content
        if value.get("object") == "fault":
            yield value["fault"]
        elif value.get("object") == "history":
            yield from told_rows(value["id"], sorted(value["told"], key=lambda told: told.at), value["known"])
        elif _is_subscription(value) and (state := state_of(value)):
            yield from listed_rows(text(value.get("id")), state)
        else:
            yield None


class _History:
    """What events tell of one subscription; the events themselves are let go."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.told: list[Told] = []

    def add(self, subscription: Object, at: str, event: Object) -> None:
        """What an event says. Raises FaultError."""
        changed = part(part(event, "data"), "previous_attributes")
        was = state_of(before(subscription, changed)) if changed else None
        self.told.append(Told(at, was, state_of(subscription)))


def _told(value: Object) -> tuple[Object, str | None]:
    """What an event is about and when it was told; another object itself."""
    if value.get("object") != "event":
        return value, None
    inner = at(value, "data", "object")
    return inner if isinstance(inner, Mapping) else {}, since_1970(value, "created")


def _is_subscription(value: Object) -> bool:
    return value.get("object") == "subscription" and value.get("livemode") is not False


def _billed(value: Object) -> bool:
    """An invoice that asks for money."""
    real = value.get("object") == "invoice" and value.get("livemode") is not False and value.get("id") is not None
    return real and value.get("status") != "draft" and bool(amount(value, "total"))


def _currency(value: Object) -> str:
    return (text(value.get("currency")) or "").upper()


def _ordered(invoice: Object) -> str | None:
    return since_1970(part(invoice, "status_transitions"), "finalized_at") or since_1970(invoice, "created")


def _net(invoice: Object) -> Decimal:
    """The total without tax."""
    if invoice.get("total_excluding_tax") is not None:
        return amount(invoice, "total_excluding_tax")
    with exactly():
        taxes = listed(invoice, "total_taxes") or listed(invoice, "total_tax_amounts")
        return amount(invoice, "total") - sum((amount(tax, "amount") for tax in taxes), Decimal(0))


def _line(invoice: Object, line: Object, told: str | None) -> Row:
    currency = _currency(invoice)
    with exactly():
        off = sum((amount(one, "amount") for one in listed(line, "discount_amounts")), Decimal(0))
        taxes = [*listed(line, "taxes"), *listed(line, "tax_amounts")]
        inside = [tax for tax in taxes if tax.get("inclusive") is True or tax.get("tax_behavior") == "inclusive"]
        paid = amount(line, "amount") - off - sum((amount(tax, "amount") for tax in inside), Decimal(0))
    product: Any = first(identity(at(line, "price", "product")), at(line, "pricing", "price_details", "product"))
    return {
        "order_id": invoice.get("id"),
        "line_id": line.get("id"),
        "customer_id": identity(invoice.get("customer")),
        "ordered_at": _ordered(invoice),
        "product_id": product,
        "product": line.get("description"),
        "quantity": "1" if line.get("quantity") is None else line.get("quantity"),
        "amount": major(paid, currency),
        "currency": currency,
        "received_at": told,
    }
