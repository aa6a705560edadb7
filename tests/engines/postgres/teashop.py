"""A web shop's database as shops have it: names in mixed case, local times, words for states, a view; made rows.

`TOML` maps its tables. The same mappings read the files that PostgreSQL itself exports.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.engines.postgres.server import Database

SCHEMA = """
CREATE SCHEMA web;
CREATE TYPE web.status AS ENUM ('pending', 'paid', 'cancelled');
CREATE TABLE web."Customers" (
    "customerId" uuid PRIMARY KEY, "Email" text, country char(3), city text, created_at timestamptz NOT NULL
);
CREATE TABLE web.orders (
    id bigint PRIMARY KEY, "customerId" uuid, placed_at timestamp, total numeric(10,2), shipping numeric(10,2),
    currency text, status web.status, cancelled_at timestamptz, channel varchar(10)
);
CREATE TABLE web.order_items (
    order_id bigint, line_no int, sku text, title text, qty int, unit_price numeric(10,2),
    PRIMARY KEY (order_id, line_no)
);
CREATE TABLE web.refunds (id int PRIMARY KEY, order_id bigint, refunded_at timestamptz, cents bigint, why text);
CREATE TABLE web.clicks (
    id bigint PRIMARY KEY, visitor text, customer uuid, at timestamptz, path text, bought boolean
);
CREATE TABLE web.surveys (id int PRIMARY KEY, customer uuid, asked date, answered timestamptz, points smallint);
CREATE VIEW web.sold AS
    SELECT i.*, o.placed_at, o."customerId" FROM web.order_items i JOIN web.orders o ON o.id = i.order_id;
"""
#: table or view -> what a file of it is called
TABLES = {
    'web."Customers"': "customers.csv",
    "web.orders": "orders.csv",
    "web.sold": "sold.csv",
    "web.refunds": "refunds.csv",
    "web.clicks": "clicks.csv",
    "web.surveys": "surveys.csv",
}
TOML = """
[organisation]
name = "Teekontor"
time_zone = "Europe/Berlin"
currency = "EUR"

[customers]
history = "complete"
lapse_days = 60

[mapping.people{customers.csv}]
[mapping.people.customers]
customer_id = "customerId"
valid_from = "created_at"
email = "Email"
country = "country"
city = { column = "city", default = "somewhere" }

[mapping.bought{orders.csv}]
[mapping.bought.orders]
where = [{ column = "status", is = "pending", not = true }]
order_id = { columns = ["channel", "id"] }
customer_id = "customerId"
ordered_at = "placed_at"
amount = { column = "total", less = "shipping" }
shipping = "shipping"
currency = { column = "currency", words = { Euro = "EUR" } }
channel = { column = "channel", words = { w = "web", a = "app" } }
cancelled_at = "cancelled_at"

[mapping.sold{sold.csv}]
[mapping.sold.order_lines]
order_id = "order_id"
line_id = "line_no"
customer_id = "customerId"
ordered_at = "placed_at"
product_id = "sku"
product = "title"
quantity = "qty"
amount = { product = ["qty", "unit_price"] }

[mapping.refunded{refunds.csv}]
[mapping.refunded.returns]
return_id = "id"
order_id = "order_id"
returned_at = "refunded_at"
amount_minor = "cents"
reason = "why"

[mapping.clicked{clicks.csv}]
[mapping.clicked.events]
event_id = "id"
anonymous_id = "visitor"
customer_id = "customer"
happened_at = "at"
kind = { column = "bought", words = { true = "track", false = "page", t = "track", f = "page" } }
name = { constant = "buy", where = [{ column = "bought", is = ["true", "t"] }] }
page = "path"

[mapping.asked{surveys.csv}]
[mapping.asked.responses]
response_id = "id"
question = { constant = "Would you recommend us?" }
kind = { constant = "nps" }
customer_id = "customer"
asked_at = "asked"
answered_at = "answered"
score = "points"
"""


def settings_of_database(address: str) -> str:
    """stamm.toml of a project that reads the database."""
    text = TOML
    for table, file in TABLES.items():
        text = _with_origin(text, file, table)
    return f'engine = "{address}"\n{text}'


def settings_of_files() -> str:
    """stamm.toml of a project into which the exported files are imported."""
    text = TOML
    for file in TABLES.values():
        text = text.replace(f"{{{file}}}]", f']\nfiles = "{file}"')
    return text


def _with_origin(text: str, file: str, table: str) -> str:
    """The mapping of a file as that of a table: `from` stands with the fact."""
    head, _, rest = text.partition(f"{{{file}}}]\n")
    name = head.rpartition("[")[2]
    section, _, columns = rest.partition("\n")
    assert section.startswith(f"[{name}.")
    return head.removesuffix(f"[{name}") + f"{section}\nfrom = '{table}'\n{columns}"


def make(database: Database) -> None:
    """The tables of the shop with a year of made rows, some of them as shops should not have them."""
    database.run(SCHEMA)
    dice = random.Random(20_240_229)
    people = [UUID(int=dice.getrandbits(128)) for _ in range(90)]
    first = datetime.fromisoformat("2023-01-02T08:00")
    fill = database.connection.cursor().executemany
    fill(
        'INSERT INTO web."Customers" VALUES (%s, %s, %s, %s, %s)',
        [
            (one, f"c{number}@example.com", dice.choice(["DE", "AT", "CH"]), dice.choice(["Köln", "Zürich", ""]),
             datetime(2023, 1, 1, tzinfo=UTC) + timedelta(hours=number * 60))
            for number, one in enumerate(people)
        ],
    )  # fmt: skip
    orders = list(_orders(dice, people, first))
    fill("INSERT INTO web.orders VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", orders)
    lines = [
        (order[0], line, f"s{line}", dice.choice(["Tee", "Tasse"]), dice.randint(1, 3), dice.randint(1, 999) / 100)
        for order in orders
        for line in range(1, dice.randint(2, 4))
    ]
    fill("INSERT INTO web.order_items VALUES (%s, %s, %s, %s, %s, %s)", lines)
    back = [(order[0], order[2].replace(tzinfo=UTC)) for order in orders if order[2] and dice.random() < 0.1]
    refunds = [
        (number, order, placed + timedelta(days=dice.randint(1, 40)), dice.randint(1, 2000), "broken")
        for number, (order, placed) in enumerate(back)
    ]
    fill("INSERT INTO web.refunds VALUES (%s, %s, %s, %s, %s)", refunds)
    start = first.replace(tzinfo=UTC)
    clicks = [
        (
            number, f"v{dice.randint(1, 60)}", dice.choice([None, None, dice.choice(people)]),
            start + timedelta(minutes=dice.randint(0, 520_000)), "/tea", dice.random() < 0.2,
        )
        for number in range(900)
    ]  # fmt: skip
    fill("INSERT INTO web.clicks VALUES (%s, %s, %s, %s, %s, %s)", clicks)
    surveys = [
        (
            number, dice.choice(people), start.date() + timedelta(days=number),
            start + timedelta(days=number + 2) if number % 3 else None, dice.randint(0, 10),
        )
        for number in range(200)
    ]  # fmt: skip
    fill("INSERT INTO web.surveys VALUES (%s, %s, %s, %s, %s)", surveys)


def _orders(dice: random.Random, people: list[UUID], first: datetime) -> Iterator[tuple[Any, ...]]:
    for number in range(1, 601):
        placed: datetime | None = first + timedelta(minutes=dice.randint(0, 520_000))
        if number % 150 == 0:
            placed = None
        elif number % 101 == 0:
            placed = datetime.fromisoformat("2023-03-26T02:30")  # skipped by the clocks
        elif number % 97 == 0:
            placed = datetime.fromisoformat("2023-10-29T02:30")  # shown twice
        status = dice.choices(["paid", "cancelled", "pending"], [90, 6, 4])[0]
        cancelled = placed.replace(tzinfo=UTC) + timedelta(days=1) if placed and status == "cancelled" else None
        buyer = None if number % 40 == 0 else people[min(int(dice.expovariate(1 / 20)), 89)]
        yield (
            number, buyer, placed,
            dice.randint(500, 20_000) / 100, dice.choice([0, 4.9]), dice.choice(["EUR", "eur", "Euro"]), status,
            cancelled, dice.choice(["w", "a", "store"]),
        )  # fmt: skip


def export(database: Database, folder: Path) -> None:
    """Every table as a file, written by PostgreSQL itself."""
    for table, name in TABLES.items():
        query = f"COPY (SELECT * FROM {table}) TO STDOUT WITH (FORMAT csv, HEADER)"
        with (folder / name).open("wb") as file, database.connection.cursor().copy(query.encode()) as copy:
            for block in copy:
                file.write(block)
