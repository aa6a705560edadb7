"""The download of WooCommerce's own report of customers: who they are now, and since when they have an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from stamm.sources.exports import Known, Rows, Table
from stamm.sources.exports.tables import Line
from stamm.sources.exports.values import customer_of

#: from when on things hold of which nobody says since when
ALWAYS = "1970-01-01T00:00:00Z"


class WooCommerceAnalyticsCustomers(Table):
    """The download of WooCommerce's report of customers."""

    en = "WooCommerce, report of customers"
    de = "WooCommerce, Bericht der Kunden"
    sentence_de = "Der Download des Berichts „Kunden“ von WooCommerce."
    key = "woocommerce_analytics_customers"
    cited = "https://woocommerce.com/document/woocommerce-analytics/customers-report/"
    makes = ("customers",)
    marks = frozenset({"Name", "Username", "Last Active", "Email", "Orders", "Total Spend", "AOV"})
    columns = frozenset({"Country / Region", "Country", "City", "Billing Phone"})
    called: ClassVar[Mapping[str, str]] = {"customer_id": "Email"}
    remarks_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "customers": ("the export does not say since when somebody lives where they do: it holds for all time",)
    }

    def customers(self, line: Known[list[Line]]) -> Rows:
        """One customer; a guest without an address cannot be told from others."""
        row = line.content[0]
        customer = customer_of(row["Email"], row["Billing Phone"], row["Username"])
        if customer is None:
            yield None
            return
        yield {
            "customer_id": customer,
            "valid_from": ALWAYS,
            "email": row["Email"],
            "phone": row["Billing Phone"],
            "name": row["Name"],
            "city": row["City"],
            "country": row["Country / Region"] or row["Country"],
        }
