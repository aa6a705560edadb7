"""What WooCommerce's interface and its webhooks say of orders and customers.

- **Amounts** of lines are after discounts and without tax, whether or not the shop's prices include it. The amount of
  an order is its total without tax and shipping, so fees are in it.
- **Refunds** stand in their order with their sum, tax and shipping included, and without a time. As much of the goods
  as was paid back of the total is a return, at the time at which the order was first seen with it.
- **Status.** Drafts and orders waiting for a payment are left out until they are paid; what is cancelled, has failed
  or lies in the trash is a cancelled order.
- **Customers** are known by the e-mail address of the bill, else by telephone, else by number.
- **Lines** are numbered as WooCommerce does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import ClassVar

from stamm.lang.money import exponent, is_currency
from stamm.sources.exports import Documents, Known, Row, Rows, attempt
from stamm.sources.exports.kind import Thing
from stamm.sources.exports.values import (
    Object,
    amount,
    customer_of,
    exactly,
    first,
    joined,
    listed,
    part,
    rounded,
    text,
)

WAITING = frozenset({"pending", "checkout-draft", "auto-draft", "draft"})
GONE = frozenset({"cancelled", "failed", "trash"})
#: orders whose refunds are looked up together
TOGETHER = 1_000


class WooCommerce(Documents):
    """WooCommerce's orders and customers, as JSON of its interface or webhooks."""

    en = "WooCommerce"
    de = "WooCommerce"
    key = "woocommerce"
    sentence_de = "Bestellungen und Kunden von WooCommerce, als JSON seiner Schnittstelle oder Webhooks."
    cited = "https://woocommerce.github.io/woocommerce-rest-api-docs/#orders"
    makes = ("orders", "order_lines", "returns", "customers")
    envelopes = ("orders", "order", "customers", "customer")
    covered_by: ClassVar[Mapping[str, str]] = {"returns": "orders"}

    def ours(self, value: Object) -> bool:
        return _is_order(value) or _is_customer(value)

    def orders(self, thing: Known[Object]) -> Rows:
        """An order."""
        order = thing.content
        if not _counts(order):
            yield None
            return
        gone = text(order.get("status")) in GONE
        yield {
            "order_id": order.get("id"),
            "customer_id": _customer(order),
            "ordered_at": _utc(order, "date_created"),
            "amount": _goods(order),
            "discount": order.get("discount_total"),
            "tax": order.get("total_tax"),
            "shipping": order.get("shipping_total"),
            "currency": order.get("currency"),
            "channel": order.get("created_via"),
            "fulfilled_at": _utc(order, "date_completed"),
            "cancelled_at": _utc(order, "date_modified") or _utc(order, "date_created") if gone else None,
            "received_at": _utc(order, "date_modified"),
        }

    def order_lines(self, thing: Known[Object]) -> Rows:
        """The lines of an order."""
        order = thing.content
        if _counts(order):
            for line in listed(order, "line_items"):
                yield attempt(_line, order, line)

    def gathered(self, fact: str, things: Iterator[Thing[Object]]) -> Iterator[Thing[Object]]:
        """Orders with the times at which their refunds were first seen."""
        if fact != "returns":
            yield from things
            return
        while some := list(islice(things, TOGETHER)):
            numbers = [number for one in some if isinstance(one, Known) for number in _refunds(one.content)]
            known = self.recall("returns", "return_id", numbers).to_pylist() if numbers else ()
            seen = {row["return_id"]: row["returned_at"].isoformat() for row in known}
            for one in some:
                yield Known(one.line, {**one.content, "seen": seen}, one.live) if isinstance(one, Known) else one

    def returns(self, thing: Known[Object]) -> Rows:
        """The refunds of an order."""
        order = thing.content
        if _counts(order):
            for refund in listed(order, "refunds"):
                yield attempt(_returned, order, refund)

    def customers(self, thing: Known[Object]) -> Rows:
        """A customer, or who ordered."""
        who = thing.content
        if _is_order(who) and not _counts(who):
            return
        customer, bill = _customer(who), part(who, "billing")
        if customer is None:
            yield None
            return
        since = _utc(who, "date_created")
        yield {
            "customer_id": customer,
            "valid_from": _utc(who, "date_modified") or since if thing.live and not _is_order(who) else since,
            "email": first(bill.get("email"), who.get("email")),
            "phone": bill.get("phone"),
            "name": joined(
                first(who.get("first_name"), bill.get("first_name")), first(who.get("last_name"), bill.get("last_name"))
            ),
            "city": bill.get("city"),
            "country": bill.get("country"),
            "company": bill.get("company"),
        }


def _is_order(value: Object) -> bool:
    return "line_items" in value and "date_created" in value and "shipping_lines" in value


def _is_customer(value: Object) -> bool:
    return "is_paying_customer" in value and "date_created" in value


def _counts(value: Object) -> bool:
    return _is_order(value) and text(value.get("status")) not in WAITING


def _utc(value: Object, name: str) -> str | None:
    """A moment that is written twice, in the shop's local time and in UTC without saying so."""
    utc = text(value.get(f"{name}_gmt"))
    return f"{utc.removesuffix('Z')}Z" if utc else text(value.get(name))


def _customer(value: Object) -> str | None:
    bill = part(value, "billing")
    own = text(value.get("customer_id") if _is_order(value) else value.get("id"))
    return customer_of(bill.get("email") or value.get("email"), bill.get("phone"), None if own == "0" else own)


def _goods(order: Object) -> Decimal:
    with exactly():
        return amount(order, "total") - amount(order, "total_tax") - amount(order, "shipping_total")


def _line(order: Object, line: Object) -> Row:
    return {
        "order_id": order.get("id"),
        "line_id": line.get("id"),
        "customer_id": _customer(order),
        "ordered_at": _utc(order, "date_created"),
        "product_id": first(line.get("sku"), line.get("product_id")),
        "product": line.get("name"),
        "quantity": line.get("quantity"),
        "amount": line.get("total"),
        "currency": order.get("currency"),
        "received_at": _utc(order, "date_modified"),
    }


def _refunds(order: Object) -> list[str]:
    """The numbers of an order's refunds, as far as it has any."""
    found = order.get("refunds")
    inside = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    return [number for one in inside if (number := text(one.get("id")))]


def _returned(order: Object, refund: Object) -> Row:
    number, code = text(refund.get("id")), (text(order.get("currency")) or "").upper()
    total = amount(order, "total")
    with exactly():
        share = min(-amount(refund, "total") / total, Decimal(1)) if total > 0 else Decimal(1)
        goods = rounded(_goods(order) * share, exponent(code) if is_currency(code) else 2)
    return {
        "return_id": number,
        "order_id": order.get("id"),
        "customer_id": _customer(order),
        "ordered_at": _utc(order, "date_created"),
        "returned_at": order["seen"].get(number) or _utc(order, "date_modified") or _utc(order, "date_created"),
        "amount": goods,
        "currency": order.get("currency"),
        "reason": refund.get("reason"),
    }
