"""The tables of a shop as shops have them: names, types, keys, days; what cannot be followed is refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from stamm.answers import Answers, World
from stamm.engines.postgres.address import Address
from stamm.engines.postgres.engine import Postgres
from stamm.facts.mapping import FactMapping, parse_mapping
from stamm.lang.errors import InputError, ProjectError
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window, day_of
from tests.engines.postgres.server import Database

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR", history="complete")
ORDER = {"order_id": "id", "ordered_at": "at", "amount": "total"}

Tables = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def shop(database: Database) -> Database:
    database.run(
        "CREATE SCHEMA shop",
        "CREATE TYPE shop.state AS ENUM ('open', 'paid', 'void')",
        "CREATE DOMAIN shop.euros AS numeric(10,2) CHECK (VALUE < 1000000)",
        'CREATE TABLE shop."Orders" (id int PRIMARY KEY, "customerId" uuid, at timestamp, total shop.euros, '
        "state shop.state, price money, box point)",
        'INSERT INTO shop."Orders" VALUES '
        "(1, '00000000-0000-0000-0000-00000000000a', '2024-01-01 00:30', 12.30, 'paid', 1, NULL),"
        "(2, '00000000-0000-0000-0000-00000000000a', '2024-03-31 02:30', 10, 'paid', 1, NULL),"
        "(3, NULL, '2024-10-27 02:30', 0.05, 'void', 1, NULL),"
        "(4, NULL, NULL, 5, 'open', 1, NULL)",
        "CREATE VIEW shop.paid AS SELECT * FROM shop.\"Orders\" WHERE state = 'paid'",
        'CREATE TABLE shop."a"";DROP TABLE shop.b;--" (id int, at timestamptz, total int, "x""y\'z" text)',
        "INSERT INTO shop.\"a\"\";DROP TABLE shop.b;--\" VALUES (1, '2024-01-01 12:00+00', 3, 'it''s \"x\"')",
        "CREATE TABLE shop.closed (id int, at timestamptz, total int)",
        "CREATE TABLE shop.lines (number text, line int, at timestamptz, sku text, pieces numeric, price numeric(8,3))",
        "INSERT INTO shop.lines VALUES ('n1', 1, '2024-02-01', 'tea', 2, 1.5), ('n1', 2, '2024-02-01', 'cup', 1, 7.25),"
        "('n2', 1, '2024-02-02', 'tea', 1, 1.5), ('n2', 2, '2024-02-02', 'cup', NULL, 7.25),"
        "('n3', 1, '2024-02-03', 'tea', 1, 0.005), ('n3', 2, '2024-02-04', 'tea', 1, 0.005)",
        "CREATE ROLE clerk LOGIN",
        "GRANT USAGE ON SCHEMA shop TO clerk",
        'GRANT SELECT ON shop."Orders", shop.lines TO clerk',
    )
    return database


@contextmanager
def opened(
    shop: Database, *tables: Tables, user: str = "owner", organisation: Organisation = BERLIN
) -> Iterator[Postgres]:
    """An engine over the shop by these mappings."""
    named: dict[str, Sequence[FactMapping]] = {
        f"m{number}": parse_mapping(f"m{number}", table, file="stamm.toml") for number, table in enumerate(tables, 1)
    }
    with closing(Postgres.over_shop(Address.parse(shop.address(user)), named, organisation)) as engine:
        yield engine


def facts(shop: Database, table: Mapping[str, Any], fact: str = "orders", **more: Any) -> list[dict[str, Any]]:
    """The sound facts of one mapping, by their key."""
    with opened(shop, {fact: table}, **more) as engine:
        rows = engine.run(engine.table(fact)).to_pylist()
    return sorted(rows, key=lambda row: str(list(row.values())[:2]))


def refused(shop: Database, table: Mapping[str, Any], fact: str = "orders", **more: Any) -> str:
    with pytest.raises(ProjectError) as told:
        facts(shop, table, fact, **more)
    return str(told.value)


# -- names ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["shop.Orders", "shop.orders", 'shop."Orders"', '"shop"."Orders"', "SHOP.ORDERS"])
def test_a_table_is_found_by_its_name_whatever_its_case(shop: Database, name: str) -> None:
    assert [row["order_id"] for row in facts(shop, {"from": name, **ORDER})] == ["1", "3"]


def test_a_view_is_a_table(shop: Database) -> None:
    assert [row["source"] for row in facts(shop, {"from": "shop.paid", **ORDER})] == ["shop.paid"]


def test_without_a_schema_the_database_looks_where_it_always_does(shop: Database) -> None:
    assert refused(shop, {"from": "lines", **ORDER}).startswith(
        "stamm.toml, [mapping.m1.orders] from: The database has no table lines that its user may read. "
        "Perhaps shop.lines? It may read shop.Orders, "
    )
    shop.run(f"ALTER DATABASE {shop.name} SET search_path = shop")
    with pytest.raises(ProjectError, match="has no column id"):
        facts(shop, {"from": "lines", **ORDER})
    shop.run(f"ALTER DATABASE {shop.name} RESET search_path")


def test_names_and_texts_of_the_shop_are_never_read_as_sql(shop: Database) -> None:
    nasty = 'shop."a"";DROP TABLE shop.b;--"'
    columns = {**ORDER, "channel": {"column": "x\"y'z", "words": {'it\'s "x"': "'; DROP TABLE shop.lines; --\\"}}}
    (row,) = facts(shop, {"from": nasty, **columns, "where": [{"column": "x\"y'z", "contains": "'s \""}]})
    assert row["channel"] == "'; DROP TABLE shop.lines; --\\"
    assert facts(shop, {"from": nasty, **columns, "where": [{"column": "x\"y'z", "is": "' OR true --"}]}) == []


@pytest.mark.parametrize("name", ["a.b.c", ".orders", "orders.", 'shop."Orders', "shop..orders"])
def test_what_is_no_name_is_refused(shop: Database, name: str) -> None:
    assert "is no name of a table" in refused(shop, {"from": name, **ORDER})


def test_a_mapping_for_files_says_nothing_of_a_table(shop: Database) -> None:
    assert refused(shop, ORDER) == (
        "stamm.toml, [mapping.m1.orders]: The mapping does not say of which table it is. "
        'Write from = "schema.table": this project reads a database.'
    )


def test_what_may_not_be_read_is_told_as_that(shop: Database) -> None:
    told = refused(shop, {"from": "shop.closed", **ORDER}, user="clerk")
    assert told.startswith("stamm.toml, [mapping.m1.orders] from: The user of the database may not read shop.closed. ")
    assert "GRANT SELECT ON shop.closed TO" in told
    assert len(facts(shop, {"from": "shop.orders", **ORDER}, user="clerk")) == 2


def test_a_column_that_is_not_there_is_told_with_the_nearest(shop: Database) -> None:
    told = refused(shop, {"from": "shop.orders", **ORDER, "customer_id": "customerid"})
    assert told.startswith(
        "stamm.toml, [mapping.m1.orders]: shop.Orders has no column customerid that the user of the database may read. "
        "Perhaps customerId? Columns: id, customerId, at, total, state, price, box."
    )


# -- types ---------------------------------------------------------------------------------------------------
def test_enumerations_domains_and_uuids_are_what_they_are_based_on(shop: Database) -> None:
    table = {"from": "shop.orders", **ORDER, "customer_id": "customerId", "channel": {"column": "state"}}
    first, last = facts(shop, {**table, "where": [{"column": "state", "is": ["paid", "void", "no such"]}]})
    assert (first["amount_minor"], first["channel"]) == (1230, "paid")
    assert first["customer_id"] == "00000000-0000-0000-0000-00000000000a"
    assert (last["amount_minor"], last["channel"], last["customer_id"]) == (5, "void", None)


@pytest.mark.parametrize(
    ("column", "rule", "what"),
    [
        ("amount", "price", "Stamm does not read columns of the type money"),
        ("channel", "box", "Stamm does not read columns of the type point"),
        ("amount", "at", "at is timestamp without time zone, which is no number"),
        ("ordered_at", "total", "total is shop.euros, which holds no moment"),
        ("ordered_at", "customerId", "customerId is uuid, which holds no moment"),
        ("ordered_at", {"columns": ["at", "id"]}, "a moment cannot be put together from several columns"),
        ("order_id", {"row": True}, "rows of a table have no number, so name columns that tell them apart"),
        ("order_id", {"columns": ["state"], "row": "state"}, "rows of a table have no number"),
        ("customer_id", {"column": "id", "through": "other"}, "`through` looks into files"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_by_name(shop: Database, column: str, rule: Any, what: str) -> None:
    told = refused(shop, {"from": "shop.orders", **ORDER, column: rule})
    assert told.startswith("stamm.toml, [mapping.m1.orders]: The database cannot fill ")
    assert what in told
    assert "name it in `from`, or import the table as a file." in told


def test_numbers_in_a_writing_of_their_own_are_refused(shop: Database) -> None:
    table = {"from": "shop.lines", "order_id": "number", "ordered_at": "at", "amount": "sku"}
    with (
        pytest.raises(ProjectError, match="sku is a text with numbers in a writing of their own"),
        opened(shop, {"decimal": ",", "orders": table}) as engine,
    ):
        engine.table("orders")


def test_a_day_is_no_moment_with_a_zone(shop: Database) -> None:
    table = {"from": "shop.lines", "customer_id": "number", "valid_from": "at", "birthday_on": "at"}
    assert "at is timestamp with time zone, which holds no day" in refused(shop, table, "customers")


# -- moments and days ----------------------------------------------------------------------------------------
def test_local_times_are_those_of_the_mapping_and_days_those_of_the_organisation(shop: Database) -> None:
    table = {"from": "shop.orders", **ORDER}
    first, twice = facts(shop, table)
    assert first["ordered_at"] == datetime(2023, 12, 31, 23, 30, tzinfo=UTC)
    assert first["ordered_on"] == date(2024, 1, 1)
    assert twice["ordered_at"] == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)  # the first of the two
    with opened(shop, {"time_zone": "UTC", "orders": table}) as engine:
        rows = {row["order_id"]: row for row in engine.run(engine.table("orders")).to_pylist()}
    assert rows["1"]["ordered_at"] == datetime(2024, 1, 1, 0, 30, tzinfo=UTC)
    assert rows["2"]["ordered_on"] == date(2024, 3, 31)  # 02:30 is skipped in Berlin, not in UTC


@pytest.mark.parametrize("zone", ["America/St_Johns", "Pacific/Kiritimati", "Africa/Cairo", "Asia/Kathmandu", "UTC"])
def test_days_are_cut_as_in_a_lake(shop: Database, zone: str) -> None:
    """Around clock changes at midnight, one minute after it and over a whole day, and in any other hour."""
    shop.run(
        "DROP TABLE IF EXISTS shop.hours",
        "CREATE TABLE shop.hours AS SELECT g AS id, 1 AS total, timestamptz '1994-12-25' + g * interval '37 min' AS at "
        "FROM generate_series(0, 500) g UNION ALL SELECT 1000 + g, 1, timestamptz '2010-11-01' + g * interval '29 min' "
        "FROM generate_series(0, 500) g UNION ALL SELECT 2000 + g, 1, timestamptz '2010-04-29' + g * interval '13 min' "
        "FROM generate_series(0, 500) g",
    )
    rows = facts(shop, {"from": "shop.hours", **ORDER}, organisation=replace(BERLIN, zone=zone))
    assert len(rows) == 1503
    assert all(row["ordered_on"] == day_of(row["ordered_at"], zone) for row in rows)


def test_what_is_received_when_is_the_moment_of_the_snapshot_unless_the_table_says_it(shop: Database) -> None:
    with opened(shop, {"orders": {"from": "shop.orders", **ORDER}}) as engine:
        received = {row["received_at"] for row in engine.run(engine.table("orders")).to_pylist()}
        assert received == {engine.connection.taken_at}
    table = {"from": "shop.orders", **ORDER, "received_at": "at"}
    assert [row["received_at"] == row["ordered_at"] for row in facts(shop, table)] == [True, True]
    assert not any(row["simulated"] for row in facts(shop, table))


# -- what is not sound ---------------------------------------------------------------------------------------
def test_rows_that_are_not_sound_are_left_out_and_told(shop: Database) -> None:
    with opened(shop, {"orders": {"from": "shop.orders", **ORDER}}) as engine:
        survey = engine.survey("orders")
        world = World(engine=engine, organisation=BERLIN, coverage=engine.covering({}), unsound=engine.unsound)
        answer = Answers(world).ask("order_count", [Window.parse("2024")])
    assert (survey.sound, survey.unsound, answer.rows[0].value) == (2, 2, 2)
    assert answer.left_out == {"rows of any time that are not sound": 2}
    told = sorted((one.table, one.column, one.reason[:26], one.facts, one.example) for one in survey.blamed.values())
    assert told == [
        ("shop.Orders", "at", "is missing; the column mus", 1, "4"),
        ("shop.Orders", "at", "was skipped by a clock cha", 1, "2"),
    ]


def test_lines_become_one_order_or_none(shop: Database) -> None:
    """n1: 2 x 1.50 + 1 x 7.25; n2 has a line without pieces; n3 has two moments and half cents."""
    amount = {"product": ["pieces", "price"], "take": "sum"}
    table = {"from": "shop.lines", "each": "number", "order_id": "number", "ordered_at": "at", "amount": amount}
    with opened(shop, {"orders": table}) as engine:
        (row,) = engine.run(engine.table("orders")).to_pylist()
        told = {(one.column, one.example): one.reason for one in engine.survey("orders").blamed.values()}
    assert (row["order_id"], row["amount_minor"]) == ("n1", 1025)
    assert told["pieces, price", "n2"].startswith("is filled in some of the rows that belong together")
    assert told["pieces, price", "n3"].startswith("has more digits after the point than its currency has")
    rounded = {
        **table,
        "amount": {**amount, "round": True, "default": "0"},
        "ordered_at": {"column": "at", "take": "lowest"},
    }
    assert [(row["order_id"], row["amount_minor"]) for row in facts(shop, rounded)] == [
        ("n1", 1025),
        ("n2", 150),
        ("n3", 2),
    ]


def test_a_key_that_several_rows_have_is_refused_by_name(shop: Database) -> None:
    table = {"from": "shop.lines", "order_id": "number", "ordered_at": "at", "amount_minor": "line"}
    with pytest.raises(InputError) as told:
        facts(shop, table)
    assert str(told.value) == (
        "stamm.toml, orders: Orders are known by order_id, and 3 of these stand in several rows of shop.lines: "
        "n1; n2; n3. Bring rows that belong together into one with `each`, or name columns that tell them apart."
    )


def test_texts_that_differ_in_blanks_alone_are_one_key(shop: Database) -> None:
    """The table itself tells them apart, and yet they are the same order."""
    shop.run(
        "CREATE TABLE shop.blanks (id text PRIMARY KEY, at timestamptz, total int)",
        "INSERT INTO shop.blanks VALUES ('A', '2024-01-01', 1), (' A', '2024-01-02', 1), ('a', '2024-01-03', 1)",
    )
    with pytest.raises(InputError, match=r"and 1 of these stand in several rows of shop\.blanks: A\. "):
        facts(shop, {"from": "shop.blanks", **ORDER})


def test_texts_are_sorted_by_their_characters_whatever_the_database_does(shop: Database) -> None:
    """The database of this test sorts as a German dictionary: a, ä, Z."""
    shop.run(
        "CREATE TABLE shop.sorted (id int, at timestamptz, total int, who text)",
        "INSERT INTO shop.sorted SELECT 1, '2024-01-01', 1, unnest(ARRAY['a', 'Z', 'ä'])",
    )
    ((dictionary,),) = shop.connection.execute("SELECT array_agg(who ORDER BY who) FROM shop.sorted").fetchall()
    assert dictionary == ["a", "ä", "Z"]
    who = {"column": "who", "take": "lowest"}
    table = {"from": "shop.sorted", **ORDER, "each": "id", "customer_id": who, "channel": {**who, "take": "highest"}}
    (row,) = facts(shop, table)
    assert (row["customer_id"], row["channel"]) == ("Z", "ä")


def test_two_tables_make_one_kind(shop: Database) -> None:
    till = {
        "from": "shop.lines",
        "order_id": {"columns": ["number", "line"]},
        "ordered_at": "at",
        "amount_minor": "line",
    }
    web = {"from": "shop.orders", **ORDER}
    with opened(shop, {"orders": web}, {"orders": till}) as engine:
        rows = engine.run(engine.table("orders")).to_pylist()
        blamed = engine.survey("orders").blamed.values()
    assert {row["source"] for row in rows} == {"shop.Orders", "shop.lines"}
    assert len(rows) == 8
    assert {one.table for one in blamed} == {"shop.Orders"}
    with opened(shop, {"orders": web}, {"orders": web}) as engine, pytest.raises(InputError, match="and 2 of these"):
        engine.table("orders")


# -- what is covered -----------------------------------------------------------------------------------------
def test_days_are_covered_from_the_first_to_the_last_that_is_over(shop: Database) -> None:
    shop.run(
        "DROP TABLE IF EXISTS shop.recent",
        "CREATE TABLE shop.recent AS SELECT 1 AS id, timestamptz '2024-02-01 23:30+00' AS at, 1 AS total "
        "UNION ALL SELECT 2, now(), 1 UNION ALL SELECT 3, now() - interval '2 days', 1",
    )
    table = {
        "orders": {"from": "shop.recent", **ORDER},
        "returns": {
            "from": "shop.recent",
            "return_id": "id",
            "returned_at": "at",
            "where": [{"column": "id", "is": 2}],
        },
    }
    with opened(shop, table) as engine:
        today = day_of(engine.connection.taken_at, "Europe/Berlin")
        first, last = engine.covering({})["orders"]
        assert first == date(2024, 2, 2)
        assert (today - last).days in {2, 3}
        assert len(engine.run(engine.table("orders"))) == 3
        assert "returns" not in engine.covering({})  # one of today, which is not over
        assert "customers" not in engine.covering({})
        assert list(engine.covering({})) == ["orders"]


def test_a_kind_without_a_mapping_is_empty_and_not_covered(shop: Database) -> None:
    with opened(shop, {"orders": {"from": "shop.orders", **ORDER}}) as engine:
        assert engine.run(engine.table("events")).num_rows == 0
        assert tuple(engine.run(engine.table("events")).schema.names) == engine.table("events").columns
        world = World(engine=engine, organisation=BERLIN, coverage=engine.covering({}), unsound=engine.unsound)
        (row,) = Answers(world).ask("conversion_rate", [Window.parse("2024-02")], settings={"event": "buy"}).rows
    assert (row.value, row.reason) == (None, "no_facts")
