"""A server as it runs: slow and broken connections, large bodies, a full disk, and its end."""

from __future__ import annotations

import gzip
import http.client
import json
import resource
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.ingest.server import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server.of_new_project(tmp_path).start()
    yield found
    found.end(signal.SIGKILL)


def event(message_id: str) -> dict[str, object]:
    return {"type": "track", "messageId": message_id, "userId": "anna", "event": "x"}


def ask(server: Server, body: bytes, **headers: str) -> tuple[int, dict[str, Any], str]:
    """Status and answer of a batch, and when to try again."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", "/v1/batch", body, {"Authorization": f"Bearer {server.key}", **headers})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return answer.status, told, answer.headers.get("Retry-After", "")


def most_memory(server: Server) -> int:
    """The most memory that the process ever held, in MB."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


@pytest.mark.long
def test_whatever_comes_others_are_served(server: Server) -> None:
    assert server.post([event("m0")])["accepted"] == 1
    at_first = most_memory(server)
    half_open = []
    for number in range(500):
        half_open.append(socket.create_connection(("127.0.0.1", server.port)))
        half_open[-1].send((b"", b"POST /v1/ba", b"POST /v1/batch HTTP/1.1\r\nContent-Le")[number % 3])
    endless = socket.create_connection(("127.0.0.1", server.port))
    endless.sendall(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000)
    assert endless.recv(100) == b"", "a head without end"
    assert server.post([event("m1")])["accepted"] == 1
    bomb = gzip.compress(b"[" * 100_000_000)
    for _ in range(4):
        assert ask(server, bomb, **{"Content-Encoding": "gzip"})[0] == 413
    huge = socket.create_connection(("127.0.0.1", server.port))
    huge.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n")
    assert b" 413 " in huge.recv(1_000)
    assert most_memory(server) - at_first < 60
    deadline = time.monotonic() + 40
    for one in half_open:
        one.settimeout(max(0.1, deadline - time.monotonic()))
        assert one.recv(100) == b"", "who says nothing is not waited for"
        one.close()
    endless.close()
    huge.close()
    log = (server.project.directory / "server.log").read_text()
    assert "Traceback" not in log


def test_a_full_disk_is_answered_and_passes(server: Server) -> None:
    """The kernel refuses to let any file of the process grow; then it does not any more."""
    assert server.process is not None
    assert server.post([event("m0")])["accepted"] == 1
    files = (server.project.log_file, server.project.log_file.with_name("log.sqlite-wal"))
    full = max(file.stat().st_size for file in files)
    _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (full, most))
    batch = json.dumps({"batch": [{**event(f"n{n}"), "properties": {"x": "y" * 2_000}} for n in range(100)]}).encode()
    status, told, later = ask(server, batch)
    assert (status, told["code"], later) == (503, "not_stored", "5")
    ready = http.client.HTTPConnection("127.0.0.1", server.port)
    ready.request("GET", "/healthz")
    assert ready.getresponse().read() == b"alive\n"
    assert server.ids() == ["m0"]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, most))
    assert ask(server, batch)[1]["accepted"] == 100
    ready.request("GET", "/readyz")
    assert ready.getresponse().read() == b"ready\n"
    ready.close()
    assert len(server.ids()) == 101
    assert "Stopped" in server.end()


@pytest.mark.long
def test_killed_under_load_nothing_acknowledged_is_lost_or_doubled(server: Server) -> None:
    """Several senders repeat each event until it is acknowledged; the server is killed at random and started again."""
    acknowledged: list[str] = []
    ending = threading.Event()

    def send(name: str) -> None:
        number = 0
        while not ending.is_set():
            batch = [event(f"{name}-{number}-{each}") for each in range(5)]
            try:
                server.post(batch)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)
                continue
            acknowledged.extend(str(one["messageId"]) for one in batch)
            number += 1

    senders = [threading.Thread(target=send, args=(str(number),)) for number in range(4)]
    for sender in senders:
        sender.start()
    chance = Random(1)
    for _ in range(4):  # fifty times in tests/faults, where the door starts at once
        time.sleep(chance.uniform(0.05, 0.8))
        server.end(signal.SIGKILL)
        server.start()
    time.sleep(1)
    ending.set()
    for sender in senders:
        sender.join()
    kept = server.ids()
    assert len(kept) == len(set(kept)), "each counts once"
    assert set(acknowledged) <= set(kept)
    assert len(acknowledged) > 200
    assert server.counters().accepted == len(kept)
