"""Who cannot come in hears why and what to do; a password is told to nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from stamm.app.project import Project
from stamm.lang.errors import InputError, ProjectError, StammError
from stamm.origins.tables import TableSetting
from stamm.origins.tables.address import Address
from stamm.origins.tables.connecting import reading
from stamm.origins.tables.table import Table
from tests.memory import peak_mb
from tests.origins.mariadb import PASSWORD
from tests.origins.shops import Shop, importing, in_postgres, project_of

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
SETTINGS = '\n[database.shop]\naddress = "$SHOP"\ntable = "orders"\nby = "changed"\n'


def refusal(project: Project) -> StammError:
    with pytest.raises(StammError) as told:
        importing(project).take(["shop"], now=NOW)
    error = told.value
    assert error.__cause__ is None or PASSWORD not in repr(error.__cause__)
    for secret in (PASSWORD, quote(PASSWORD, safe=""), "wrong-word"):
        assert secret not in f"{error} {error.where}"
    return error


@pytest.fixture
def project(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("SHOP", shop.address)
    shop.run("create table purchases (id integer)", "create table orders_2024 (id integer)")
    return project_of(tmp_path / "project", SETTINGS)


def test_an_unknown_table_or_column(shop: Shop, project: Project) -> None:
    error = refusal(project)
    assert error.what == "There is no table or view orders."
    assert error.remedy == "Did you mean orders_2024?"
    shop.run("create table orders (id integer, change_d integer)")
    error = refusal(project)
    assert error.what == "There is no column changed, by which what is new would be found."
    assert error.remedy.endswith("Perhaps change_d?")
    shop.run("create table flags (changed varchar(9))", "insert into flags values ('new')")
    error = refusal(project_of(project.directory, SETTINGS.replace('"orders"', '"flags"')))
    assert error.what == "The column changed holds neither moments nor numbers, so it does not tell what is new."


def test_nothing_can_be_written(shop: Shop, project: Project) -> None:
    address = Address.of(project.settings.tables[0], project.directory)
    with pytest.raises(InputError, match="cannot be read"), reading(address) as connection:
        connection.exec_driver_sql("insert into purchases values (1)")
    with reading(address) as connection:
        assert connection.exec_driver_sql("select count(*) from purchases").scalar() == 0


def test_a_wrong_password_and_an_unreachable_host(
    shop: Shop, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shop.kind == "sqlite":
        monkeypatch.setenv("SHOP", "sqlite:///nowhere.sqlite")
        assert refusal(project).what == "There is no such file."
        return
    monkeypatch.setenv("SHOP", shop.address.replace(quote(PASSWORD, safe=""), "wrong-word"))
    error = refusal(project)
    assert error.what == "The database refuses this name or password."
    assert error.where.endswith(shop.address.rpartition("@")[2])
    monkeypatch.setenv("SHOP", shop.address.partition("@")[0] + "@127.0.0.1:9/shop")
    error = refusal(project)
    assert error.what.startswith("The database cannot be read: ")
    assert "127.0.0.1" in error.what


def engine_of(settings: dict[str, object], directory: Path) -> None:
    Address.of(TableSetting.parse("shop", settings, Path("stamm.toml")), directory).engine()


def test_what_no_setting_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(**more: object) -> str:
        with pytest.raises(StammError) as told:
            engine_of({"table": "orders", **more}, tmp_path)
        assert "secret" not in f"{told.value} {told.value.__cause__!r}"
        return told.value.what

    assert wrong() == "It needs an address of a database, and one alone."
    assert wrong(address="$A", address_file="b") == "It needs an address of a database, and one alone."
    assert wrong(address="$A", tabel="x") == "There is no setting 'tabel' in [database]."
    assert wrong(address="$A", overlap=-1) == "overlap must be a whole number from 0 on."
    assert wrong(address="$UNSET_OF_ALL") == "The environment variable UNSET_OF_ALL is not set."
    assert wrong(address="postgresql://a:secret@b/c") == "A password does not belong into stamm.toml."
    assert wrong(address="mysql://b/c?passwd=secret") == "A password does not belong into stamm.toml."
    monkeypatch.setenv("ODD", "secret")
    assert wrong(address="$ODD") == "The address of the database cannot be read."
    assert wrong(address="oracle+nobody://b/c") == "Nobody here speaks to a database of the kind oracle+nobody."
    assert wrong(address="mssql+pymssql://b/c") == "The driver pymssql is not installed."
    assert wrong(address_file="there-is-none").startswith("The address cannot be read from ")
    (tmp_path / "address").write_text("postgresql://a:secret@b/c\n")
    found = Address.of(TableSetting("shop", "orders", address_file="address"), tmp_path)
    assert (found.shown, "secret" in repr(found)) == ("postgresql://a@b/c", False)


def test_a_mapping_that_is_not_there_is_found_when_settings_are_read(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"mapping 'shop' for \[database.shop\]"):
        project_of(tmp_path / "project", SETTINGS + 'mapping = "shop"\n')


def test_memory_is_flat_however_long_the_table_is(
    server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300,000 wide rows are 150 MB; they come by a cursor of the server."""
    with in_postgres(server) as shop:  # type: ignore[arg-type]
        shop.run("create view orders as select g as id, repeat('x', 500) as note from generate_series(1, 300000) g")
        monkeypatch.setenv("SHOP", shop.address)
        setting = TableSetting("shop", "orders", address="$SHOP")
        with reading(Address.of(setting, tmp_path)) as connection:
            rows = Table.find(connection, setting, "").rows(None)
            pieces = rows.chunks()
            done = next(pieces).rows_read
            before = peak_mb()
            done += sum(piece.rows_read for piece in pieces)
        assert done == 300_000
        assert peak_mb() - before < 40
