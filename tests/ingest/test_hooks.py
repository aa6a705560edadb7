"""Hooks at the door: what is rightly signed is kept byte for byte, once; anything else is refused with its code."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from stamm.ingest import Door, application
from stamm.ingest.hooks import HOOK_BYTES, secrets_in
from stamm.people import open_database
from stamm.sources.hooks import HOOKS
from stamm.store.log import Log, open_log
from tests.sources.test_hooks import MESSAGES, NOW, SECRET, message


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    found = open_log(tmp_path / "log.sqlite")
    yield found
    found.close()


@pytest.fixture
def client(tmp_path: Path, log: Log) -> Iterator[TestClient]:
    now: list[datetime] = [NOW]
    door = Door(
        lambda: open_log(tmp_path / "log.sqlite"), open_database(tmp_path / "people.sqlite"), now=lambda: now[0]
    )
    hooks = secrets_in({f"STAMM_HOOK_{hook.key.upper()}": SECRET for hook in HOOKS} | {"STAMM_HOOK_OTHER": "x"})
    assert sorted(hooks) == sorted(MESSAGES)
    with TestClient(application(door, hooks=hooks), raise_server_exceptions=False) as found:
        yield found


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_what_is_signed_is_kept_once(client: TestClient, log: Log, key: str) -> None:
    body, headers = message(key)
    first = client.post(f"/hooks/{key}", content=body, headers=headers)
    again = client.post(f"/hooks/{key}", content=body, headers=headers)
    assert (first.status_code, first.json()["accepted"]) == (200, 1)
    assert (again.status_code, again.json()["duplicate"]) == (200, 1)
    (entry,) = [stored.entry for stored in log.read()]
    assert (entry.source, entry.message_id, entry.body) == (f"hooks/{key}", MESSAGES[key][2], body)


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_what_is_not_signed_rightly_is_refused_and_not_kept(client: TestClient, log: Log, key: str) -> None:
    body, headers = message(key)
    wrong = client.post(f"/hooks/{key}", content=body + b" ", headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "signature_wrong")
    missing = client.post(f"/hooks/{key}", content=body)
    assert (missing.status_code, missing.json()["code"]) == (401, "signature_missing")
    if MESSAGES[key][3]:
        body, headers = message(key, at=NOW - timedelta(hours=1))
        old = client.post(f"/hooks/{key}", content=body, headers=headers)
        assert (old.status_code, old.json()["code"]) == (401, "signature_old")
    assert log.read() == []


def test_the_log_names_a_hook_and_no_word_of_a_stranger(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("shopify", "anna@example.com"):
        client.post(f"/hooks/{name}", content=b"{}")
    told = [json.loads(line)["place"] for line in capsys.readouterr().err.splitlines()]
    assert told == ["/hooks/shopify", "/hooks/{hook}"]


def test_other_answers_are_defined(client: TestClient, log: Log) -> None:
    _, sign, _, _ = MESSAGES["shopify"]
    for body, status, code in (
        (b"{", 400, "no_json"),
        (b"[1]", 400, "no_object"),
        (b" " * (HOOK_BYTES + 1), 413, "too_large"),
    ):
        answer = client.post("/hooks/shopify", content=body, headers=sign(body, NOW))
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    nobody = client.post("/hooks/elsewhere", content=b"{}")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "no_hook")
    assert client.get("/hooks/shopify").status_code == 405
    assert client.post("/hooks/woocommerce", content=b"webhook_id=3").status_code == 200
    assert log.read() == []


def test_a_hook_without_a_secret_is_closed(tmp_path: Path) -> None:
    door = Door(lambda: open_log(tmp_path / "log.sqlite"), open_database(tmp_path / "people.sqlite"), now=lambda: NOW)
    body, headers = message("stripe")
    with TestClient(application(door), raise_server_exceptions=False) as client:
        assert client.post("/hooks/stripe", content=body, headers=headers).status_code == 404
