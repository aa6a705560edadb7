"""The door when it is killed, when the disk fails and when the database is away: nothing acknowledged is lost."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import subprocess
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from stamm.people import Scope, create_key, open_database
from tests.engines.postgres.server import Server as Postgres
from tests.faults.serving import free_port, log_of, started
from tests.ingest.server import Server

NOW = datetime(2024, 2, 1, 12, tzinfo=UTC)
Told = tuple[int, dict[str, Any], str]


def event(message_id: str, **said: object) -> dict[str, object]:
    return {"type": "track", "messageId": message_id, "userId": "anna", "event": "x", **said}


def key_in(folder: Path) -> str:
    people = open_database(folder / "stamm.sqlite")
    key, _ = create_key(people, "shop", Scope.WRITE, who="test", now=NOW, per_second=1_000_000)
    people.close()
    return key


def post(port: int, key: str, *events: dict[str, object]) -> Told:
    """Status and answer of a batch, and when to try again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        body = json.dumps({"batch": events}).encode()
        connection.request("POST", "/v1/batch", body, {"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()), answer.headers.get("Retry-After", "")
    finally:
        connection.close()


def until(status: int, port: int, key: str, *events: dict[str, object], seconds: float = 30) -> Told:
    """The first answer of that status; the batch is sent again and again."""
    end = time.monotonic() + seconds
    while True:
        assert time.monotonic() < end
        try:
            found = post(port, key, *events)
        except (OSError, http.client.HTTPException, ValueError):
            time.sleep(0.02)  # it is starting
            continue
        if found[0] == status:
            return found
        time.sleep(0.02)


# -- kill ----------------------------------------------------------------------------------------------------
@pytest.mark.long
def test_killed_fifty_times_under_load(tmp_path: Path) -> None:
    """Several senders repeat each batch until it is acknowledged: what is new, what has come before, what is none."""
    key, port = key_in(tmp_path), free_port()
    acknowledged: dict[str, list[dict[str, object]]] = {name: [] for name in "abcd"}
    ending = threading.Event()
    faults: list[str] = []

    def send(name: str) -> None:
        number = 0
        while not ending.is_set():
            batch = [event(f"{name}-{number}-{each}", n=number) for each in range(4)]
            batch += [
                event(f"{name}-{number - 1}-0", n=number - 1),
                event(f"{name}-{number}-none", userId="", n=number),
            ]
            try:
                status, told, _ = post(port, key, *batch)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.01)
                continue
            if status != 200 or told["accepted"] + told["duplicate"] + told["failed"] != len(batch):
                faults.append(f"{status} {told}")
            acknowledged[name] += batch
            number += 1

    senders = [threading.Thread(target=send, args=(name,)) for name in acknowledged]
    process = started(tmp_path, port)
    for sender in senders:
        sender.start()
    chance = Random(1)
    for _ in range(50):
        time.sleep(chance.uniform(0.02, 0.5))
        process.kill()
        process.join(30)
        assert process.exitcode == -signal.SIGKILL
        process = started(tmp_path, port)
    until(200, port, key, event("last"))
    ending.set()
    for sender in senders:
        sender.join()
    process.kill()
    process.join(30)
    log = log_of(tmp_path)
    kept = [stored.entry.message_id for stored in log.read(limit=10**7)]
    aside = [failed.entry.message_id for failed in log.failures(limit=10**7)]
    counted = log.counters()["shop"]
    log.close()
    said = [one for batch in acknowledged.values() for one in batch]
    assert faults == []
    assert len(kept) == len(set(kept)), "each counts once"
    assert len(aside) == len(set(aside))
    assert {str(one["messageId"]) for one in said if one["userId"]} <= set(kept)
    assert {str(one["messageId"]) for one in said if not one["userId"]} <= set(aside)
    assert (counted.accepted, counted.failed, counted.conflict) == (len(kept), len(aside), 0)
    assert counted.received == counted.accepted + counted.duplicate + counted.failed >= len(said)
    assert len(said) > 1_000


# -- a disk that fails ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("fdatasync,fsync", "EIO"),
        ("fdatasync,fsync", "ENOSPC"),
        ("pwrite64", "EIO"),
        ("pwrite64,write", "ENOSPC"),  # so that the server cannot even write that it cannot
    ],
)
def test_a_disk_that_fails_is_answered_and_passes(tmp_path: Path, call: str, error: str) -> None:
    if shutil.which("strace") is None:
        pytest.skip("there is no strace; `make system` installs it")
    key, port = key_in(tmp_path), free_port()
    process = started(tmp_path, port)
    assert until(200, port, key, event("m0"))[1]["accepted"] == 1
    failing = ["strace", "-f", "-p", str(process.pid), "-o", "/dev/null", "-e", f"trace={call}"]
    strace = subprocess.Popen([*failing, "-e", f"inject={call}:error={error}"], stderr=subprocess.PIPE, text=True)
    assert strace.stderr is not None
    assert "attached" in strace.stderr.readline()
    status, told, later = post(port, key, event("m1"))
    assert (status, told["code"], later) == (503, "not_stored", "5")
    assert post(port, key, event("m0"))[0] == 503, "also what is there already: nothing new can be promised"
    strace.send_signal(signal.SIGINT)
    strace.communicate(timeout=30)
    again = until(200, port, key, event("m1"), event("m2"))[1]
    assert again["accepted"] + again["duplicate"] == 2
    process.kill()
    process.join(30)
    log = log_of(tmp_path)
    assert [stored.entry.message_id for stored in log.read()] == ["m0", "m1", "m2"]
    counted = log.counters()["shop"]
    log.close()
    assert counted.received == counted.accepted + counted.duplicate + counted.failed


# -- a database that is away ---------------------------------------------------------------------------------
@pytest.mark.long
def test_a_database_that_is_away_is_answered_and_comes_back(
    tmp_path: Path, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server.database() as database:
        monkeypatch.setenv("STAMM_DATABASE", database.address())
        shop = Server.of_new_project(tmp_path).start()
        try:
            assert post(shop.port, shop.key, event("m0"))[1]["accepted"] == 1
            with database.away():
                for _ in range(2):
                    status, told, later = post(shop.port, shop.key, event("m1"))
                    assert (status, told["code"], later) == (503, "not_stored", "5")
                    time.sleep(0.3)
            told = until(200, shop.port, shop.key, event("m1"))[1]
            assert told["accepted"] == 1
            assert shop.ids() == ["m0", "m1"]
        finally:
            shop.end(signal.SIGKILL)
