"""The clients that shops have already, unchanged: all that they send counts once, however often they send it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.server import Server

EVENTS = 1_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server.of_new_project(tmp_path).start()
    yield found
    found.end()


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
        client.capture("Order Completed", distinct_id=who, properties=properties, uuid=message_id)
    client.shutdown()
    assert failed == []


def all_counts_once(server: Server, gzip: bool) -> None:
    """Both send, the server starts again, both send the same again."""
    ids = [str(uuid.UUID(int=number + 2**100)) for number in range(2 * EVENTS)]
    for _ in range(2):
        by_segment(server, ids[:EVENTS], gzip=gzip)
        by_posthog(server, ids[EVENTS:], gzip=not gzip)
        assert server.ids() == ids
        server.end()
        server.start()
    found = server.counters()
    assert (found.received, found.accepted, found.failed) == (4 * EVENTS, 2 * EVENTS, 0)


def test_all_is_counted_once_also_after_a_restart(server: Server) -> None:
    all_counts_once(server, gzip=True)


@pytest.mark.long
def test_the_same_otherwise_compressed(server: Server) -> None:
    all_counts_once(server, gzip=False)
