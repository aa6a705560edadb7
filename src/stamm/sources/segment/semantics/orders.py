"""Orders: placed, changed, cancelled, paid back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from stamm.lang.example import rows
from stamm.sources.segment.message import Message
from stamm.sources.segment.problem import Problem
from stamm.sources.segment.semantic import Row, Semantic, Told
from stamm.sources.segment.values import Object, minor, money, number, text

_SPEC = "https://segment.com/docs/connections/spec/ecommerce/v2/"
_AMOUNT = "`subtotal`, else `total` - `tax` - `shipping`, else `revenue`, else the products - `discount`"
_ORDER = {
    "orders.order_id": "`order_id`",
    "orders.customer_id": "`userId`, else whose the device was",
    "orders.anonymous_id": "`anonymousId`",
    "orders.amount_minor": _AMOUNT,
    "orders.discount_minor": "`discount`",
    "orders.tax_minor": "`tax`",
    "orders.shipping_minor": "`shipping`",
    "orders.currency": "`currency`, else the organisation's",
    "orders.channel": "`affiliation`",
    "orders.campaign": "`coupon`, else `context.campaign.name`",
}
_LINES = {
    "order_lines.line_id": "`line_id`, `product_id` or `sku`; the position where that comes twice",
    "order_lines.product_id": "`product_id`, else `sku`",
    "order_lines.product": "`name`",
    "order_lines.category": "`category`",
    "order_lines.quantity": "`quantity`, else 1",
    "order_lines.amount_minor": "`price` times `quantity`",
}
#: a change comes after what was said in the same moment
_AFTER = timedelta(microseconds=1)
_PUBLISHED: dict[str, Any] = {
    "order_id": "o1",
    "total": 27.5,
    "subtotal": 22.5,
    "revenue": 25,
    "shipping": 3,
    "tax": 2,
    "discount": 2.5,
    "coupon": "hasbros",
    "currency": "USD",
    "products": [
        {"product_id": "p1", "sku": "45790-32", "name": "Monopoly", "price": 19, "quantity": 1, "category": "Games"},
        {"product_id": "p2", "sku": "46493-32", "name": "Uno", "price": 3, "quantity": 2, "category": "Games"},
    ],
}


class OrderCompleted(Semantic):
    """A customer has ordered: an order, and a line for each product."""

    de = "Bestellung abgeschlossen"
    sentence_de = "Ein Kunde hat bestellt: eine Bestellung und eine Zeile je Artikel."
    names = ("Order Completed", "Completed Order")
    spec = _SPEC + "#order-completed"
    fills: ClassVar[Mapping[str, str]] = {
        **_ORDER,
        "orders.ordered_at": "the moment of the event",
        **_LINES,
        "order_lines.ordered_at": "the moment of the event",
    }

    # as published; a cent lost by adding in binary; yen, which have no smaller unit; no amount but the products
    examples = (
        Told(
            _PUBLISHED,
            {
                "orders": rows("""
                    order_id  customer_id  amount_minor  discount_minor  tax_minor  shipping_minor  currency  campaign
                    o1        anna         2250          250             200        300             USD       hasbros
                """),
                "order_lines": rows("""
                    order_id  line_id  customer_id  product_id  product   category  quantity  amount_minor
                    o1        p1       anna         p1          Monopoly  Games     1         1900
                    o1        p2       anna         p2          Uno       Games     2         600
                """),
            },
        ),
        Told(
            {"order_id": 17, "total": 27.499999999999996, "tax": "2.00", "currency": "eur"},
            {
                "orders": rows("""
                    order_id  amount_minor  tax_minor  currency
                    17        2550          200        EUR
                """)
            },
        ),
        Told(
            {"order_id": "o3", "revenue": 1200, "currency": "JPY"},
            {
                "orders": rows("""
                    order_id  amount_minor  currency
                    o3        1200          JPY
                """)
            },
        ),
        Told(
            {
                "order_id": "o4",
                "discount": 1,
                "products": [{"sku": "tea", "price": 4.99, "quantity": 2}, {"sku": "tea", "price": 0}],
            },
            {
                "orders": rows("""
                    order_id  amount_minor  currency
                    o4        898           EUR
                """),
                "order_lines": rows("""
                    line_id  product_id  quantity  amount_minor
                    1        tea         2         998
                    2        tea         1         0
                """),
            },
        ),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        order_id, currency = said.needed("order_id"), said.currency
        lines = _lines(said.properties, currency)
        amount = _amount(said, currency, lines)
        if amount is None:
            raise Problem("missing", "subtotal")
        at = said.happened_at
        yield Row("orders", {**_order(said, order_id, currency, amount), "ordered_at": at}, at)
        for line in lines:
            yield Row("order_lines", {"order_id": order_id, **said.who, "ordered_at": at, **line}, at)


class OrderUpdated(Semantic):
    """An order has changed: what is said of it replaces what was said before, a list of products all of its lines."""

    de = "Bestellung geändert"
    sentence_de = (
        "Eine Bestellung hat sich geändert: Was gesagt wird, ersetzt das bisher Gesagte, eine Liste von Artikeln alle "
        "ihre Zeilen."
    )
    names = ("Order Updated", "Updated Order")
    spec = _SPEC + "#order-updated"
    fills: ClassVar[Mapping[str, str]] = {**_ORDER, **_LINES}

    # it says nothing about when the order was placed, and waits where the order is not known yet
    examples = (
        Told(
            {"order_id": "o1", "subtotal": "19.90", "currency": "USD"},
            {
                "orders": rows("""
                    order_id  customer_id  amount_minor  currency  ordered_at
                    o1        anna         1990          USD       -
                """)
            },
        ),
        Told(
            {"order_id": "o1", "products": [{"product_id": "p1", "price": 19, "quantity": 2}]},
            {
                "orders": rows("""
                    order_id  amount_minor
                    o1        3800
                """),
                "order_lines": rows("""
                    order_id  line_id  quantity  amount_minor
                    o1        p1       2         3800
                """),
            },
        ),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        order_id, currency = said.needed("order_id"), said.currency
        lines = _lines(said.properties, currency)
        amount = _amount(said, currency, lines)
        order = _order(said, order_id, currency, amount)
        if amount is None:
            del order["amount_minor"], order["currency"]
        at = said.happened_at + _AFTER
        yield Row("orders", {name: value for name, value in order.items() if value is not None}, at)
        for line in lines:
            yield Row("order_lines", {"order_id": order_id, **said.who, **line}, at)


class OrderCancelled(Semantic):
    """An order was cancelled: it counts for nothing."""

    de = "Bestellung storniert"
    sentence_de = "Eine Bestellung wurde storniert: Sie zählt nicht."
    names = ("Order Cancelled", "Order Canceled", "Cancelled Order")
    spec = _SPEC + "#order-cancelled"
    fills: ClassVar[Mapping[str, str]] = {
        "orders.order_id": "`order_id`",
        "orders.cancelled_at": "the moment of the event",
    }
    examples = (
        Told(
            {"order_id": "o1", "total": 30},
            {
                "orders": rows("""
                    order_id  cancelled_at
                    o1        2024-02-01T10:00
                """)
            },
        ),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        values = {"order_id": said.needed("order_id"), "cancelled_at": said.happened_at}
        yield Row("orders", values, said.happened_at)


class OrderRefunded(Semantic):
    """Money was paid back: a return for each product, or one for the whole where the products do not add up to it.

    Where nothing but the order is named, all of it was paid back.
    """

    de = "Bestellung erstattet"
    sentence_de = (
        "Geld wurde erstattet: eine Rücksendung je Artikel oder eine im Ganzen, wo die Artikel nicht die Summe ergeben."
    )
    names = ("Order Refunded", "Refunded Order")
    spec = _SPEC + "#order-refunded"
    fills: ClassVar[Mapping[str, str]] = {
        "returns.return_id": "`return_id` or `refund_id`, else the message; with the line",
        "returns.order_id": "`order_id`",
        "returns.line_id": "as in the order",
        "returns.customer_id": "`userId`",
        "returns.returned_at": "the moment of the event",
        "returns.quantity": "`quantity`, else 1",
        "returns.amount_minor": "`price` times `quantity`, else `total`, else what was paid for the order",
        "returns.currency": "`currency`, else the organisation's; with the order's amount the order's",
        "returns.reason": "`reason`",
    }

    # the products are what was paid back; then 30 where they make 25; then nothing but the sum; then nothing, and what
    # was paid for the order is looked up when the row is put into the lake
    examples = (
        Told(
            {**_PUBLISHED, "total": 25, "refund_id": "r1"},
            {
                "returns": rows("""
                    return_id  order_id  line_id  customer_id  returned_at       quantity  amount_minor  currency
                    r1/p1      o1        p1       anna         2024-02-01T10:00  1         1900          USD
                    r1/p2      o1        p2       anna         2024-02-01T10:00  2         600           USD
                """)
            },
        ),
        Told(
            {**_PUBLISHED, "total": 30, "refund_id": "r1"},
            {
                "returns": rows("""
                    return_id  order_id  line_id  quantity  amount_minor
                    r1         o1        -        3         3000
                """)
            },
        ),
        Told(
            {"order_id": "o1", "total": 5},
            {
                "returns": rows("""
                    return_id  order_id  quantity  amount_minor  currency
                    web/m1     o1        -         500           EUR
                """)
            },
        ),
        Told(
            {"order_id": "o1"},
            {
                "returns": rows("""
                    return_id  order_id  customer_id  returned_at       amount_minor
                    web/m1     o1        anna         2024-02-01T10:00  -
                """)
            },
        ),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        currency, lines = said.currency, _lines(said.properties, said.currency)
        total = money(said.properties, "total", currency)
        amounts = [line["amount_minor"] for line in lines]
        priced = bool(amounts) and None not in amounts
        if total is None and not priced and lines:
            raise Problem("missing", "total")
        return_id = said.text("return_id", "refund_id") or said.own_id
        back = {
            "order_id": said.needed("order_id"),
            **said.who,
            "returned_at": said.happened_at,
            "reason": said.text("reason"),
        }
        if total is None and not lines:
            yield Row("returns", {"return_id": return_id, **back})
            return
        back["currency"] = currency
        if priced and total in (None, sum(amounts)):
            for line in lines:
                own = {name: line[name] for name in ("line_id", "quantity", "amount_minor")}
                yield Row("returns", {"return_id": f"{return_id}/{line['line_id']}", **back, **own})
        else:
            pieces = sum(line["quantity"] for line in lines) if lines else None
            whole = {"line_id": None, "quantity": pieces, "amount_minor": total}
            yield Row("returns", {"return_id": return_id, **back, **whole})


def _order(said: Message, order_id: str, currency: str, amount: int | None) -> dict[str, Any]:
    """The columns of an order that both its beginning and its changes carry."""
    return {
        "order_id": order_id,
        **said.who,
        "anonymous_id": said.anonymous,
        "amount_minor": amount,
        "discount_minor": money(said.properties, "discount", currency),
        "tax_minor": money(said.properties, "tax", currency),
        "shipping_minor": money(said.properties, "shipping", currency),
        "currency": currency,
        "channel": said.text("affiliation"),
        "campaign": said.text("coupon") or said.campaign,
    }


def _amount(said: Message, currency: str, lines: list[dict[str, Any]]) -> int | None:
    """What was paid for goods, after discounts, without tax and shipping; None where nothing tells it."""
    properties = said.properties
    found = money(properties, "subtotal", currency)
    if found is not None:
        return found
    total = number(properties, "total")
    if total is not None:
        beside = (number(properties, name) or Decimal() for name in ("tax", "shipping"))
        return minor(total - sum(beside), currency, "total")
    found = money(properties, "revenue", currency)
    if found is not None:
        return found
    amounts = [line["amount_minor"] for line in lines]
    if not amounts or None in amounts:
        return None
    left: int = sum(amounts) - (money(properties, "discount", currency) or 0)
    if left < 0:
        raise Problem("negative", "products")
    return left


def _lines(properties: Object, currency: str) -> list[dict[str, Any]]:
    """The products as lines; each has an id of its own."""
    products = properties.get("products")
    if not isinstance(products, list):
        return []
    if not all(isinstance(product, dict) for product in products):
        raise Problem("no_object", "products")
    names = [text(product, "line_id", "product_id", "sku") for product in products]
    alone = None not in names and len(set(names)) == len(names)
    return [
        _line(product, name if alone and name else str(place), currency)
        for place, (product, name) in enumerate(zip(products, names, strict=True), start=1)
    ]


def _line(product: Object, line_id: str, currency: str) -> dict[str, Any]:
    price, pieces = number(product, "price"), number(product, "quantity")
    pieces = Decimal(1) if pieces is None else pieces
    if pieces < 0:
        raise Problem("negative", "quantity")
    return {
        "line_id": line_id,
        "product_id": text(product, "product_id", "sku"),
        "product": text(product, "name"),
        "category": text(product, "category"),
        "quantity": float(pieces),
        "amount_minor": None if price is None else minor(price * pieces, currency, "price"),
        "currency": currency,
    }
