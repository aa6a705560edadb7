"""The page of the reference on taking events in over HTTP, written from what the server does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from stamm.ingest.admission import FRESH_SECONDS
from stamm.ingest.application import places
from stamm.ingest.openapi import document
from stamm.ingest.refusals import BATCH_BYTES, BATCH_EVENTS, EVENT_BYTES, REQUESTS, SHARED_BYTES
from stamm.people.rates import BURST_SECONDS

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]


def page(table: Table) -> str:
    """The page."""
    said: dict[str, list[str]] = {}
    for place in places({}):
        said.setdefault(place.says, []).append(f"`{place.method} {place.path}`")
    return "\n".join(
        (
            "# Events over HTTP\n",
            "`stamm serve` takes events in: JSON, plain or with `Content-Encoding: gzip`.\n",
            table(("address", "it"), ((", ".join(several), says) for says, several in said.items())),
            "With every shape and code, for programs: [openapi.json](openapi.json), as the server tells it, too.\n",
            "The key is the user name of Basic authentication, a Bearer token, or stands in the body as `writeKey` or",
            f"`api_key`. A revoked key is refused within {FRESH_SECONDS:g} seconds.\n",
            "## Answers\n",
            "200 means that everything is on the disk: `accepted` events are new, `duplicate` ones had come before",
            "(the same source and `messageId`, ever; the first body stays), `failed` ones cannot be understood and",
            "are kept with the reason. `errors` names those by `index`, `messageId`, `code` and `message`; the",
            "[codes](tracking.md) are those of tracking calls. A single event that failed is answered with 400.\n",
            "Any other answer has `code` and `message`, and nothing of the request is acknowledged:\n",
            table(("status", "code", "message"), ((s, f"`{code}`", text) for code, (s, text) in REQUESTS.items())),
            "429 and 503 carry `Retry-After` in seconds. What was not acknowledged may be sent again, however often.\n",
            "## Limits\n",
            table(
                ("what", "at most"),
                (
                    ("one event", f"{EVENT_BYTES:,} bytes"),
                    ("one batch, also decompressed", f"{BATCH_BYTES:,} bytes, {BATCH_EVENTS:,} events"),
                    ("what a batch says of all its events, in each of them", f"{SHARED_BYTES:,} bytes together"),
                    ("events of a key", f"its rate; {BURST_SECONDS:g} seconds of it at once"),
                ),
            ),
            "An event without `messageId` (or PostHog's `uuid`) is known by its content where it has a `timestamp`;",
            "without that, too, it is a new one each time it is sent.\n",
        )
    )


def description() -> str:
    """The same for programs, as the server tells it."""
    return json.dumps(document(places({})), indent=1, ensure_ascii=False) + "\n"
