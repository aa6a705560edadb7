"""Exports of many styles, a few rows each: what is decided where it matters."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.sources.guessing import Proposal, commented, propose

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")


def proposed(folder: Path, text: str, organisation: Organisation = BERLIN, name: str = "export.csv") -> Proposal:
    (folder / name).write_text(text, encoding="utf-8")
    return propose(folder / name, organisation)


def table(proposal: Proposal, fact: str) -> dict[str, Any]:
    assert proposal.mapping is not None, commented(proposal, Language("en"))
    return proposal.mapping.table()[fact]


def rows(heading: str, *lines: str) -> str:
    return "\n".join((heading, *lines)) + "\n"


SHOPIFY = rows(
    "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Billing Country,Cancelled at,Refunded Amount",
    "#1001,a@x.de,paid,EUR,20.00,4.90,4.73,29.63,2024-01-05 10:00:00 +0100,1,Mug,10.00,DE,,0.00",
    "#1001,a@x.de,,,,,,,2024-01-05 10:00:00 +0100,1,Tee,10.00,,,",
    "#1002,b@x.de,refunded,EUR,30.00,0.00,5.70,35.70,2024-01-06 10:00:00 +0100,3,Mug,10.00,AT,,30.00",
    "#1003,a@x.de,paid,EUR,10.00,4.90,2.83,17.73,2024-01-07 10:00:00 +0100,1,Mug,10.00,DE,2024-01-08,0.00",
)


def test_what_stands_in_the_first_row_of_an_order_only(tmp_path: Path) -> None:
    found = proposed(tmp_path, SHOPIFY)
    orders = table(found, "orders")
    assert (orders["each"], orders["order_id"], orders["customer_id"]) == ("Name", "Name", "Email")
    assert orders["amount"] == "Subtotal"  # Subtotal + Shipping + Taxes = Total
    assert table(found, "order_lines")["currency"] == {"column": "Currency", "default": "EUR"}
    returns = table(found, "returns")
    assert returns["where"] == [{"column": "Refunded Amount", "above": 0}]
    assert {"column": "Billing Country", "empty": True, "not": True} in table(found, "customers")["where"]


@pytest.mark.parametrize(
    ("heading", "line", "amount"),
    [
        # goods 100, discount 10, shipping 5, tax 19 of 100 apart
        (
            "Subtotal,Discount,Shipping,Tax,Total",
            "100.00,10.00,5.00,19.00,114.00",
            {"column": "Subtotal", "less": "Discount"},
        ),
        (
            "Subtotal,Discount,Shipping,Tax,Total",
            "100.00,-10.00,5.00,19.00,114.00",
            {"column": "Subtotal", "plus": "Discount"},
        ),
        ("Subtotal,Discount,Shipping,Tax,Total", "90.00,10.00,5.00,19.00,114.00", "Subtotal"),
        # the tax is in the goods
        ("Subtotal,Discount,Shipping,Tax,Total", "90.00,10.00,5.00,14.37,95.00", {"column": "Subtotal", "less": "Tax"}),
        ("Shipping,Tax,Total", "5.00,19.00,124.00", {"column": "Total", "less": ["Shipping", "Tax"]}),
        ("Total", "124.00", "Total"),
    ],
)
def test_the_goods_are_found_by_what_adds_up(tmp_path: Path, heading: str, line: str, amount: Any) -> None:
    lines = (f"{n},k{n % 3},2024-01-{n:02d},{line}" for n in range(10, 20))
    found = proposed(tmp_path, rows(f"Order ID,Customer ID,Order date,{heading}", *lines))
    assert table(found, "orders")["amount"] == amount


def test_a_price_of_all_pieces_together(tmp_path: Path) -> None:
    heading = "amazon-order-id\tpurchase-date\tsku\tquantity\titem-price\torder-status"
    lines = [f"o{n}\t2024-01-05T10:00:00+00:00\tA\t{n % 3 + 1}\t{(n % 3 + 1) * 4.5:.2f}\tShipped" for n in range(12)]
    lines += ["o5\t2024-01-05T10:00:00+00:00\tA\t1\t4.50\tShipped", "o99\t2024-01-05T10:00:00+00:00\tA\t0\t\tCancelled"]
    orders = table(proposed(tmp_path, rows(heading, *lines), name="orders.txt"), "orders")
    assert orders["amount"] == {"column": "item-price", "default": "0", "take": "sum"}
    assert orders["cancelled_at"]["where"] == [{"column": "order-status", "is": "Cancelled"}]


def test_day_and_time_in_two_columns(tmp_path: Path) -> None:
    lines = (f"{n};13.01.2024;1{n % 10}:30;k1;1.0{n % 10}0,50" for n in range(9))
    orders = table(proposed(tmp_path, rows("Auftrags-Nr.;Datum;Zeit;Kunde;Betrag", *lines)), "orders")
    assert orders["ordered_at"] == {"columns": ["Datum", "Zeit"], "join": " ", "dates": "%d.%m.%Y %H:%M"}


def test_orders_without_a_number(tmp_path: Path) -> None:
    lines = (f"{n % 4:05d}\t2024010{n % 9 + 1}\t{n}.50" for n in range(20))
    orders = table(proposed(tmp_path, rows("customer\tdate\tdollars", *lines), name="buys.tsv"), "orders")
    assert orders["order_id"] == {"columns": ["customer", "date"], "row": ["customer", "date"]}


@pytest.mark.parametrize(
    ("days", "zone", "dates", "doubtful"),
    [
        (("05/01/2024", "13/01/2024", "02/02/2024"), "America/New_York", "%d/%m/%Y", False),
        (("01/05/2024", "01/25/2024", "02/02/2024"), "Europe/Berlin", "%m/%d/%Y", False),
        (("01/05/2024", "01/06/2024", "02/01/2024", "03/03/2024"), "Europe/Berlin", "%m/%d/%Y", False),
        (("05/05/2024", "06/06/2024"), "Europe/Berlin", "%d/%m/%Y", True),
        (("05/05/2024", "06/06/2024"), "America/New_York", "%m/%d/%Y", True),
    ],
)
def test_whether_the_day_comes_first(tmp_path: Path, days: Any, zone: str, dates: str, doubtful: bool) -> None:
    text = rows("Order ID,Order date,Total", *(f"{n},{day},{n}.50" for n, day in enumerate(days)))
    found = proposed(tmp_path, text, Organisation(zone=zone))
    assert found.writing.dates == (dates,)
    assert found.reasons["dates"].doubtful == doubtful


def test_rows_below_zero_without_cancelled_invoices(tmp_path: Path) -> None:
    lines = [f"{n // 2},2024-01-0{n // 4 + 1},k{n // 2 % 3},P{n},{n % 3 + 1},2.50" for n in range(20)]
    lines += ["3,2024-01-09,k0,P6,-1,2.50", "4,2024-01-09,k1,P8,-2,2.50"]
    found = proposed(tmp_path, rows("Order ID,Order date,Customer ID,SKU,Quantity,Unit price", *lines))
    assert table(found, "orders")["where"] == [{"column": "Quantity", "below": 0, "not": True}]
    returns = table(found, "returns")
    assert returns["where"] == [{"column": "Quantity", "below": 0}]
    assert returns["order_id"] == "Order ID"
    assert returns["amount"] == {"product": ["Quantity", "Unit price"], "negate": True}


def test_answers_to_a_survey(tmp_path: Path) -> None:
    lines = (f"r{n},01/{n + 10}/2024 02:30 PM,{n},meh,c{n % 3}" for n in range(11))
    heading = "Response ID,Submitted At,How likely are you to recommend us? (NPS),Why?,customer_id"
    answers = table(proposed(tmp_path, rows(heading, *lines)), "responses")
    assert answers["kind"] == {"constant": "nps"}
    assert (answers["scale_min"], answers["scale_max"]) == ({"constant": "0"}, {"constant": "10"})
    assert answers["comment"] == "Why?"
    assert answers["asked_at"] == answers["answered_at"] == "Submitted At"


def test_subscriptions_and_tickets_and_contacts(tmp_path: Path) -> None:
    lines = (f"sub{n},cus{n},basic,9.00,{'canceled' if n % 3 else 'active'},2024-01-05,2024-02-05" for n in range(9))
    heading = "id,Customer ID,Plan,Amount,Status,Start (UTC),Ended At (UTC)"
    found = table(proposed(tmp_path, rows(heading, *lines)), "subscriptions")
    assert found["status"] == {"column": "Status", "words": {"canceled": "active"}}
    lines = (f"{n},Where is it,a{n}@x.de,2024-01-05T10:00:00Z,2024-01-06T10:00:00Z" for n in range(9))
    found = table(proposed(tmp_path, rows("Ticket ID,Subject,Requester email,Created at,Solved at", *lines)), "tickets")
    assert (found["opened_at"], found["resolved_at"], found["topic"]) == ("Created at", "Solved at", "Subject")
    lines = (f"a{n}@x.de;Anna;Müller;DE;{n + 10}.01.2024" for n in range(9))
    found = table(proposed(tmp_path, rows("E-Mail;Vorname;Nachname;Land;Angemeldet am", *lines)), "customers")
    assert found["name"] == {"columns": ["Vorname", "Nachname"], "join": " "}
    assert found["valid_from"] == "Angemeldet am"


@pytest.mark.parametrize(
    "heading",
    ["Kundenname", "Kunden-Name", "Name des Kunden", "Kunde (Name)", "Käufername", "customer name", "Full Name"],
)
def test_a_customers_name_is_one_whatever_it_looks_like(tmp_path: Path, heading: str) -> None:
    """Names of one word, of firms, in small letters, with a number; a product and a city are none."""
    names = ("Berg", "Müller GmbH", "anna", "Studio 54", "Dr. Ben Krüger")
    people = rows(
        f"Kd-Nr;{heading};E-Mail;Ort;Anlagedatum",
        *(f"K{place};{name};k{place}@x.de;Wien;{place + 13}.02.2024" for place, name in enumerate(names)),
    )
    listed = table(proposed(tmp_path, people), "customers")
    assert (listed["customer_id"], listed["name"], listed["city"]) == ("Kd-Nr", heading, "Ort")
    bought = rows(
        f"Auftragsnummer;Auftragsdatum;Kundennummer;{heading};Artikelname;Auftragswert",
        *(f"A{place};{place + 13}.02.2024;K{place % 4};{names[place % 4]};Tee;9,{place}0" for place in range(8)),
    )
    orders = proposed(tmp_path, bought, name="bought.csv")
    assert table(orders, "orders")["customer_id"] == "Kundennummer"
    assert table(orders, "customers")["name"] == heading


def test_the_address_of_a_bill_says_who_bought(tmp_path: Path) -> None:
    """As Billbee and others write it: first and last name in two columns, and where the bill goes."""
    text = rows(
        "Bestellnummer;Bestelldatum;Kdnr;Rechnungsadresse Vorname;Rechnungsadresse Nachname;Rechnungsadresse Ort;"
        "Rechnungsadresse Land;Tel.;Gesamtbetrag",
        *(f"B{n};{n + 13}.02.2024;K{n % 3};Anna;Berg{n % 3};Wien;AT;+43 1 {n % 3};9,{n}0" for n in range(9)),
    )
    told = table(proposed(tmp_path, text), "customers")
    assert told["name"] == {"columns": ["Rechnungsadresse Vorname", "Rechnungsadresse Nachname"], "join": " "}
    assert (told["city"], told["country"], told["phone"]) == ("Rechnungsadresse Ort", "Rechnungsadresse Land", "Tel.")


def test_events_one_a_line(tmp_path: Path) -> None:
    line = (
        '{{"event": "{0}", "timestamp": "2024-01-05T10:00:0{1}Z", "anonymous_id": "a{1}", "url": "https://x.de/{1}"}}'
    )
    text = "\n".join(line.format("page_view" if n % 2 else "purchase", n) for n in range(9))
    found = table(proposed(tmp_path, text + "\n", name="events.ndjson"), "events")
    condition = {"column": "event", "is": "page_view"}
    assert found["kind"] == {"constant": "page", "where": [condition], "default": "track"}
    # no column numbers them, so what happened to whom and when does, which is the same in any file
    assert found["event_id"]["columns"] == ["anonymous_id", "timestamp", "event"]


def test_signs_and_words_for_nothing(tmp_path: Path) -> None:
    lines = (f"{n},{'NULL' if n % 4 else 'k1'},2024-01-05,£{n}.50" for n in range(9))
    found = proposed(tmp_path, rows("Order ID,Customer ID,Order date,Total", *lines))
    assert found.writing.currency == "GBP"
    assert table(found, "orders")["customer_id"] == {"column": "Customer ID", "words": {"NULL": ""}}


def test_ten_thousand_columns(tmp_path: Path) -> None:
    names = ",".join(f"column {n}" for n in range(9_990))
    lines = (f"{'1,' * 9_990}o{n},2024-01-05,3.50,c{n % 9}" for n in range(60))
    found = proposed(tmp_path, rows(f"{names},Order ID,Date,Amount,Customer ID", *lines))
    assert table(found, "orders")["order_id"] == "Order ID"
    assert len(commented(found, Language("de")).splitlines()) < 40


@pytest.mark.parametrize("name", ["amount_cents", "Betrag in Cent", "totalPence", "amount_minor"])
def test_amounts_whose_name_says_cents(tmp_path: Path, name: str) -> None:
    found = proposed(
        tmp_path, rows(f"id,day,client,{name}", *(f"{n},2024-01-{n:02d},k{n % 3},19{n}" for n in range(10, 20)))
    )
    orders = table(found, "orders")
    assert orders["amount_minor"] == name
    assert "amount" not in orders
    assert '# currency = "EUR"' in commented(found, Language("en"))
    fractions = rows(f"id,day,client,{name}", *(f"{n},2024-01-{n:02d},k{n % 3},1.9{n % 10}" for n in range(10, 20)))
    assert table(proposed(tmp_path, fractions), "orders")["amount"] == name


def test_an_order_that_stands_there_twice_has_its_amount_once(tmp_path: Path) -> None:
    lines = [f"B{n};{n}.12.2024;k{n % 3};{amount};EUR" for n, amount in enumerate(("1.005,50", "-2,00", "7,50"), 10)]
    found = proposed(tmp_path, rows("Bestellnr;Datum;Kundennr;Betrag;Währung", *lines, *lines[:2]))
    orders = table(found, "orders")
    assert (orders["each"], orders["amount"]) == ("Bestellnr", "Betrag")
    assert table(found, "returns")["amount"] == {"column": "Betrag", "negate": True}
    told = [reason.words(Language("de")) for reason in (*found.about, found.reasons["currency"])]
    assert told[1:] == [
        "2 Zeilen gleichen einer anderen in jeder Zelle; sie zählen einmal",
        "jede Zeile sagt es: Währung",
    ]


def test_an_order_of_nothing_is_no_row_below_zero(tmp_path: Path) -> None:
    lines = [f"{n},2024-01-{n:02d},k{n % 3},{amount}" for n, amount in enumerate(("5.00", "0.00", "-2.00", "7.50"), 10)]
    found = proposed(tmp_path, rows("Order ID,Order date,Customer ID,Amount", *lines))
    assert table(found, "orders")["where"] == [{"column": "Amount", "below": 0, "not": True}]


@pytest.mark.parametrize("sign", ["\n", "\x1b", "\x7f", "\x9b", "\u2028", "\u202e"])
def test_a_name_can_neither_end_a_comment_nor_steer_a_terminal(tmp_path: Path, sign: str) -> None:
    name = f"Betrag EUR{sign}[organisation]"
    text = rows(
        f'Bestellnr,Datum,Kundennr,"{name}","un{sign}used = 1"',
        *(f"{n},2024-01-{n:02d},k,1.5{n},x" for n in range(10, 20)),
    )
    found = proposed(tmp_path, text)
    written = commented(found, Language("de"))
    assert tomllib.loads(written) == {"mapping": {"export": found.mapping.table() if found.mapping else {}}}
    assert sign == "\n" or sign not in written


def test_every_line_that_is_missing_is_worth_a_look(tmp_path: Path) -> None:
    found = proposed(
        tmp_path, rows("event_id,event_name,user_id,stand", *(f"e{n},page_view,u{n % 3},x" for n in range(9)))
    )
    assert commented(found, Language("en")).splitlines()[-1].startswith('# happened_at = "..."')
    assert found.doubts == sum("# ?" in line for line in commented(found, Language("en")).splitlines()[1:])
