"""The download of WooCommerce's own report of orders (Analytics, Orders): an order or a refund on each line.

- **Amounts.** `Net Sales` is what was paid for goods, after discounts, without tax and shipping: less than nothing for
  a refund, which bears the number of its order and the time at which it was made.
- **Customers** have no number and no address in it, only a name. It is all there is to know them by.
- **Items** have no prices in it, so there are no order lines.
- **Times** are the shop's own; the currency is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from stamm.sources.exports import Known, Rows, Table
from stamm.sources.exports.tables import Line
from stamm.sources.exports.values import amount
from stamm.sources.woocommerce.messages import GONE, WAITING


class WooCommerceAnalyticsOrders(Table):
    """The download of WooCommerce's report of orders."""

    en = "WooCommerce, report of orders"
    de = "WooCommerce, Bericht der Bestellungen"
    sentence_de = "Der Download des Berichts „Bestellungen“ von WooCommerce."
    key = "woocommerce_analytics_orders"
    cited = "https://woocommerce.com/document/woocommerce-analytics/orders-report/"
    makes = ("orders", "returns")
    covered_by: ClassVar[Mapping[str, str]] = {"returns": "orders"}
    marks = frozenset({"Date", "Order #", "Status", "Customer", "Product(s)", "Items sold"})
    columns = frozenset({"Net Sales", "Net sales", "N. Revenue"})
    called: ClassVar[Mapping[str, str]] = {
        "order_id": "Order #", "customer_id": "Customer", "ordered_at": "Date", "returned_at": "Date",
        "amount_minor": "Net Sales",
    }  # fmt: skip
    remarks_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "orders": ("customers stand in it by their name alone: whoever has the same name counts as one customer",)
    }

    def orders(self, line: Known[list[Line]]) -> Rows:
        """One order."""
        row = line.content[0]
        if _status(row) in WAITING or _is_refund(row):
            yield None
            return
        yield {
            "order_id": row["Order #"],
            "customer_id": _customer(row),
            "ordered_at": row["Date"],
            "amount": _net(row),
            "cancelled_at": row["Date"] if _status(row) in GONE else None,
        }

    def returns(self, line: Known[list[Line]]) -> Rows:
        """One refund."""
        row = line.content[0]
        if not _is_refund(row) or not _net(row):
            yield None
            return
        yield {
            "return_id": f"{row['Order #']}-{row['Date']}",
            "order_id": row["Order #"],
            "customer_id": _customer(row),
            "returned_at": row["Date"],
            "amount": -_net(row),
        }


def _status(row: Line) -> str:
    return (row["Status"] or "").lower().removeprefix("wc-")


def _customer(row: Line) -> str | None:
    return row["Customer"].lower() if row["Customer"] else None


def _net(row: Line) -> Decimal:
    """What it brought, by the name that the report gave it then."""
    name = next((one for one in ("Net Sales", "Net sales", "N. Revenue") if row[one]), "Net Sales")
    return amount(row, name)


def _is_refund(row: Line) -> bool:
    """Whether something was paid back; where that was nothing but shipping, nothing of the goods is in it."""
    net = _net(row)
    return net < 0 or (not net and amount(row, "Items sold") <= 0)
