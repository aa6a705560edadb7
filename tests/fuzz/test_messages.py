"""Whatever comes over the network: a defined answer, and what was taken in is read, or kept with a reason.

With the tests of files, in two processes, two minutes.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import strategies as st
from starlette.requests import Request

from stamm.app.projecting.deliveries import reason_of
from stamm.app.settings import read_settings, settings_text
from stamm.facts import imported
from stamm.ingest import messages
from stamm.ingest.bodies import Bodies
from stamm.ingest.refusals import BATCH_BYTES, REQUESTS, Refusal
from stamm.lang.errors import StammError
from stamm.lang.organisation import Organisation
from stamm.sources.hooks import HOOKS, Delivery
from stamm.sources.segment import SEMANTICS, read
from stamm.sources.segment.message import TYPES, Arrival
from stamm.sources.segment.problem import MEANINGS
from stamm.store.log import Entry
from tests.fuzz.spoiling import PIECES, SECONDS, for_seconds, other_bytes, spoilt_json
from tests.sources.recorded import BERLIN
from tests.sources.test_hooks import MESSAGES, SECRET
from tools.mappings import MAPPING

NOW = datetime(2024, 2, 20, 12, tzinfo=UTC)
Check = Callable[[bytes], None]

_TRACK = {"type": "track", "messageId": "m", "userId": "anna", "timestamp": "2024-02-01T10:00:00Z"}
CALLS = [
    *(
        {**_TRACK, "event": each.names[0], "properties": dict(example.properties)}
        for each in SEMANTICS
        for example in each.examples
    ),
    {
        "type": "identify",
        "anonymousId": "d",
        "userId": "anna",
        "traits": {"email": "a@b.de", "createdAt": "2024-01-01"},
    },
    {"type": "alias", "previousId": "a", "userId": "anna"},
    {"type": "group", "groupId": "g", "userId": "anna", "traits": {"name": "G"}, "context": {"ip": "::1"}},
    {
        "event": "$pageview",
        "distinct_id": "anna",
        "uuid": "u",
        "properties": {"$current_url": "http://a/?utm_source=b"},
    },
    {
        "event": "$identify",
        "properties": {"distinct_id": "anna", "$anon_distinct_id": "d", "$set": {"email": "a@b.de"}},
    },
    {"event": "$create_alias", "distinct_id": "anna", "properties": {"alias": "b", "distinct_id": "anna"}},
]
EVENTS = [json.dumps(call, default=float).encode() for call in CALLS]
BATCHES = [
    json.dumps(
        {"batch": CALLS[start : start + 3], "context": {"ip": "::1"}, "sentAt": "2024-02-01T10:00:00Z"}, default=float
    ).encode()
    for start in range(0, len(CALLS), 3)
]


def check_event(body: bytes) -> None:
    """One message on its way into the lake: rows that a fact can hold, the same each time, or a reason."""
    arrival = Arrival("web", "m", NOW, None)
    found = read(body, arrival, "EUR")
    assert read(body, arrival, "EUR").rows == found.rows
    if found.problem is not None:
        assert found.problem.code in MEANINGS
        assert not found.rows
    for row in found.rows:
        schema = imported()[row.fact].schema()
        assert set(imported()[row.fact].key_columns) <= set(row.values)
        for name, value in row.values.items():
            assert pa.array([value], schema.field(name).type)[0].as_py() == value


def check_body(body: bytes) -> None:
    """A request at the door: refused as a whole, or each event an entry of the log that can be read on."""
    for reading in (messages.Request.of_batch, messages.Request.of_event, of_type(body)):
        try:
            told = reading(body)
        except Refusal as refusal:
            assert REQUESTS[refusal.code][0] == 400  # noqa: PT017
            continue
        for entry in told.entries("web", NOW):
            if entry.reason:
                assert entry.reason.partition(":")[0] in MEANINGS
            else:
                assert 0 < len(entry.message_id) <= messages.ID_LENGTH
                assert b"writeKey" not in entry.body or b"writeKey" in body
            assert entry.key
            check_event(entry.body)


def of_type(body: bytes) -> Callable[[bytes], messages.Request]:
    type_ = TYPES[len(body) % len(TYPES)]
    return lambda given: messages.Request.of_event(given, type_)


def check_packed(body: bytes) -> None:
    """A body that says it is packed: unpacked as the standard library does, or refused, and its place given back."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def unpack() -> bytes:
        bodies = Bodies()
        with bodies.receiving() as held:
            return await held.read(request, BATCH_BYTES)

    request = Request({"type": "http", "headers": [(b"content-encoding", b"gzip")]}, receive)
    try:
        found = asyncio.run(unpack())
    except Refusal as refusal:
        assert refusal.code in ("no_gzip", "too_large")  # noqa: PT017
        return
    assert len(found) <= BATCH_BYTES
    assert not body or found == gzip.decompress(body)


def check_hook(key: str) -> Check:
    """A message of another system, rightly signed: refused, or all in it counted; what is kept is read again."""
    sign = MESSAGES[key][1]

    def check(body: bytes) -> None:
        found = HOOKS[key]().receive(sign(body, NOW), body, SECRET, now=NOW, organisation=BERLIN)
        if isinstance(found, Delivery):
            assert found.message_id or HOOKS[key]().tests_the_line(body)
            for chunk in found.chunks:
                chunk.table.validate(full=True)
                assert chunk.rows_read == chunk.table.num_rows + len(chunk.rejects) + chunk.left_out
        entry = Entry(f"hooks/{key}", "m", body, NOW)
        reason_of(entry, BERLIN).encode()

    return check


def check_settings(text: bytes) -> None:
    """What somebody wrote into stamm.toml: understood, or refused with the place."""
    try:
        read_settings(text.decode("utf-8", "replace"), Path("shop/stamm.toml"))
    except StammError as error:
        assert error.where  # noqa: PT017


def hook_bodies(key: str) -> st.SearchStrategy[bytes]:
    folder = Path(str(__import__(HOOKS[key].__module__, fromlist=["x"]).__file__)).parent / "recorded"
    kept = [path.read_bytes() for path in folder.glob("*.ndjson")]
    lines = [line for content in kept for line in content.splitlines()]
    return spoilt_json([json.dumps(MESSAGES[key][0], ensure_ascii=False).encode(), *lines])


TOMLS = [
    settings_text(Organisation(currency="EUR", zone="Europe/Berlin", reasons={"en": "x"})).encode(),
    MAPPING.encode(),
    b'[metrics.gift_share]\nen = "Gifts"\nde = "Geschenke"\n[coverage]\norders = "2024-01-01/2024-12-31"\n',
]
#: what is read, how it is spoilt, and what has to hold
PARSERS: dict[str, tuple[st.SearchStrategy[bytes], Check]] = {
    "events": (spoilt_json(EVENTS), check_event),
    "bodies": (spoilt_json([*BATCHES, *EVENTS]), check_body),
    "packed": (
        st.one_of(
            other_bytes([gzip.compress(body) for body in BATCHES]),
            st.lists(st.sampled_from([gzip.compress(b"[1]"), gzip.compress(b""), b"\0", b"\x1f\x8b"])).map(b"".join),
        ),
        check_packed,
    ),
    "settings": (
        other_bytes(TOMLS, (*PIECES, b"[[", b"]]", b"''", b"1979-05-27", b"inf", b"0x", b"[mapping]")),
        check_settings,
    ),
    **{f"hook of {key}": (hook_bodies(key), check_hook(key)) for key in sorted(HOOKS.keys())},
}


@pytest.mark.parametrize("name", PARSERS)
def test_anything_has_a_defined_answer(name: str) -> None:
    for_seconds(0.1, *PARSERS[name], turns=15)


@pytest.mark.long
@pytest.mark.parametrize("name", PARSERS)
def test_anything_has_a_defined_answer_for_a_while(name: str) -> None:
    assert for_seconds(SECONDS / len(PARSERS), *PARSERS[name]) > 200


def test_the_settings_that_are_spoilt_are_sound() -> None:
    for text in TOMLS[:2]:
        assert tomllib.loads(text.decode())
