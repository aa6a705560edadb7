"""The description of the door: it names every address, and the server answers as it says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.routing import Route

from stamm.ingest.finding import Addresses
from stamm.people import Scope, create_key
from stamm.sources.hooks import HOOKS
from tests.ingest.conftest import Shop
from tests.ingest.server import Server

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for hook in HOOKS:
        monkeypatch.setenv(f"STAMM_HOOK_{hook.key.upper()}", "secret")
    found = Server.of_new_project(tmp_path).start()
    yield found
    found.end()


def test_every_address_is_described_as_the_server_tells_it(shop: Shop) -> None:
    told = shop.client.get("/openapi.json").json()
    assert told == json.loads(PUBLISHED.read_text("utf-8"))
    routes = {
        (route.path, method.lower())
        for each in shop.client.app.routes  # type: ignore[attr-defined] - Starlette's
        for route in (each.routes.values() if isinstance(each, Addresses) else [each])
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    described = {(path, method) for path, place in told["paths"].items() for method in place}
    assert described == {(path, method) for path, method in routes if method != "head"}
    assert ("/hooks/{hook}", "post") in described
    for place in told["paths"].values():
        for operation in place.values():
            assert operation["summary"].endswith(".")


def check(server: Server, key: str, *words: str) -> str:
    """What schemathesis finds where it writes as the description says, and otherwise."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.address}/openapi.json", "--no-color"]
    # the door keeps what it cannot understand, too: that it takes more than is described is meant
    words = ("--exclude-checks", "negative_data_rejection", "--seed", "1", *words)
    done = subprocess.run(
        [*command, "-H", f"Authorization: Bearer {key}", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
        cwd=server.project.directory,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in (server.project.directory / "server.log").read_text()
    counted = server.counters()
    assert counted.received == counted.accepted + counted.duplicate + counted.failed
    return done.stdout


@pytest.mark.long
def test_answers_are_as_described(server: Server) -> None:
    some = "^/(v1/(track|page|batch)|capture/|hooks/.hook.|metrics|readyz)$"
    assert " passed" in check(server, server.key, "--phases", "fuzzing", "-n", "8", "--include-path-regex", some)
    assert server.counters().accepted > 10


@pytest.mark.long
def test_many_answers_are_as_described(server: Server) -> None:
    people = server.project.people()
    read, _ = create_key(people, "reader", Scope.READ, who="test", now=datetime.now(UTC))
    people.close()
    others = ("--exclude-path-regex", "^/v1/.$|^/batch/$|^/capture$")  # who answers there answers elsewhere, too
    assert " passed" in check(server, server.key, "--phases", "coverage,fuzzing", "-n", "15", *others)
    for key in (read, "stamm_w_none"):
        assert " passed" in check(server, key, "--phases", "fuzzing", "-n", "2")
