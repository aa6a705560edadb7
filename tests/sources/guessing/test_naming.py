"""Names of columns mean the same however they are written, in English and German."""

from __future__ import annotations

import pytest

from stamm.sources.guessing.naming import AMONG, EXACT, NEARLY, means, named, taken_apart, vocabulary


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Kunden-Nr.", ("customer", "id")),
        ("KundenID", ("customer", "id")),
        ("customer_no", ("customer", "id")),
        ("Kundennummer", ("customer", "id")),
        ("InvoiceDate", ("invoice", "date")),
        ("Rechnungsdatum", ("invoice", "date")),
        ("Order #", ("order", "id")),
        ("Währung", ("waehrung",)),
        ("Summe inkl. MwSt", ("summe", "gross")),
        ("USt", ("ust",)),
        ("  ", ()),
    ],
)
def test_a_name_is_taken_apart(name: str, words: tuple[str, ...]) -> None:
    assert taken_apart(name) == words


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Invoice", "order"),
        ("InvoiceNo", "order"),
        ("Bestellnummer", "order"),
        ("Rechnungsnr.", "order"),
        ("order-id", "order"),
        ("Customer ID", "customer"),
        ("customer_unique_id", "customer"),
        ("Kundennr.", "customer"),
        ("InvoiceDate", "ordered_at"),
        ("order_purchase_timestamp", "ordered_at"),
        ("Kaufdatum", "ordered_at"),
        ("Datum", "date"),
        ("created_at", "created_at"),
        ("Betrag", "amount"),
        ("Summe", "total"),
        ("Einzelpreis", "unit_price"),
        ("UnitPrice", "unit_price"),
        ("Menge", "quantity"),
        ("Lineitem quantity", "quantity"),
        ("StockCode", "product_id"),
        ("Artikel", "product"),
        ("freight_value", "shipping"),
        ("review_score", "score"),
        ("Country", "country"),
        # of customers, as Shopware, WooCommerce, Shopify, JTL and bookkeepers write it
        ("billing_firstname", "first_name"),
        ("Billing address: Last name", "last_name"),
        ("Default Address City", "city"),
        ("Default Address Country Code", "country"),
        ("Kdnr", "customer"),
        ("Debitorenkonto", "customer"),
        ("Debitorenname", "name"),
        ("Name1", "name"),
        ("Nachname, Vorname", "name"),
        ("geb. am", "birthday"),
        ("Handy", "phone"),
        ("Belegfeld 1", "order"),
    ],
)
def test_names_usual_in_exports_are_known(name: str, role: str) -> None:
    assert named(name)[role] == EXACT


def test_a_name_may_stand_among_other_words_and_may_be_misspelled() -> None:
    assert named("Einzelpreis der Ware")["unit_price"] == AMONG
    assert named("total order amount paid in shop")["total"] >= 1
    assert named("Kundenummmer")["customer"] == NEARLY
    assert "customer" not in named("Kurs")


@pytest.mark.parametrize(
    "name", ["order_estimated_delivery_date", "shipping_limit_date", "Tax rate", "MwSt-Satz", "Rabatt %"]
)
def test_some_words_turn_a_name_into_something_else(name: str) -> None:
    assert named(name) == {}


def test_cells_mean_something_as_a_whole_or_among_others() -> None:
    assert means("cancelled", " Storniert ")
    assert not means("cancelled", "nicht storniert")
    assert means("shipping", "DOTCOM POSTAGE", among=True)
    assert not means("shipping", "DOTCOM POSTAGE")
    assert not means("shipping", "POSTAGES", among=True)


def test_every_role_has_names_and_shapes_that_exist() -> None:
    shapes = {"key", "code", "word", "text", "person", "number", "score", "moment", "clock", "email", "url", "currency"}
    for role, about in vocabulary().roles.items():
        assert about.called, role
        assert set(about.shapes) <= shapes, role
