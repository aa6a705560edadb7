"""Shopify's export of customers: who they are now. It does not say since when, so that holds for all time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from stamm.sources.exports import Known, Rows, Table
from stamm.sources.exports.tables import Line
from stamm.sources.exports.values import customer_of, joined

#: from when on things hold of which nobody says since when
ALWAYS = "1970-01-01T00:00:00Z"


class ShopifyCustomers(Table):
    """Shopify's CSV export of customers."""

    en = "Shopify, customers"
    de = "Shopify, Kunden"
    sentence_de = "Der CSV-Export der Kunden von Shopify."
    cited = "https://help.shopify.com/en/manual/customers/import-export-customers"
    makes = ("customers",)
    marks = frozenset({"First Name", "Last Name", "Email", "Total Spent", "Total Orders"})
    columns = frozenset({
        "Customer ID", "Phone", "Company", "City", "Country Code", "Default Address Company", "Default Address City",
        "Default Address Country Code", "Default Address Phone",
    })  # fmt: skip
    called: ClassVar[Mapping[str, str]] = {"customer_id": "Email"}
    remarks_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "customers": ("the export does not say since when somebody lives where they do: it holds for all time",)
    }

    def customers(self, customer: Known[list[Line]]) -> Rows:
        """One customer."""
        row = customer.content[0]
        yield {
            "customer_id": customer_of(
                row["Email"], row["Phone"] or row["Default Address Phone"], _bare(row["Customer ID"])
            ),
            "valid_from": ALWAYS,
            "email": row["Email"],
            "phone": row["Phone"] or row["Default Address Phone"],
            "name": joined(row["First Name"], row["Last Name"]),
            "city": row["Default Address City"] or row["City"],
            "country": row["Default Address Country Code"] or row["Country Code"],
            "company": row["Default Address Company"] or row["Company"],
        }


def _bare(number: str | None) -> str | None:
    """A number without the apostrophe by which the export keeps spreadsheets from rounding it."""
    return number.lstrip("'") if number else None
