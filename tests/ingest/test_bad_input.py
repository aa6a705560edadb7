"""Whatever is sent: a defined answer, nothing kept by halves, and no more memory than a body may have."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamm.ingest import bodies, messages
from stamm.ingest.refusals import BATCH_BYTES, EVENT_BYTES
from stamm.ingest.splitting import split_batch
from tests.ingest.conftest import Shop

EVENT = b'{"type":"track","messageId":"m1","userId":"anna","event":"Signed Up"}'


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "no_json")),
        (b"hello", (400, "no_json")),
        (b"[]", (400, "no_events")),
        (b"{}", (400, "no_events")),
        (b'{"batch":{}}', (400, "no_events")),
        (b'{"batch":[', (400, "no_json")),
        (b'{"batch":[{"a":"\\', (400, "no_json")),
        (b'{"batch":["' + b'\\"' * 100_000, (400, "no_json")),
        (b"[" * 400_000, (400, "no_events")),
        (b'{"a":' + b"[" * 400_000, (400, "no_json")),
        (b'{"a":NaN,"batch":[]}', (400, "no_json")),
        (b'{"a":"\xff","batch":[]}', (400, "no_json")),
        (b'{"batch":[]}', (200, "")),
        (b'\xef\xbb\xbf{"batch":[]}', (400, "no_json")),
    ],
    ids=range(14),
)
def test_a_body_that_is_no_batch(shop: Shop, body: bytes, expected: tuple[int, str]) -> None:
    assert told(shop.send("/v1/batch", body)) == expected
    assert shop.entries() == []


@pytest.mark.parametrize("place", ["/v1/track", "/v1/batch", "/capture/"])
@given(body=st.binary(max_size=60) | st.text('[]{},:"\\ batchN1e9\ud800', max_size=60))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_have_an_answer(shop: Shop, place: str, body: bytes | str) -> None:
    content = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    answer = shop.send(place, content)
    assert answer.status_code in (200, 400)
    assert answer.json()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.lists(_VALUES, max_size=5), st.dictionaries(st.text(max_size=3), _VALUES, max_size=2), st.booleans())
def test_a_batch_is_split_as_a_parser_would(events: list[Any], beside: dict[str, Any], pretty: bool) -> None:
    body = json.dumps({**beside, "batch": events, "z": [1, {"batch": [5]}]}, indent=2 if pretty else None).encode()
    found = split_batch(body)
    assert found is not None
    pieces, rest = found
    assert repr([json.loads(piece) for piece in pieces]) == repr(events)
    assert json.loads(rest)["batch"] == []


# -- limits --------------------------------------------------------------------------------------------------
def test_what_is_too_large_is_refused(shop: Shop) -> None:
    assert told(shop.send("/v1/track", b" " * EVENT_BYTES + EVENT)) == (413, "too_large")
    assert told(shop.send("/v1/batch", b" " * BATCH_BYTES + b'{"batch":[]}')) == (413, "too_large")
    assert told(shop.send("/v1/batch", b" " * (BATCH_BYTES - 12) + b'{"batch":[]}')) == (200, "")


def test_a_body_of_untold_length_is_refused_when_it_has_become_too_large(shop: Shop) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 64_000
            yield b" " * 64_000

    answer = shop.client.post("/v1/batch", content=endless(), headers={"Authorization": f"Bearer {shop.write}"})
    assert told(answer) == (413, "too_large")


def test_compressed_bodies(shop: Shop) -> None:
    zipped = {"Content-Encoding": "gzip"}
    batch = b'{"batch":[' + EVENT + b"]}"
    assert shop.send("/v1/batch", gzip.compress(batch), **zipped).json()["accepted"] == 1
    in_two = gzip.compress(batch[:20]) + gzip.compress(batch[20:])
    assert shop.send("/v1/batch", in_two, **zipped).json()["duplicate"] == 1
    bomb = gzip.compress(b"[" * 50_000_000)
    assert len(bomb) < BATCH_BYTES
    assert told(shop.send("/v1/batch", bomb, **zipped)) == (413, "too_large")
    assert told(shop.send("/v1/batch", gzip.compress(batch)[:-4], **zipped)) == (400, "no_gzip")
    assert told(shop.send("/v1/batch", batch, **zipped)) == (400, "no_gzip")
    assert told(shop.send("/v1/batch", batch, **{"Content-Encoding": "br"})) == (415, "unknown_encoding")
    assert told(shop.send("/v1/batch", b"", **zipped)) == (400, "no_json")


def test_all_bodies_together_have_a_limit(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_BYTES", 10_000)
    answer = shop.send("/v1/batch", b" " * 10_000 + b'{"batch":[]}')
    assert told(answer) == (503, "overloaded")
    assert answer.headers["Retry-After"] == "1"
    for _ in range(3):
        assert told(shop.send("/v1/batch", b" " * 9_000 + b'{"batch":[]}')) == (200, ""), "the place is given back"


def test_strangers_leave_room_for_others(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "STRANGERS_BYTES", 10_000)
    body = b" " * 10_000 + b'{"batch":[],"writeKey":"' + shop.write.encode() + b'"}'
    for _ in range(3):
        assert told(shop.client.post("/v1/batch", content=body)) == (503, "overloaded")
        assert told(shop.client.post("/v1/batch", content=body[9_000:])) == (200, ""), "the place is given back"
        assert told(shop.send("/v1/batch", body)) == (200, "")


def test_of_a_stranger_nothing_is_read_but_the_key(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    split: list[bytes] = []
    monkeypatch.setattr(messages, "split_batch", lambda body: split.append(body) or split_batch(body))
    body = b'{"batch":[{"type":"page","userId":"a","messageId":"m1"},{"a":NaN}],"api_key" : "KEY"}'
    assert told(shop.client.post("/batch/", content=body)) == (401, "unknown_key")
    assert told(shop.client.post("/batch/", content=body.replace(b"api_key", b"key"))) == (401, "no_key")
    assert split == []
    known = shop.client.post("/batch/", content=body.replace(b"KEY", shop.write.encode())).json()
    assert (known["accepted"], known["failed"], len(split)) == (1, 1, 1)


def test_what_is_set_aside_holds_no_key(shop: Shop) -> None:
    broken = b'{"type":"page","userId":"a","x":NaN,"writeKey": "%b"}' % shop.write.encode()
    assert told(shop.client.post("/v1/page", content=broken)) == (400, "no_json")
    shop.client.post("/v1/batch", content=b'{"batch":[' + broken.replace(b"NaN", b"[" * 3_000) + b"]}")
    assert next(entry.body for entry in shop.failed()) == b'{"type":"page","userId":"a","x":NaN,"writeKey": ""}'
    assert not any(shop.write.encode() in entry.body for entry in shop.failed())


def test_addresses_and_methods(shop: Shop) -> None:
    assert told(shop.client.get("/v1/batch")) == (405, "wrong_method")
    assert told(shop.client.post("/v1/nothing")) == (404, "no_such_place")
    assert shop.client.get("/healthz").text == "alive\n"
    assert shop.client.get("/readyz").text == "ready\n"


def test_a_page_of_another_site_may_send_but_not_more(shop: Shop) -> None:
    ask = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, content-encoding",
    }
    answer = shop.client.options("/v1/batch", headers=ask)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    refused = shop.client.options("/v1/batch", headers={**ask, "Access-Control-Request-Method": "DELETE"})
    assert refused.status_code == 400
    sent = shop.send("/v1/batch", b'{"batch":[]}', Origin="https://shop.example")
    assert sent.headers["Access-Control-Allow-Origin"] == "*"
