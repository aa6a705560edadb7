"""One project for all tests of pages: this process serves it, since a process serves one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stamm.app.framework import set_up
from stamm.app.project import Project
from stamm.cli.main import cli
from tests.reports import shops

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD = "drei Kannen Tee"


def written(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as CSV."""
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Half a year of orders of 120 customers, and Django set up for it.

    Every seventh customer stops on 10 April; those are from Austria, the others by turns from Germany and Switzerland.
    """
    place = tmp_path_factory.mktemp("served")
    written(place / "orders.csv", shops.orders(120))
    written(
        place / "customers.csv",
        [
            {
                "customer_id": f"c{number}",
                "valid_from": "2024-01-01",
                "country": "AT" if number % 7 == 0 else ("DE", "CH")[number % 2],
                "city": f"Dorf {number}",
            }
            for number in range(120)
        ],
    )
    steps = (
        ("init", place / "shop", "--name", "Lindenhof Kaffee", "--time-zone", "UTC", "--currency", "EUR"),
        ("import", place / "orders.csv", "--project", place / "shop"),
        ("import", place / "customers.csv", "--project", place / "shop"),
    )
    for words in steps:
        result = CliRunner().invoke(cli, [str(word) for word in words])
        assert result.exit_code == 0, result.output
    project = Project.open(place / "shop")
    set_up(project)
    from django.conf import settings

    # slow by design, and no test is about that
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return project


@pytest.fixture(autouse=True)
def nobody_left(project: Project) -> Iterator[None]:
    """Each test begins without people, and with nobody slowed."""
    yield
    from django.core.cache import cache

    from stamm.people.models import Person

    Person.objects.all().delete()
    cache.clear()


@pytest.fixture
def person(project: Project) -> Callable[..., Any]:
    """Makes somebody of a role; with a password where it is given."""
    from stamm.people.accounts import invite
    from stamm.people.roles import Role

    def make(role: str = "owner", email: str = "", password: str = "") -> Any:
        made = invite(email or f"{role}@example.com", Role(role), who="test", now=NOON)
        if password:
            made.set_password(password)
            made.save()
        return made

    return make


@pytest.fixture
def client(project: Project) -> Any:
    """A browser that is signed out."""
    from django.test import Client

    return Client(SERVER_NAME="localhost")


@pytest.fixture
def signed_in(person: Callable[..., Any]) -> Callable[..., Any]:
    """A browser in which somebody of a role is signed in."""
    from django.test import Client

    def make(role: str = "owner") -> Any:
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(person(role, password=PASSWORD))
        return browser

    return make
