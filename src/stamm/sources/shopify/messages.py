"""What Shopify's interface and its webhooks say of orders, refunds and customers.

- **Amounts** are those in the shop's own currency. Where its prices include tax, the tax of each line is taken off.
- **Lines** are numbered in the order of the list, as in the CSV export, so that both name the same line alike.
- **Refunds** are told line by line, what was paid back beyond lines and tax (a discrepancy) as a return without a line.
  An order brings its refunds along. A refund told alone does not say whose it is, nor whether tax is in it: what the
  order says later completes it.
- **Customers** are known by their e-mail address, as in the CSV export; without one by telephone, else by number.
- Test orders are left out. A voided payment cancels an order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import ClassVar

from stamm.sources.exports import Documents, Known, Row, Rows, attempt
from stamm.sources.exports.values import Object, amount, customer_of, exactly, first, joined, listed, part, text
from stamm.sources.shopify.orders_export import VOIDED


class Shopify(Documents):
    """What Shopify's interface and webhooks say of orders, refunds and customers, as JSON."""

    en = "Shopify"
    de = "Shopify"
    sentence_de = "Was Shopifys Schnittstelle und Webhooks über Bestellungen, Erstattungen und Kunden sagen, als JSON."
    cited = "https://shopify.dev/docs/api/admin-rest/latest/resources/order"
    makes = ("orders", "order_lines", "returns", "customers")
    envelopes = ("orders", "order", "refunds", "refund", "customers", "customer")
    covered_by: ClassVar[Mapping[str, str]] = {"returns": "orders"}

    def ours(self, value: Object) -> bool:
        return _is_order(value) or _is_refund(value) or _is_customer(value)

    def orders(self, thing: Known[Object]) -> Rows:
        """An order."""
        order = thing.content
        if not _counts(order):
            yield None
            return
        discount = amount(order, "total_discounts")
        yield {
            "order_id": order.get("id"),
            "customer_id": _customer(order),
            "ordered_at": _ordered(order),
            "amount": _goods(order),
            "discount": discount,
            "tax": order.get("total_tax"),
            "shipping": _shipping(order),
            "currency": order.get("currency"),
            "channel": order.get("source_name"),
            "fulfilled_at": _fulfilled(order),
            "cancelled_at": _cancelled(order),
            "received_at": order.get("updated_at"),
        }

    def order_lines(self, thing: Known[Object]) -> Rows:
        """The lines of an order."""
        order = thing.content
        if not _counts(order):
            return
        for number, line in enumerate(listed(order, "line_items"), start=1):
            yield attempt(_line, order, line, number)

    def returns(self, thing: Known[Object]) -> Rows:
        """Refunds: those of an order, or one told alone."""
        value = thing.content
        if _is_refund(value):
            yield from _returned(value, None)
        elif _counts(value):
            for refund in listed(value, "refunds"):
                yield from _returned(refund, value)

    def customers(self, thing: Known[Object]) -> Rows:
        """A customer, or who ordered."""
        value = thing.content
        if _is_refund(value) or (_is_order(value) and not _counts(value)):
            return
        who = part(value, "customer") if _is_order(value) else value
        address = part(who, "default_address") or part(value, "billing_address")
        email = who.get("email") or value.get("email")
        customer = customer_of(email, first(who.get("phone"), value.get("phone")), who.get("id"))
        if customer is None:
            yield None
            return
        since = who.get("created_at") or _ordered(value)
        yield {
            "customer_id": customer,
            "valid_from": first(who.get("updated_at"), since) if thing.live and not _is_order(value) else since,
            "first_seen_at": who.get("created_at"),
            "email": email,
            "phone": first(who.get("phone"), value.get("phone"), address.get("phone")),
            "name": joined(who.get("first_name"), who.get("last_name")) or text(address.get("name")),
            "language": who.get("locale") or value.get("customer_locale"),
            "city": address.get("city"),
            "country": address.get("country_code"),
            "company": address.get("company"),
        }


def _is_order(value: Object) -> bool:
    return "line_items" in value and "total_price" in value and "financial_status" in value


def _is_refund(value: Object) -> bool:
    return "refund_line_items" in value and "order_id" in value


def _is_customer(value: Object) -> bool:
    return "verified_email" in value and ("orders_count" in value or "addresses" in value or "state" in value)


def _counts(value: Object) -> bool:
    return _is_order(value) and value.get("test") is not True


def _customer(order: Object) -> str | None:
    who = part(order, "customer")
    return customer_of(
        order.get("email") or who.get("email"), first(order.get("phone"), who.get("phone")), who.get("id")
    )


def _ordered(order: Object) -> str | None:
    return first(order.get("processed_at"), order.get("created_at"))


def _cancelled(order: Object) -> str | None:
    voided = order.get("financial_status") == VOIDED
    return first(order.get("cancelled_at"), (order.get("updated_at") or order.get("created_at")) if voided else None)


def _fulfilled(order: Object) -> str | None:
    """When the last parcel was sent, once all are."""
    if order.get("fulfillment_status") != "fulfilled":
        return None
    sent = [one for parcel in listed(order, "fulfillments") if (one := text(parcel.get("created_at")))]
    return max(sent, default=None)


def _shipping(order: Object) -> Decimal:
    """What was charged for shipping, before discounts on it."""
    with exactly():
        return sum((amount(line, "price") for line in listed(order, "shipping_lines")), Decimal(0))


def _goods(order: Object) -> Decimal:
    """What was paid for goods, after discounts, without tax."""
    with exactly():
        return amount(order, "subtotal_price") - sum((_included(order, line) for line in _lines(order)), Decimal(0))


def _lines(order: Object) -> list[Object]:
    return listed(order, "line_items")


def _included(order: Object, line: Object) -> Decimal:
    """The tax that the price of a line includes."""
    if order.get("taxes_included") is not True:
        return Decimal(0)
    with exactly():
        return sum((amount(tax, "price") for tax in listed(line, "tax_lines")), Decimal(0))


def _line(order: Object, line: Object, number: int) -> Row:
    with exactly():
        discounts = listed(line, "discount_allocations")
        off = sum((amount(one, "amount") for one in discounts), Decimal(0))
        off = off if discounts else amount(line, "total_discount")
        paid = amount(line, "price") * amount(line, "quantity") - off - _included(order, line)
    return {
        "order_id": order.get("id"),
        "line_id": str(number),
        "customer_id": _customer(order),
        "ordered_at": _ordered(order),
        "product_id": first(line.get("sku"), line.get("product_id")),
        "product": first(line.get("name"), line.get("title")),
        "quantity": line.get("quantity"),
        "amount": paid,
        "currency": order.get("currency"),
        "received_at": order.get("updated_at"),
    }


def _returned(refund: Object, order: Object | None) -> Iterator[Row]:
    """The lines that came back, and what was paid back besides."""
    transactions = listed(refund, "transactions")
    about = {
        "order_id": refund.get("order_id") or (order or {}).get("id"),
        "returned_at": refund.get("created_at"),
        "currency": next((one.get("currency") for one in (*((order,) if order else ()), *transactions)), None),
        "reason": refund.get("note"),
    }
    places: dict[str | None, str] = {}
    if order:
        about |= {"customer_id": _customer(order), "ordered_at": _ordered(order)}
        places = {text(line.get("id")): str(number) for number, line in enumerate(_lines(order), start=1)}
    for line in listed(refund, "refund_line_items"):
        with exactly():
            inside = amount(line, "total_tax") if order and order.get("taxes_included") is True else Decimal(0)
            back = amount(line, "subtotal") - inside
        place = {"line_id": places.get(text(line.get("line_item_id")))} if order else {}
        yield {"return_id": _both(refund, line), "quantity": line.get("quantity"), "amount": back, **place, **about}
    for adjustment in listed(refund, "order_adjustments"):
        if adjustment.get("kind") == "refund_discrepancy":
            place = {"line_id": None} if order else {}
            back = -amount(adjustment, "amount")
            yield {"return_id": _both(refund, adjustment), "quantity": None, "amount": back, **place, **about}


def _both(refund: Object, inner: Object) -> str:
    return f"{text(refund.get('id'))}-{text(inner.get('id'))}"
