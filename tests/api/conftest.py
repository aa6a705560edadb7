"""A small simulated shop with facts of every kind, and a client with each sort of token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from stamm import api
from stamm.app.desk import Desk
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.people import Scope, create_key

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
SPAN = ("--from", "2024-01-01", "--to", "2024-05-01")


def run(*words: object) -> str:
    """A command line; what it prints."""
    result = CliRunner().invoke(cli, [str(word) for word in words], prog_name="stamm")
    assert result.exit_code == 0, result.output
    return result.stdout


@dataclass
class Asking:
    """A client of /api/v1, and tokens of each scope."""

    folder: Path
    client: TestClient
    tokens: dict[Scope, str]
    told: list[dict[str, Any]]

    def get(self, place: str, scope: Scope | None = Scope.READ, /, **more: Any) -> Any:
        """Ask, with a token of that scope; the response."""
        headers = {**({"Authorization": f"Bearer {self.tokens[scope]}"} if scope else {}), **more.pop("headers", {})}
        return self.client.get(f"/api/v1{place}", headers=headers, **more)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of 60 customers with facts of every kind."""
    folder = tmp_path_factory.mktemp("api") / "shop"
    run("init", folder, "--time-zone", "Europe/Berlin", "--currency", "EUR", "--history", "complete")
    run("simulate", "--customers", 60, *SPAN, "--seed", 7, "--project", folder)
    return folder


@pytest.fixture(scope="session")
def asking(simulated: Path) -> Iterator[Asking]:
    """A client of the simulated shop."""
    yield from client_of(simulated)


def client_of(folder: Path, **limits: Any) -> Iterator[Asking]:
    project = Project.open(folder)
    people = project.people()
    tokens = {
        scope: create_key(people, scope.value, scope, who="anna", now=NOON, per_second=10_000)[0] for scope in Scope
    }
    people.close()
    told: list[dict[str, Any]] = []
    # a machine that does other things as well is waited for
    at, readers = api.Turns(Desk(folder), **{"seconds": 600.0, **limits}), api.Readers(project.people())
    application = api.application(at, readers, tell=lambda what, **about: told.append({"what": what, **about}))
    with TestClient(application, raise_server_exceptions=False) as client:
        yield Asking(folder, client, tokens, told)
