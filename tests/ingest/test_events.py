"""Events in Segment's and PostHog's formats: what is kept, what is answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import msgspec
import pytest

from stamm.ingest import messages
from tests.ingest.conftest import NOON, Shop

EVENT = {"type": "track", "messageId": "m1", "userId": "anna", "event": "Signed Up"}
COUNTED = {"success": True, "accepted": 1, "duplicate": 0, "failed": 0}


@pytest.mark.parametrize("type_", ["track", "identify", "page", "screen", "group", "alias"])
def test_each_call_has_its_address(shop: Shop, type_: str) -> None:
    said = {"messageId": "m1", "userId": "anna", "event": "x", "previousId": "b", "groupId": "g"}
    for place in (f"/v1/{type_}", f"/v1/{type_[0]}"):
        assert shop.send(place, said).status_code == 200
    (entry,) = shop.entries()
    assert msgspec.json.decode(entry.body) == {**said, "type": type_}
    assert (entry.source, entry.message_id, entry.received_at, entry.sent_at) == ("shop", "m1", NOON, None)


@pytest.mark.parametrize("place", ["/v1/batch", "/v1/import", "/batch", "/batch/", "/v1/b", "/capture/"])
def test_a_batch_is_kept_as_it_was_written(shop: Shop, place: str) -> None:
    body = b'{"sentAt":"2024-02-01T13:00:05+01:00", "batch":[ {"type":"track", "messageId" : "m1","userId":7,'
    body += b'"event":"x","properties":{"a":1.10,"a":2,"u":"\\u00fc\xc3\xbc"}} ,{"type":"page","messageId":"m2",'
    body += b'"anonymousId":"d"}]}'
    answer = shop.send(place, body)
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "accepted": 2, "duplicate": 0, "failed": 0}
    first, second = shop.entries()
    assert first.body == body[body.index(b'{"type":"track"') : body.index(b" ,{")]
    assert second.body == b'{"type":"page","messageId":"m2","anonymousId":"d"}'
    assert first.sent_at == datetime(2024, 2, 1, 12, 0, 5, tzinfo=UTC)


def test_what_comes_again_counts_once(shop: Shop) -> None:
    assert shop.send("/v1/track", EVENT).json() == COUNTED
    again = {**COUNTED, "accepted": 0, "duplicate": 1}
    assert shop.send("/v1/track", EVENT).json() == again
    shop.now[0] += timedelta(days=40)
    later = {**EVENT, "sentAt": "2024-03-12T12:00:00Z", "writeKey": shop.write}
    assert shop.send("/v1/track", later).json() == again
    assert shop.send("/v1/batch", {"batch": [EVENT, EVENT], "sentAt": "2024-03-12T12:00:00Z"}).json()["duplicate"] == 2
    assert shop.log.counters()["shop"].conflict == 0
    assert shop.send("/v1/track", {**EVENT, "event": "Signed Out"}).json() == again
    assert shop.log.counters()["shop"].conflict == 1
    assert len(shop.entries()) == 1


def test_no_key_and_no_moment_of_an_attempt_is_kept(shop: Shop) -> None:
    shop.send("/v1/track", {**EVENT, "writeKey": shop.write, "sentAt": "2024-02-01T12:00:00.5Z"})
    batch = [{**EVENT, "messageId": "m2", "sentAt": "2024-02-01T12:00:01Z", "writeKey": shop.write}]
    shop.send("/v1/batch", {"batch": batch, "writeKey": shop.write})
    for entry in shop.entries():
        assert shop.write.encode() not in entry.body
        assert b"sentAt" not in entry.body
    assert [entry.sent_at for entry in shop.entries()] == [
        NOON.replace(microsecond=500_000),
        NOON + timedelta(seconds=1),
    ]


@pytest.mark.parametrize("sent", ["9999-12-31T23:59:59-12:00", "yesterday", 5, None, "", ["x"], "2024-02-30"])
def test_a_moment_of_sending_that_is_none_is_left_out(shop: Shop, sent: Any) -> None:
    assert shop.send("/v1/batch", {"batch": [EVENT], "sentAt": sent}).json() == COUNTED
    assert shop.entries()[0].sent_at is None


def test_what_a_batch_says_of_all_its_events_holds_for_each(shop: Shop) -> None:
    own = {**EVENT, "messageId": "m2", "context": {"ip": "own"}}
    shop.send("/v1/batch", {"batch": [EVENT, own], "context": {"ip": "shared", "app": {"name": "a"}}})
    first, second = (msgspec.json.decode(body) for body in shop.bodies())
    assert first == {**EVENT, "context": {"ip": "shared", "app": {"name": "a"}}}
    assert second["context"] == {"ip": "own", "app": {"name": "a"}}


def test_an_event_without_an_id_is_known_by_its_content_if_it_says_when(shop: Shop) -> None:
    said = {"userId": "anna", "event": "x"}
    for _ in range(2):
        shop.send("/v1/track", said)
        shop.send("/v1/track", {**said, "timestamp": "2024-02-01T11:00:00Z"})
    assert len(shop.entries()) == 3


FAULTS = {
    "no_type": b'{"messageId":"f","userId":"a"}',
    "no_customer": b'{"messageId":"f","type":"page","userId":" ","anonymousId":true}',
    "no_name": b'{"messageId":"f","type":"track","userId":"a"}',
    "no_object": b"[1]",
    "no_json": b'{"messageId":"f","type":"page","userId":"a","properties":{"x":NaN}}',
    "no_text": b'{"messageId":"f","type":"page","userId":"a","properties":{"x":"\\ud83d"}}',
    "too_deep": b'{"messageId":"f","type":"page","userId":"a","properties":' + b"[" * 3000 + b"]" * 3000 + b"}",
    "too_large": b'{"messageId":"f","type":"page","userId":"a","properties":"' + b"x" * 33_000 + b'"}',
    "no_id": b'{"messageId":"' + b"m" * 257 + b'","type":"page","userId":"a"}',
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_broken_event_is_kept_aside_and_its_neighbours_are_taken(shop: Shop, code: str) -> None:
    whole = [b'{"type":"page","messageId":"%d","userId":"a","properties":{"q":"],[{\\""}}' % n for n in range(2)]
    body = b'{"batch": [' + b",".join([whole[0], FAULTS[code], whole[1]]) + b'], "sentAt": "2024-02-01T12:00:00Z"}'
    answer = shop.send("/v1/batch", body)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["success"], told["accepted"], told["failed"]) == (True, 2, 1)
    (error,) = told["errors"]
    assert (error["index"], error["code"]) == (1, code)
    assert error["message"]
    assert shop.bodies() == whole
    (failed,) = shop.failed()
    assert (failed.body, failed.reason.partition(":")[0]) == (FAULTS[code], code)
    assert shop.send("/v1/batch", body).json() | {"errors": 0} == {
        "success": True,
        "accepted": 0,
        "duplicate": 3,
        "failed": 0,
        "errors": 0,
    }
    counted = shop.log.counters()["shop"]
    assert counted.received == 6 == counted.accepted + counted.duplicate + counted.failed


def test_a_single_broken_event_is_answered_with_its_code_and_kept(shop: Shop) -> None:
    answer = shop.send("/v1/track", b'{"userId":"a","event":"x","properties":{"x":Infinity}}')
    assert answer.status_code == 400
    assert (answer.json()["success"], answer.json()["code"]) == (False, "no_json")
    assert answer.json()["message"].startswith("The event is not JSON")
    assert len(shop.failed()) == 1


def test_posthog(shop: Shop) -> None:
    event = {"event": "$pageview", "distinct_id": "anna", "uuid": "u1", "properties": {"a": 1}}
    inside = {"event": "x", "uuid": "u2", "properties": {"distinct_id": "ben"}}
    nobody = {"event": "x", "uuid": "u3", "properties": {}}
    body = {"api_key": shop.write, "batch": [event, inside, nobody], "sent_at": "2024-02-01T12:00:01Z"}
    answer = shop.client.post("/batch/", json=body)
    assert answer.status_code == 200
    assert [error["index"] for error in answer.json()["errors"]] == [2]
    assert [(e.message_id, e.sent_at) for e in shop.entries()] == [
        (u, NOON + timedelta(seconds=1)) for u in ("u1", "u2")
    ]
    single = {"api_key": shop.write, **event, "uuid": "u4"}
    assert shop.client.post("/capture/", json=single).json() == COUNTED
    assert msgspec.json.decode(shop.bodies()[-1]) == {**event, "uuid": "u4"}


def test_the_short_way_says_what_the_long_one_says() -> None:
    """An event as nearly all are is not looked at closely; whether it is one must not matter."""
    said: dict[str, list[Any]] = {
        "type": ["track", "page", "Track", None, 7, ["track"]],
        "messageId": ["m1", " m1", "", "m" * 256, "m" * 257, 12, None],
        "userId": ["anna", " ", "", 7, None],
        "anonymousId": ["phone", " ", None],
        "event": ["Seen", " ", "", None],
        "sentAt": [None, "2024-02-01T00:00:00Z"],
        "writeKey": [None, ""],
    }
    short = 0
    for values in product(*said.values()):
        body = msgspec.json.encode(dict(zip(said, values, strict=True)) | {"timestamp": "2024-02-01T00:00:00Z"})
        (entry,) = messages.Request([body], None).entries("shop", NOON)
        assert entry == messages._entry(body, "shop", NOON, None)
        short += bool(messages._plain_id(body))
    assert short == 50
