"""Three exports in the formats in which shops and marketplaces publish theirs, made up row by row and always the same.

`german_shop`: an order a row; semicolons, Latin-1, decimal commas, German dates. `invoices`: the lines of invoices,
cancelled ones beginning with C (the columns of the UCI data set Online Retail II). `marketplace`: an item a row, and
reviews in a second file (the columns of Olist's data set). No row is anybody's: names, amounts and days are drawn.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl

Rows = list[list[str]]


# -- a German shop -------------------------------------------------------------------------------------------
_FIRST = ("Anna", "Bärbel", "Clemens", "Dörte", "Emil", "Frauke", "Günter", "Heike", "Ina", "Jürgen", "Käthe", "Lutz")
_LAST = ("Müller", "Schmidt", "Groß", "Weiß", "Schröder", "Köhler", "Böhm", "Lang", "Jäger", "Süß")
_PLACES = (("Köln", "DE"), ("Düsseldorf", "DE"), ("München", "DE"), ("Bonn", "DE"), ("Zürich", "CH"), ("Wien", "AT"))


def german_shop() -> tuple[list[str], Rows]:
    """Heading and rows: an order each, ascending by time; a few cancelled."""
    chance = random.Random(20240105)
    heading = ["Bestellnr.", "Bestelldatum", "Kundennr.", "Kunde", "Ort", "Land", "Zahlungsart", "Warenwert netto"]
    heading += ["Rabatt", "Versandkosten", "MwSt.", "Gesamtbetrag", "Status"]
    people = [
        (f"{10_000 + number}", f"{chance.choice(_FIRST)} {chance.choice(_LAST)}", *chance.choice(_PLACES))
        for number in range(60)
    ]
    rows: Rows = []
    at = datetime(2024, 1, 2, 8, 5, tzinfo=UTC)
    for number in range(400):
        at += timedelta(minutes=chance.randint(30, 2400))
        customer, name, place, land = people[min(int(chance.expovariate(0.06)), 59)]
        goods, shipping = chance.randint(990, 190_000), chance.choice((0, 490, 690))
        discount = goods // 10 if chance.random() < 0.1 else 0
        tax = (goods - discount + shipping) * 19 // 100
        status = chance.choices(("bezahlt", "versendet", "storniert", "offen"), (30, 60, 6, 4))[0]
        amounts = (goods, discount, shipping, tax, goods - discount + shipping + tax)
        paid_by = chance.choice(("Rechnung", "PayPal", "Lastschrift"))
        row = [f"B-{24_000 + number}", f"{at:%d.%m.%Y %H:%M}", customer, name, place, land, paid_by]
        rows.append([*row, *map(german, amounts), status])
    return heading, rows


def german(minor: int) -> str:
    """Cents as they are written in German: 1.234,50."""
    sign, whole, part = "-" * (minor < 0), abs(minor) // 100, abs(minor) % 100
    return f"{sign}{whole:,}".replace(",", ".") + f",{part:02d}"


# -- invoices ------------------------------------------------------------------------------------------------
_THINGS = ("BAG RED SPOTTY", "HEART T-LIGHT HOLDER", "CAKE STAND 3 TIER", "ALARM CLOCK GREEN", "LUNCH BOX DOLLY GIRL")
_LANDS = ("United Kingdom",) * 8 + ("France", "Germany", "EIRE")


def invoices() -> tuple[list[str], Rows]:
    """Heading and rows: a line of an invoice each, in the order of their time.

    Cancelled invoices (C) with quantities below zero; lines below zero without a price and without a customer, where
    stock was written off; fees and a bad debt (A); postage as a line; lines that stand there twice; no customer in a
    quarter of the invoices.
    """
    heading = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]
    till = _Till(random.Random(536365))
    for _ in range(700):
        till.next_invoice()
    for booking, pence in (("A563185", 1_106_206), ("A563186", -1_106_206)):
        till.line(booking, "B", "Adjust bad debt", 1, pence)
    return heading, till.rows


class _Till:
    """Writes one invoice after the other."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.rows = chance, list[list[str]]()
        self.at, self.number = datetime(2010, 12, 1, 8, 26, tzinfo=UTC), 536_365
        names = (f"{_THINGS[n % 5]} {n}" for n in range(120))
        self.goods = [(f"{20_000 + 37 * n}{chance.choice(('', '', 'A', 'B'))}", name) for n, name in enumerate(names)]
        self.prices = {code: chance.randint(19, 1495) for code, _ in self.goods}
        self.people = [(f"{12_346 + 7 * number}.0", chance.choice(_LANDS)) for number in range(150)]
        self.customer, self.land = "", "United Kingdom"

    def next_invoice(self) -> None:
        chance = self.chance
        self.at += timedelta(minutes=chance.randint(5, 700))
        self.number += chance.randint(1, 3)
        self.customer, self.land = "", "United Kingdom"
        if chance.random() < 0.76:
            self.customer, self.land = chance.choice(self.people)
        what = chance.random()
        if what < 0.12 and self.customer:
            self.taken_back()
        elif what < 0.16:
            self.written_off()
        else:
            self.sale()
        if chance.random() < 0.01:
            self.number += 1
            self.customer, self.land = "", "United Kingdom"
            self.line(f"C{self.number}", "AMAZONFEE", "AMAZON FEE", -1, chance.randint(100_000, 900_000))

    def line(self, invoice: str, code: str, name: str, quantity: int, pence: int) -> None:
        row = [invoice, code, name, str(quantity), f"{self.at:%Y-%m-%d %H:%M:%S}", pounds(pence)]
        self.rows.append([*row, self.customer, self.land])

    def sale(self) -> None:
        chance, number = self.chance, str(self.number)
        for code, name in chance.sample(self.goods, chance.randint(1, 12)):
            self.line(number, code, name, chance.choice((1, 1, 2, 3, 6, 12, 48)), self.prices[code])
            if chance.random() < 0.01:
                self.rows.append(list(self.rows[-1]))
        if self.land != "United Kingdom":
            self.line(number, "POST", "POSTAGE", chance.randint(1, 3), 1800)
        elif not self.customer and chance.random() < 0.5:
            self.line(number, "DOT", "DOTCOM POSTAGE", 1, chance.randint(200, 9000))

    def taken_back(self) -> None:
        chance, number = self.chance, f"C{self.number}"
        for code, name in chance.sample(self.goods, chance.randint(1, 3)):
            self.line(number, code, name, -chance.randint(1, 12), self.prices[code])
        if chance.random() < 0.2:
            self.line(number, "POST", "POSTAGE", -1, 1800)

    def written_off(self) -> None:
        code, _ = self.chance.choice(self.goods)
        self.customer, self.land = "", "United Kingdom"
        name = self.chance.choice(("damaged", "check", ""))
        self.line(str(self.number), code, name, -self.chance.randint(1, 200), 0)


def pounds(pence: int) -> str:
    """Pence in pounds, as a program writes numbers: 4.25, 2.1, 0.0."""
    return f"{pence / 100}"


# -- a marketplace -------------------------------------------------------------------------------------------
_STATES = ("delivered",) * 60 + ("shipped", "shipped", "canceled", "canceled", "unavailable", "processing")


def marketplace() -> tuple[list[str], Rows]:
    """Heading and rows: an item each. `customer_id` is new in every order, `customer_unique_id` is the person."""
    chance = random.Random(99441)
    people = [(key(chance), chance.choice(("sao paulo", "rio de janeiro", "campinas"))) for _ in range(260)]
    products = [(key(chance), chance.choice(("bed_bath_table", "toys", "auto"))) for _ in range(80)]
    heading = ["order_id", "order_item_id", "customer_id", "customer_unique_id", "customer_city", "order_status"]
    heading += ["order_purchase_timestamp", "order_approved_at", "order_delivered_carrier_date"]
    heading += ["order_delivered_customer_date", "order_estimated_delivery_date", "product_id"]
    heading += ["product_category_name", "seller_id", "shipping_limit_date", "price", "freight_value"]
    rows: Rows = []
    at = datetime(2017, 1, 5, 10, 56, 33, tzinfo=UTC)
    for _ in range(360):
        at += timedelta(minutes=chance.randint(20, 2000), seconds=chance.randint(0, 59))
        person, city = people[min(int(chance.expovariate(0.008)), 259)]
        state = chance.choice(_STATES)
        sent = at + timedelta(days=chance.randint(1, 4), minutes=chance.randint(0, 900))
        there = sent + timedelta(days=chance.randint(2, 20), minutes=chance.randint(0, 900))
        whole = [key(chance), key(chance), person, city, state, stamp(at), stamp(at + timedelta(minutes=15))]
        whole += [
            stamp(sent) if state in {"delivered", "shipped"} else "",
            stamp(there) if state == "delivered" else "",
        ]
        whole.append(f"{at + timedelta(days=30):%Y-%m-%d} 00:00:00")
        for item in range(chance.choices((1, 2, 3), (80, 14, 6))[0]):
            product, category = chance.choice(products)
            price, freight = chance.randint(990, 39_990), chance.randint(700, 4500)
            row = [whole[0], str(item + 1), *whole[1:], product, category, key(chance), stamp(at + timedelta(days=6))]
            rows.append([*row, f"{price / 100:.2f}", f"{freight / 100:.2f}"])
    return heading, rows


def reviews(items: Rows) -> tuple[list[str], Rows]:
    """Reviews of most orders; a few sheets stand for two orders, and few have words."""
    chance = random.Random(98371)
    heading = ["review_id", "order_id", "review_score", "review_comment_title", "review_comment_message"]
    heading += ["review_creation_date", "review_answer_timestamp"]
    orders = {row[0]: datetime.fromisoformat(row[6] + "+00:00") for row in items}
    rows: Rows = []
    last = ""
    for order, at in orders.items():
        if chance.random() < 0.08:
            continue
        sheet = last if last and chance.random() < 0.02 else key(chance)
        asked = at + timedelta(days=chance.randint(8, 30))
        answered = datetime(asked.year, asked.month, asked.day, tzinfo=UTC) + timedelta(
            hours=chance.randint(1, 90), seconds=7
        )
        words = chance.choice(("Chegou antes do prazo.", 'Produto "ok", recomendo', "Veio errado;\nquero trocar"))
        said = words if chance.random() < 0.4 else ""
        score = chance.choices((1, 2, 3, 4, 5), (12, 3, 8, 19, 58))[0]
        rows.append([sheet, order, str(score), "", said, f"{asked:%Y-%m-%d} 00:00:00", stamp(answered)])
        last = sheet
    return heading, rows


def key(chance: random.Random) -> str:
    """32 hexadecimal digits."""
    return f"{chance.getrandbits(128):032x}"


def stamp(at: datetime) -> str:
    """A moment without a zone: 2017-01-05 10:56:33."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


# -- files ---------------------------------------------------------------------------------------------------
def as_csv(
    heading: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ",", encoding: str = "utf-8"
) -> bytes:
    """Rows as delimited text, quoted where need be."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_workbook(heading: Sequence[str], rows: Iterable[Sequence[str]], path: Path, sheet: str) -> None:
    """Invoices as a workbook holds them: numbers and moments by type, empty cells empty."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append(list(heading))
    for invoice, code, name, quantity, at, price, customer, land in rows:
        typed = int(invoice) if invoice.isdigit() else invoice
        goods = int(code) if code.isdigit() else code
        who = float(customer) if customer else None
        page.append([typed, goods, name or None, int(quantity), datetime.fromisoformat(at), float(price), who, land])
    book.save(path)


def write_all(folder: Path) -> None:
    """All of them as files: bestellungen.csv, online_retail.csv and .xlsx, items.csv, order_reviews.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bestellungen.csv").write_bytes(as_csv(*german_shop(), delimiter=";", encoding="latin-1"))
    (folder / "online_retail.csv").write_bytes(as_csv(*invoices()))
    as_workbook(*invoices(), folder / "online_retail.xlsx", "Year 2010-2011")
    heading, items = marketplace()
    (folder / "items.csv").write_bytes(as_csv(heading, items))
    (folder / "order_reviews.csv").write_bytes(as_csv(*reviews(items)))
