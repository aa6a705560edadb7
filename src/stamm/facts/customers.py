"""Customers."""

from __future__ import annotations

from stamm.facts.columns import day, dimension, json, moment, text
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows


class Customers(Imported):
    """Who the customers are; a changed attribute starts a new row."""

    de = "Kunden"
    sentence_de = "Wer die Kunden sind; ein geändertes Merkmal beginnt eine neue Zeile."
    key_columns = ("customer_id", "valid_from")
    clock = "valid_from"
    clocks = ("valid_from",)
    planned = True

    customer_id = text("the customer's number", required=True)
    valid_from = moment("from when the attributes hold", required=True)
    first_seen_at = moment("when the customer was first seen")
    email = text("e-mail address")
    phone = text("telephone number")
    name = text("name")
    language = dimension("language, such as de")
    country = dimension("country, ISO 3166 code")
    city = dimension("city")
    time_zone = text("IANA time zone")
    birthday_on = day("birthday")
    acquired_through = dimension("how the customer was first won")
    company = dimension("company")
    persona = dimension("the kind of customer")
    traits = json("further attributes")

    # a row is what was known from a moment on: anna's change makes two of one customer
    examples = (
        VerbExample(
            facts={
                "customers": rows("""
                    customer_id  valid_from  country
                    anna         2024-02-01  DE
                    anna         2024-02-20  AT
                    ben          2024-02-29  DE
                    cleo         2024-03-01  DE
                """),
            },
            window="2024-02",
            gives={"count": 3, "customers": 2},
        ),
    )
