"""The clients that shops have already, unchanged: all that they send counts once, however often they send it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.server import LATER, Server
from tests.thorough import one_in

EVENTS = 1_000
NODE = Path(sys.prefix) / "node" / "node_modules"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server.of_new_project(tmp_path).start()
    yield found
    found.end()


@pytest.fixture(scope="module")
def node() -> str:
    """The program that runs Segment's client for Node."""
    found = shutil.which("node")
    if found is None or not NODE.is_dir():
        pytest.skip("there is no client for Node; `make system` installs Node and npm, and `make test` the client")
    return found


def by_segment(server: Server, ids: list[str], *, gzip: bool) -> None:
    from segment.analytics.client import Client  # noqa: PLC0415 - logs and threads of its own

    failed: list[Any] = []
    client = Client(server.key, host=server.address, gzip=gzip, on_error=lambda *told: failed.append(told), timeout=30)
    for number, message_id in enumerate(ids):
        who = f"customer {number % 50}"
        if number % 10 == 0:
            client.identify(who, {"email": f"{number % 50}@example.com"}, message_id=message_id)
        elif number % 10 == 1:
            client.page(who, "shop", "home", {"url": "https://shop.example/"}, message_id=message_id)
        else:
            client.track(who, "Order Completed", {"order_id": str(number), "revenue": 19.99}, message_id=message_id)
    client.flush()
    client.join()
    assert failed == []


def by_posthog(server: Server, ids: list[str], *, gzip: bool) -> None:
    from posthog import Posthog  # noqa: PLC0415 - logs and threads of its own

    failed: list[Any] = []
    client = Posthog(server.key, host=server.address, gzip=gzip, on_error=lambda *told: failed.append(told))
    for number, message_id in enumerate(ids):
        who, properties = f"customer {number % 50}", {"n": number}
        client.capture("Video Watched", distinct_id=who, properties=properties, uuid=message_id)
    client.shutdown()
    assert failed == []


def by_node(server: Server, ids: list[str], node: str) -> None:
    asked = json.dumps({"host": server.address, "key": server.key, "ids": ids})
    program = Path(__file__).parent / "node" / "send.js"
    done = subprocess.run(
        [node, str(program)],
        check=False,
        input=asked,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "NODE_PATH": str(NODE)},
    )
    assert (done.returncode, done.stderr) == (0, "")


def numbered(clients: int) -> list[str]:
    return [str(uuid.UUID(int=number + 2**100)) for number in range(clients * EVENTS)]


def all_send(server: Server, ids: list[str], node: str, *, gzip: bool = True) -> None:
    by_segment(server, ids[:EVENTS], gzip=gzip)
    by_posthog(server, ids[EVENTS : 2 * EVENTS], gzip=not gzip)
    by_node(server, ids[2 * EVENTS :], node)


def all_counts_once(server: Server, node: str, gzip: bool) -> None:
    """All send, the server starts again, all send the same again."""
    ids = numbered(3)
    for _ in range(2):
        all_send(server, ids, node, gzip=gzip)
        assert server.ids() == ids
        server.end()
        server.start()
    found = server.counters()
    assert (found.received, found.accepted, found.failed) == (6 * EVENTS, 3 * EVENTS, 0)


@pytest.mark.long
@pytest.mark.parametrize("gzip", one_in(2, (True, False)))
def test_all_is_counted_once_also_after_a_restart(server: Server, node: str, gzip: bool) -> None:
    all_counts_once(server, node, gzip=gzip)


@pytest.mark.long
def test_forty_days_later_it_is_still_the_same(server: Server, node: str) -> None:
    """Everything is a fact by then and gone from the log; a server and a worker whose clocks have moved know it."""
    if not LATER:
        pytest.skip("there is no faketime; `make system` installs it")
    ids = numbered(3)
    all_send(server, ids, node)
    server.work()
    first = server.rows()
    assert first == {"customers": 5, "events": 2 * EVENTS // 10 + EVENTS, "orders": 2 * 8 * EVENTS // 10}
    assert server.ids() == []
    server.end()
    server.start(days_later=40)
    all_send(server, ids, node)
    assert server.ids() == []
    found = server.counters()
    assert (found.received, found.accepted, found.failed) == (6 * EVENTS, 3 * EVENTS, 0)
    # the clock has moved, and what is new is taken in
    assert server.post([{"type": "page", "userId": "anna", "messageId": "new"}])["accepted"] == 1
    log = server.project.log()
    (new,) = log.read()
    log.close()
    assert new.entry.received_at > datetime.now(UTC) + timedelta(days=39)
    server.work(days_later=40)
    assert server.rows() == {**first, "events": first["events"] + 1}
