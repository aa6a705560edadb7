"""Customers."""

from __future__ import annotations

from stamm.facts.columns import day, dimension, json, moment, text
from stamm.facts.kind import Imported


class Customers(Imported):
    """Who the customers are; a changed attribute starts a new row."""

    de = "Kunden"
    sentence_de = "Wer die Kunden sind; ein geändertes Merkmal beginnt eine neue Zeile."
    key_columns = ("customer_id", "valid_from")
    clock = "valid_from"
    clocks = ("valid_from",)

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
