"""The CSV of WooCommerce's order exports: of the shop's own extension, and of the widespread ones that follow it.

They share their columns. An order stands on one line with all it holds in a cell (or in `line_item_1`, `line_item_2`),
or on a line for each of its items, whichever the export was set to.

- **Amounts.** `order_total` less all tax and shipping, so fees are in it. Items are after discounts and without tax.
- **Refunds.** Where the export dates them (`refund_items`), there is a return for each; where it knows their sum only
  (`refunded_total`), there is one at the time of the order. As much of the goods as was paid back of the total.
- **Status** counts as for what WooCommerce's interface says; when an order was cancelled is not in the export.
- **Times** are the shop's own.
- **Customers** are known by the e-mail address of the bill, else by telephone, else by number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import ClassVar

from stamm.lang.money import exponent, is_currency
from stamm.sources.exports import FaultError, Known, Row, Rows, Table, attempt
from stamm.sources.exports.tables import Line
from stamm.sources.exports.values import amount, customer_of, exactly, first, joined, rounded
from stamm.sources.woocommerce.messages import GONE, WAITING

AS_JSON = "is written as JSON: export in the default format"
#: items of one cell, and parts of one item; a name may hold the sign itself
_NEXT_ITEM = re.compile(r";(?=(?:id|name):)")
_NEXT_PART = re.compile(r"(?<!\\)\|(?=[a-z_]+:)")
_NEXT_REFUND = re.compile(r";(?=amount:)")
_ONE_ITEM = re.compile(r"line_item_\d{1,4}")


class WooCommerceOrders(Table):
    """CSV of WooCommerce's order exports."""

    en = "WooCommerce, order export"
    de = "WooCommerce, Export der Bestellungen"
    sentence_de = "CSV der Bestellexporte von WooCommerce."
    key = "woocommerce_orders"
    cited = "https://woocommerce.com/document/import-and-export-of-woocommerce-orders/"
    makes = ("orders", "order_lines", "returns", "customers")
    covered_by: ClassVar[Mapping[str, str]] = {"returns": "orders"}
    together = "order_id"
    marks = frozenset({"order_id", "status", "order_total", "shipping_total", "tax_total", "billing_email"})
    columns = frozenset({
        "order_date", "date", "order_currency", "discount_total", "refunded_total", "refund_items", "customer_id",
        "billing_phone", "billing_first_name", "billing_last_name", "billing_city", "billing_country",
        "billing_company", "line_items", "item_id", "item_product_id", "item_name", "item_sku", "item_quantity",
        "item_total",
    })  # fmt: skip
    called: ClassVar[Mapping[str, str]] = {
        "ordered_at": "order_date", "amount_minor": "order_total", "discount_minor": "discount_total",
        "tax_minor": "tax_total", "shipping_minor": "shipping_total", "currency": "order_currency",
        "valid_from": "order_date", "returned_at": "refund_items",
    }  # fmt: skip
    remarks_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "returns": ("what the export does not date is placed at the time of the order: refunds, cancellations",)
    }

    def reads(self, column: str) -> bool:
        return super().reads(column) or _ONE_ITEM.fullmatch(column) is not None

    def orders(self, order: Known[list[Line]]) -> Rows:
        """One order."""
        head = order.content[0]
        if not _counts(head):
            yield None
            return
        yield {
            "order_id": head["order_id"],
            "customer_id": _customer(head),
            "ordered_at": _at(head),
            "amount": _goods(head),
            "discount": head["discount_total"],
            "tax": head["tax_total"],
            "shipping": head["shipping_total"],
            "currency": head["order_currency"],
            "cancelled_at": _at(head) if _status(head) in GONE else None,
        }

    def order_lines(self, order: Known[list[Line]]) -> Rows:
        """The items of an order."""
        head = order.content[0]
        if not _counts(head):
            return
        for number, item in enumerate(_items(order.content), 1):
            yield attempt(_line, head, item, number)

    def returns(self, order: Known[list[Line]]) -> Rows:
        """What was paid back of it."""
        head = order.content[0]
        if not _counts(head):
            return
        dated = [_parts(one) for one in _NEXT_REFUND.split(head["refund_items"] or "") if one.strip()]
        if dated:
            for number, refund in enumerate(dated, 1):
                yield attempt(_returned, head, refund, number)
        elif amount(head, "refunded_total"):
            yield attempt(_returned, head, {"amount": head["refunded_total"]}, 1)
        else:
            yield None

    def customers(self, order: Known[list[Line]]) -> Rows:
        """Who ordered, as known from this order on."""
        head = order.content[0]
        customer = _customer(head)
        if customer is None or not _counts(head):
            yield None
            return
        yield {
            "customer_id": customer,
            "valid_from": _at(head),
            "email": head["billing_email"],
            "phone": head["billing_phone"],
            "name": joined(head["billing_first_name"], head["billing_last_name"]),
            "city": head["billing_city"],
            "country": head["billing_country"],
            "company": head["billing_company"],
        }


def _status(head: Line) -> str:
    return (head["status"] or "").lower().removeprefix("wc-")


def _counts(head: Line) -> bool:
    return _status(head) not in WAITING


def _at(head: Line) -> str | None:
    return head["order_date"] or head["date"]


def _customer(head: Line) -> str | None:
    own = head["customer_id"]
    return customer_of(head["billing_email"], head["billing_phone"], None if own == "0" else own)


def _goods(head: Line) -> Decimal:
    with exactly():
        return amount(head, "order_total") - amount(head, "tax_total") - amount(head, "shipping_total")


def _items(lines: list[Line]) -> Iterator[Mapping[str, str | None]]:
    """The items of an order, however the export writes them; each by names as the interface has them."""
    for line in lines:
        if line["item_name"] or line["item_id"]:
            yield {name.removeprefix("item_"): line[name] for name in line if name.startswith("item_")}
    head = lines[0]
    for name, cell in head.items():
        if cell and (name == "line_items" or _ONE_ITEM.fullmatch(name)):
            if cell.lstrip().startswith(("[", "{")):
                raise FaultError(name, AS_JSON, cell)
            yield from (_parts(item) for item in _NEXT_ITEM.split(cell))


def _parts(written: str) -> dict[str, str]:
    """`name:Lamp|quantity:2` by its names."""
    pairs = (part.partition(":") for part in _NEXT_PART.split(written.strip()))
    return {name.strip(): value.replace("\\|", "|").strip() for name, _, value in pairs}


def _line(head: Line, item: Mapping[str, str | None], number: int) -> Row:
    return {
        "order_id": head["order_id"],
        "line_id": first(item.get("id")) or str(number),
        "customer_id": _customer(head),
        "ordered_at": _at(head),
        "product_id": first(item.get("sku"), item.get("product_id")),
        "product": item.get("name"),
        "quantity": item.get("quantity"),
        "amount": item.get("total"),
        "currency": head["order_currency"],
    }


def _returned(head: Line, refund: Mapping[str, str | None], number: int) -> Row:
    code, total = (head["order_currency"] or "").upper(), amount(head, "order_total")
    with exactly():
        share = min(abs(amount(refund, "amount")) / total, Decimal(1)) if total > 0 else Decimal(1)
        goods = rounded(_goods(head) * share, exponent(code) if is_currency(code) else 2)
    return {
        "return_id": f"{head['order_id']}-refunded-{number}",
        "order_id": head["order_id"],
        "customer_id": _customer(head),
        "ordered_at": _at(head),
        "returned_at": refund.get("date") or _at(head),
        "amount": goods,
        "currency": head["order_currency"],
        "reason": refund.get("reason"),
    }
