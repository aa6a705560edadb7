"""A database is only read, in one state, by whoever may read it; and what goes wrong there is told without secrets."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from stamm.answers import Answers, World
from stamm.engines.postgres import address as addresses
from stamm.engines.postgres import connection as connections
from stamm.engines.postgres.address import Address
from stamm.engines.postgres.connection import Connection
from stamm.engines.postgres.engine import Postgres
from stamm.facts.mapping import parse_mapping
from stamm.lang.errors import EngineError, ProjectError
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from tests.engines.postgres.server import Database

BERLIN = Organisation(zone="Europe/Berlin", history="complete")
MAPPING = {
    "orders": {
        "from": "shop.orders",
        "order_id": "id",
        "customer_id": "customer",
        "ordered_at": "at",
        "amount": "total",
    },
    "customers": {"from": "shop.people", "customer_id": "id", "valid_from": "since", "country": "land"},
}
SECRET = "s3cret/@ word"


@pytest.fixture(scope="module")
def shop(database: Database) -> Database:
    """A shop, and a user who may read its two tables and nothing else: not even make a temporary table."""
    database.run(
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.orders (id int PRIMARY KEY, customer text, at timestamp, total numeric(10,2))",
        "INSERT INTO shop.orders SELECT g, 'c' || g % 7, timestamp '2024-01-01' + g * interval '1 day', g FROM "
        "generate_series(1, 100) g",
        "CREATE TABLE shop.people (id text PRIMARY KEY, since timestamptz, land text, secret text)",
        "INSERT INTO shop.people SELECT 'c' || g, '2023-01-01', CASE WHEN g < 3 THEN 'DE' ELSE 'AT' END FROM "
        "generate_series(0, 6) g",
        f"REVOKE ALL ON DATABASE {database.name} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"CREATE ROLE reader LOGIN PASSWORD '{SECRET}'",
        f"GRANT CONNECT ON DATABASE {database.name} TO reader",
        "GRANT USAGE ON SCHEMA shop TO reader",
        "GRANT SELECT ON shop.orders TO reader",
        "GRANT SELECT (id, since, land) ON shop.people TO reader",
    )
    return database


@pytest.fixture
def reader(shop: Database) -> Iterator[Postgres]:
    mapping = {"shop": parse_mapping("shop", MAPPING, file="stamm.toml")}
    with closing(Postgres.over_shop(Address.parse(shop.address("reader")), mapping, BERLIN)) as engine:
        yield engine


def world(engine: Postgres) -> World:
    return World(
        engine=engine,
        organisation=BERLIN,
        coverage=engine.covering({}),
        unsound=engine.unsound,
        snapshot=engine.snapshot,
    )


def overseas(shop: Database, password: str = "") -> str:
    """The address of the same database over the network, where a password is asked for."""
    secret = f":{password}" if password else ""
    return f"postgresql://reader{secret}@127.0.0.1:{shop.server.port}/{shop.name}"


# -- what is needed, and what is never done ------------------------------------------------------------------
def test_the_right_to_read_is_enough(shop: Database, reader: Postgres) -> None:
    (rights,) = reader.connection.rows(
        f"SELECT has_database_privilege('{shop.name}', 'TEMP'), has_schema_privilege('public', 'CREATE')"
    )
    assert rights == (False, False)
    answers, february = Answers(world(reader)), [Window.parse("2024-02")]
    assert answers.ask("order_count", february).rows[0].value == 29
    found = answers.ask("gross_revenue", february, by="country").rows
    assert sum(row.value or 0 for row in found) == 100 * sum(range(31, 60))
    assert {row.group for row in found} == {"DE", "AT"}
    assert answers.ask("customer_retention_rate", february).rows[0].value == 1.0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO shop.orders VALUES (1000)",
        "CREATE TABLE shop.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "SELECT nextval('numbers')",
        "SET TRANSACTION READ WRITE",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "COPY shop.orders TO PROGRAM 'cat'",
    ],
)
def test_nothing_is_written_even_by_the_owner(shop: Database, statement: str) -> None:
    shop.run("CREATE SEQUENCE IF NOT EXISTS numbers")
    with closing(Connection.open(Address.parse(shop.address()))) as connection:
        for tried in (statement, "INSERT INTO shop.orders VALUES (1000)"):
            with pytest.raises(EngineError):
                connection.rows(tried)
    ((last,),) = shop.connection.execute("SELECT max(id) FROM shop.orders").fetchall()
    assert last == 100


def test_who_asks_is_seen_in_the_database(shop: Database, reader: Postgres) -> None:
    found = shop.connection.execute("SELECT application_name FROM pg_stat_activity WHERE usename = 'reader'")
    assert found.fetchall() == [("stamm",)]


# -- one state -----------------------------------------------------------------------------------------------
def test_all_numbers_of_an_answer_are_of_one_state_that_can_be_named(shop: Database) -> None:
    mapping = {"shop": parse_mapping("shop", MAPPING, file="stamm.toml")}

    def opened() -> Postgres:
        return Postgres.over_shop(Address.parse(shop.address("reader")), mapping, BERLIN)

    window = [Window.parse("2024-01")]
    with closing(opened()) as before, closing(opened()) as same:
        assert before.snapshot == same.snapshot
        counted = Answers(world(before)).ask("order_count", window)
        shop.run("INSERT INTO shop.orders VALUES (1001, 'c1', '2024-01-15', 5)")
        try:
            assert (counted.rows[0].value, counted.snapshot) == (30, before.snapshot)
            assert Answers(world(before)).ask("gross_revenue", window).rows[0].value == 100 * sum(range(1, 31))
            with closing(opened()) as after:
                assert after.snapshot > before.snapshot
                assert Answers(world(after)).ask("order_count", window).rows[0].value == 31
        finally:
            shop.run("DELETE FROM shop.orders WHERE id = 1001")


def test_no_two_states_have_the_same_number_however_long_somebody_takes_to_commit(shop: Database) -> None:
    address = Address.parse(shop.address("reader"))

    def seen() -> tuple[int, int]:
        with closing(Connection.open(address)) as connection:
            return connection.snapshot, connection.rows("SELECT count(*) FROM shop.orders")[0][0]

    with closing(connections.connect(Address.parse(shop.address()))) as slow:
        slow.execute("BEGIN")
        slow.execute("INSERT INTO shop.orders VALUES (1002, 'c1', '2024-01-15', 5)")
        shop.run("UPDATE shop.people SET secret = 'changed' WHERE id = 'c0'")  # begins later, ends earlier
        before = seen()
        slow.execute("COMMIT")
        after = seen()
    shop.run("DELETE FROM shop.orders WHERE id = 1002")
    assert after[1] == before[1] + 1
    assert after[0] > before[0]


# -- what goes wrong -----------------------------------------------------------------------------------------
def test_a_question_that_takes_too_long_is_given_up_and_the_next_one_sees_the_same_state(
    shop: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "STATEMENT_SECONDS", 0.1)
    with closing(Connection.open(Address.parse(shop.address("reader")))) as connection:
        with pytest.raises(EngineError, match=r"^PostgreSQL gave up: canceling statement due to statement timeout\. "):
            connection.rows("SELECT pg_sleep(30)")
        assert connection.rows("SELECT count(*) FROM shop.orders") == [(100,)]


def test_a_lower_limit_of_the_server_holds(shop: Database) -> None:
    def limit() -> str:
        with closing(Connection.open(Address.parse(shop.address("reader")))) as connection:
            return str(connection.rows("SELECT current_setting('statement_timeout')")[0][0])

    assert limit() == "10min"
    shop.run("ALTER ROLE reader SET statement_timeout = '1234ms'")
    assert limit() == "1234ms"
    shop.run("ALTER ROLE reader RESET statement_timeout")


def test_a_connection_that_is_lost_is_told(shop: Database) -> None:
    with closing(Connection.open(Address.parse(shop.address("reader")))) as connection:
        shop.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'")
        time.sleep(0.1)
        with pytest.raises(EngineError, match=rf"^The connection to postgresql://reader@/{shop.name} was lost: "):
            connection.rows("SELECT 1")


def test_nobody_answers(shop: Database) -> None:
    with pytest.raises(EngineError, match=r"^The database postgresql://x@127.0.0.1:1/y cannot be reached: ") as told:
        Connection.open(Address.parse("postgresql://x@127.0.0.1:1/y"))
    assert "Check the address" in told.value.remedy


def test_an_old_server_is_refused(shop: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OLDEST", 99)
    with pytest.raises(EngineError, match=r"^Stamm needs PostgreSQL 99 or newer; .* is \d+\. "):
        Connection.open(Address.parse(shop.address()))


def test_without_psycopg_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "find_spec", lambda _name: None)
    with pytest.raises(EngineError, match=r"^psycopg is not installed\. Install it: `pip install 'stamm\[postgres\]'`"):
        Address.parse("postgresql://x/y")


# -- passwords -----------------------------------------------------------------------------------------------
def test_a_password_comes_from_the_environment_or_from_pgpass(
    shop: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address = Address.parse(overseas(shop))
    monkeypatch.setenv("PGPASSWORD", SECRET)
    Connection.open(address).close()
    monkeypatch.delenv("PGPASSWORD")
    escaped = SECRET.replace("\\", "\\\\").replace(":", "\\:")
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"127.0.0.1:{shop.server.port}:{shop.name}:reader:{escaped}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    Connection.open(address).close()


def test_an_address_with_its_password_may_stand_in_a_variable(shop: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DATABASE", overseas(shop, "s3cret%2F%40%20word"))
    address = Address.parse("$SHOP_DATABASE")
    assert address.shown == overseas(shop)
    assert "s3cret" not in repr(address)
    Connection.open(address).close()
    monkeypatch.delenv("SHOP_DATABASE")
    with pytest.raises(
        ProjectError, match=r"^stamm.toml, engine: The environment variable SHOP_DATABASE is not set\. "
    ):
        Address.parse("$SHOP_DATABASE")


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("postgresql://reader:s3cret@localhost/shop", "A password does not belong into stamm.toml."),
        ("postgresql://reader@localhost/shop?password=s3cret", "A password does not belong into stamm.toml."),
        ("postgresql://reader:s3%cret@localhost/shop", "A password does not belong into stamm.toml."),
        ("postgresql://reader@localhost/%s3cret", "The address of the database cannot be read."),
        ("postgresql://reader@localhost/shop?s3cret", "The address of the database cannot be read."),
    ],
)
def test_a_password_in_the_settings_is_refused_and_never_repeated(written: str, what: str) -> None:
    with pytest.raises(ProjectError) as told:
        Address.parse(written)
    assert told.value.what == what
    shown = f"{told.value} {told.value!r} {told.value.__cause__!r}"
    assert "s3" not in shown


def test_a_wrong_password_is_told_and_never_repeated(shop: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DATABASE", overseas(shop, "wr0ng"))
    with pytest.raises(EngineError, match="password authentication failed for user") as told:
        Connection.open(Address.parse("$SHOP_DATABASE"))
    assert "wr0ng" not in f"{told.value} {told.value!r} {told.value.__cause__!r}"
    assert os.environ["SHOP_DATABASE"].endswith(shop.name)
