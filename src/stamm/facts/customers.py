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

    customer_id = text("the customer's number", required=True, personal=True)
    valid_from = moment("from when the attributes hold", required=True)
    first_seen_at = moment("when the customer was first seen")
    email = text("e-mail address", personal=True)
    phone = text("telephone number", personal=True)
    name = text("name", personal=True)
    language = dimension("language, such as de", personal=False)
    country = dimension("country, ISO 3166 code", personal=False)
    city = dimension("city", personal=True)
    time_zone = text("IANA time zone", personal=False)
    birthday_on = day("birthday", personal=True)
    acquired_through = dimension("how the customer was first won", personal=False)
    company = dimension("company", personal=True)
    persona = dimension("the kind of customer", personal=False)
    traits = json("further attributes", personal=True)

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
