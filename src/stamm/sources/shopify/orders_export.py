"""Shopify's export of orders: a row for each line of an order, the order itself told in the first of them only.

- **Amounts.** `Subtotal` is after discounts and before shipping. Where the shop's prices include tax, so does it (then
  `Total` is `Subtotal` and `Shipping` alone), and the goods' share of `Taxes` is taken off: in proportion to `Subtotal`
  and `Shipping`, which is exact where nothing is charged for shipping or one rate holds for both.
- **Returns.** The export knows what was paid back of an order, in all, and not when or for what: there is one return
  an order, at the time of the order (or of its cancellation), of as much of the goods as was paid back of the total.
- **Customers** are known by their e-mail address, else by their telephone number. The export has no number for them.
- **Lines** are numbered within the order. Each has its share of the order's amount, in proportion to its price: a
  discount on the whole order, or tax in the prices, stands in no line of the export. A voided payment cancels an order.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from stamm.lang.money import exponent, is_currency
from stamm.sources.exports import Known, Rows, Table
from stamm.sources.exports.tables import Line
from stamm.sources.exports.values import amount, customer_of, exactly, rounded, shares

#: states of the payment in which an order does not stand
VOIDED = "voided"


class ShopifyOrders(Table):
    """Shopify's CSV export of orders."""

    en = "Shopify, orders"
    de = "Shopify, Bestellungen"
    sentence_de = "Der CSV-Export der Bestellungen von Shopify."
    cited = "https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders"
    makes = ("orders", "order_lines", "returns", "customers")
    covered_by: ClassVar[Mapping[str, str]] = {"returns": "orders"}
    together = "Name"
    marks = frozenset(
        {"Name", "Financial Status", "Subtotal", "Total", "Created at", "Lineitem name", "Lineitem price"}
    )
    columns = frozenset({
        "Id", "Email", "Phone", "Currency", "Shipping", "Taxes", "Discount Amount", "Fulfilled at", "Cancelled at",
        "Refunded Amount", "Source", "Lineitem quantity", "Lineitem sku", "Lineitem discount", "Billing Name",
        "Billing City", "Billing Country", "Billing Company",
    })  # fmt: skip
    called: ClassVar[Mapping[str, str]] = {
        "order_id": "Name", "ordered_at": "Created at", "amount_minor": "Subtotal", "discount_minor": "Discount Amount",
        "tax_minor": "Taxes", "shipping_minor": "Shipping", "currency": "Currency", "fulfilled_at": "Fulfilled at",
        "cancelled_at": "Cancelled at", "quantity": "Lineitem quantity", "product": "Lineitem name",
        "valid_from": "Created at", "returned_at": "Created at",
    }  # fmt: skip
    remarks_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "returns": ("the export does not say when something was paid back: that is placed at the time of the order",)
    }

    def orders(self, order: Known[list[Line]]) -> Rows:
        """One order."""
        head = order.content[0]
        yield {
            "order_id": _number(head),
            "customer_id": customer_of(head["Email"], head["Phone"]),
            "ordered_at": head["Created at"],
            "amount": _goods(head),
            "discount": head["Discount Amount"],
            "tax": head["Taxes"],
            "shipping": head["Shipping"],
            "currency": head["Currency"],
            "channel": head["Source"],
            "fulfilled_at": head["Fulfilled at"],
            "cancelled_at": head["Cancelled at"] or (head["Created at"] if _voided(head) else None),
        }

    def order_lines(self, order: Known[list[Line]]) -> Rows:
        """Its lines, which add up to the order's amount."""
        head = order.content[0]
        lines = [line for line in order.content if line["Lineitem name"] is not None]
        with exactly():
            prices = [_price(line) for line in lines]
            paid = shares(_goods(head), prices, _digits(head)) if sum(prices) > 0 else prices
        for number, (line, money) in enumerate(zip(lines, paid, strict=True), start=1):
            yield {
                "order_id": _number(head),
                "line_id": str(number),
                "customer_id": customer_of(head["Email"], head["Phone"]),
                "ordered_at": head["Created at"],
                "product_id": line["Lineitem sku"],
                "product": line["Lineitem name"],
                "quantity": line["Lineitem quantity"],
                "amount": money,
                "currency": head["Currency"],
            }

    def returns(self, order: Known[list[Line]]) -> Rows:
        """What was paid back of it."""
        head = order.content[0]
        back, total = amount(head, "Refunded Amount"), amount(head, "Total")
        if not back:
            yield None
            return
        with exactly():
            share = min(back / total, Decimal(1)) if total > 0 else Decimal(1)
            goods = _rounded(_goods(head) * share, head)
        yield {
            "return_id": f"{_number(head)}-refunded",
            "order_id": _number(head),
            "customer_id": customer_of(head["Email"], head["Phone"]),
            "ordered_at": head["Created at"],
            "returned_at": head["Cancelled at"] or head["Created at"],
            "amount": goods,
            "currency": head["Currency"],
        }

    def customers(self, order: Known[list[Line]]) -> Rows:
        """Who ordered, as known from this order on."""
        head = order.content[0]
        customer = customer_of(head["Email"], head["Phone"])
        if customer is None:
            yield None
            return
        yield {
            "customer_id": customer,
            "valid_from": head["Created at"],
            "email": head["Email"],
            "phone": head["Phone"],
            "name": head["Billing Name"],
            "city": head["Billing City"],
            "country": head["Billing Country"],
            "company": head["Billing Company"],
        }


def _number(head: Line) -> str | None:
    """The order's number: the one that Shopify's interface knows it by, where the export has it."""
    return head["Id"] or head["Name"]


def _voided(head: Line) -> bool:
    return (head["Financial Status"] or "").lower() == VOIDED


def _goods(head: Line) -> Decimal:
    """What was paid for goods, without tax."""
    with exactly():
        return amount(head, "Subtotal") - _included(head)


def _included(head: Line) -> Decimal:
    """The tax that the subtotal includes."""
    goods, shipping, taxes = (amount(head, name) for name in ("Subtotal", "Shipping", "Taxes"))
    if not taxes or not goods or amount(head, "Total") != goods + shipping:
        return Decimal(0)
    with exactly():
        return _rounded(taxes * goods / (goods + shipping), head)


def _price(line: Line) -> Decimal:
    """What a line costs after its own discount, before those on the order."""
    return amount(line, "Lineitem price") * amount(line, "Lineitem quantity") - amount(line, "Lineitem discount")


def _digits(head: Line) -> int:
    """Digits of the order's currency; plenty where it is none, which is told elsewhere."""
    code = (head["Currency"] or "").upper()
    return exponent(code) if is_currency(code) else 10


def _rounded(value: Decimal, head: Line) -> Decimal:
    """An amount in whole minor units of the order's currency."""
    return rounded(value, _digits(head))
