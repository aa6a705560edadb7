"""Signed messages: what is signed rightly is read, all else is refused with its code."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamm.sources.hooks import HOOKS, Delivery, Refusal
from tests.sources.recorded import BERLIN, told

NOW = datetime(2024, 2, 20, 12, tzinfo=UTC)
SECRET = "whsec_Grüße"
Headers = dict[str, str]

SHOPIFY = {
    "id": 4502, "email": "ben@example.com", "created_at": "2024-02-12T08:00:00+01:00", "financial_status": "paid",
    "currency": "EUR", "total_price": "65.45", "subtotal_price": "55.00", "total_tax": "10.45", "line_items": [],
}  # fmt: skip


def mac(*parts: bytes) -> bytes:
    return hmac.new(SECRET.encode(), b"".join(parts), hashlib.sha256).digest()


def shopify(body: bytes, at: datetime) -> Headers:
    del at
    return {"X-Shopify-Hmac-SHA256": base64.b64encode(mac(body)).decode(), "X-Shopify-Webhook-Id": "w-1"}


STRIPE = {
    "id": "evt_1", "object": "event", "type": "customer.created", "created": 1704067200,
    "data": {"object": {"id": "cus_ben", "object": "customer", "created": 1704067200, "email": "ben@example.com"}},
}  # fmt: skip


def stripe(body: bytes, at: datetime) -> Headers:
    time = str(int(at.timestamp()))
    return {"Stripe-Signature": f"t={time},v1={'0' * 64},v1={mac(time.encode(), b'.', body).hex()},v0=old"}


WOOCOMMERCE = {
    "id": 727, "status": "processing", "currency": "EUR", "date_created": "2024-02-20T11:00:00", "total": "10.00",
    "date_created_gmt": "2024-02-20T10:00:00", "billing": {"email": "ben@example.com"}, "line_items": [],
    "shipping_lines": [],
}  # fmt: skip
ZENDESK = {
    "type": "zen:event-type:ticket.created", "id": "01A", "time": "2024-02-20T11:00:00Z", "event": {},
    "detail": {"id": "35440", "created_at": "2024-02-20T11:00:00Z", "via": {"channel": "email"}},
}  # fmt: skip
TYPEFORM = {
    "event_id": "LtWXD3crgy",
    "form_response": {
        "token": "a3", "landed_at": "2024-02-20T11:00:00Z", "submitted_at": "2024-02-20T11:01:00Z",
        "answers": [{"type": "text", "text": "ü", "field": {"ref": "why", "type": "long_text"}}],
    },
}  # fmt: skip


def woocommerce(body: bytes, at: datetime) -> Headers:
    del at
    return {"X-WC-Webhook-Signature": base64.b64encode(mac(body)).decode(), "X-WC-Webhook-Delivery-ID": "d-1"}


def zendesk(body: bytes, at: datetime) -> Headers:
    time = at.isoformat().replace("+00:00", "Z")
    given = base64.b64encode(mac(time.encode(), body)).decode()
    return {"X-Zendesk-Webhook-Signature": given, "X-Zendesk-Webhook-Signature-Timestamp": time}


def typeform(body: bytes, at: datetime) -> Headers:
    del at
    return {"Typeform-Signature": "sha256=" + base64.b64encode(mac(body)).decode()}


#: a message of each, how it is signed, by what it is known, and whether the time is signed
MESSAGES: dict[str, tuple[Any, Callable[[bytes, datetime], Headers], str, bool]] = {
    "shopify": (SHOPIFY, shopify, "w-1", False),
    "stripe": (STRIPE, stripe, "evt_1", True),
    "typeform": (TYPEFORM, typeform, "LtWXD3crgy", False),
    "woocommerce": (WOOCOMMERCE, woocommerce, "d-1", False),
    "zendesk": (ZENDESK, zendesk, "01A", True),
}
each = pytest.mark.parametrize("key", sorted(MESSAGES))


def receive(
    key: str, body: bytes, headers: Headers, *, now: datetime = NOW, secret: str = SECRET
) -> Delivery | Refusal:
    return HOOKS[key]().receive(headers, body, secret, now=now, organisation=BERLIN)


def message(key: str, *, at: datetime = NOW) -> tuple[bytes, Headers]:
    value, sign, _, _ = MESSAGES[key]
    body = json.dumps(value, ensure_ascii=False).encode()
    return body, sign(body, at)


def code(answer: Delivery | Refusal) -> tuple[str, int]:
    assert isinstance(answer, Refusal)
    assert SECRET not in answer.reason
    return answer.code, answer.status


def test_every_hook_is_tried() -> None:
    assert sorted(MESSAGES) == sorted(HOOKS.keys())
    for hook in HOOKS:
        assert hook.de
        assert hook.sentence("de").endswith(".")


@each
def test_what_is_signed_rightly_is_read(key: str) -> None:
    body, headers = message(key)
    answer = receive(key, body, headers)
    assert isinstance(answer, Delivery)
    assert answer.message_id == MESSAGES[key][2]
    facts = told(list(answer.chunks))
    assert "rejects" not in facts
    assert sum(map(len, facts.values())) > 0


@each
def test_the_names_of_headers_may_be_written_in_any_case(key: str) -> None:
    body, headers = message(key)
    assert isinstance(receive(key, body, {name.upper(): value for name, value in headers.items()}), Delivery)


@each
def test_one_byte_more_is_refused(key: str) -> None:
    body, headers = message(key)
    assert code(receive(key, body + b" ", headers)) == ("signature_wrong", 401)


@each
@pytest.mark.parametrize("secret", ["other", ""])
def test_another_secret_or_none_is_refused(key: str, secret: str) -> None:
    body, headers = message(key)
    assert code(receive(key, body, headers, secret=secret)) == ("signature_wrong", 401)


@each
def test_without_a_signature_it_is_refused(key: str) -> None:
    body, headers = message(key)
    for name in headers:
        if "id" not in name.lower().split("-"):
            fewer = {other: value for other, value in headers.items() if other != name}
            assert code(receive(key, body, fewer)) == ("signature_missing", 401)


@each
@pytest.mark.parametrize("given", ["", "é", "sha256=", "t=1,v1=", "t=x,v1=00", "\udc80"])
def test_what_is_no_signature_is_refused(key: str, given: str) -> None:
    body, headers = message(key)
    for name in headers:
        if "signature" in name.lower() or "hmac" in name.lower():
            assert code(receive(key, body, headers | {name: given}))[1] == 401


@each
@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_signature_is_refused(key: str, seconds: int) -> None:
    body, headers = message(key, at=NOW - timedelta(seconds=seconds))
    answer = receive(key, body, headers)
    if MESSAGES[key][3]:
        assert code(answer) == ("signature_old", 401)
    else:
        assert isinstance(answer, Delivery)
    body, headers = message(key, at=NOW - timedelta(seconds=300))
    assert isinstance(receive(key, body, headers), Delivery)


@each
@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (b"", "not_json"),
        (b"\xff", "not_json"),
        (b"{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "no_object"),
        (b"1", "no_object"),
        (b'{"id": 1, "id": 2}', "no_object"),
    ],
)
def test_what_is_no_message_is_refused(key: str, body: bytes, refused: str) -> None:
    assert code(receive(key, body, MESSAGES[key][1](body, NOW)))[0] == refused


def test_a_message_that_cannot_be_taken_in_says_why() -> None:
    body = json.dumps(SHOPIFY | {"subtotal_price": "much"}).encode()
    answer = receive("shopify", body, shopify(body, NOW))
    assert isinstance(answer, Delivery)
    assert told(list(answer.chunks))["rejects"] == [
        [
            1,
            "subtotal_price",
            "much",
            "is not an amount in major units; write it with a decimal point and without currency, such as 12.30",
        ]
    ]


def test_a_message_without_a_number_is_known_by_its_bytes() -> None:
    body, headers = message("shopify")
    del headers["X-Shopify-Webhook-Id"]
    answer = receive("shopify", body, headers)
    assert isinstance(answer, Delivery)
    assert answer.message_id == hashlib.sha256(body).hexdigest()


@each
def test_messages_of_other_kinds_are_taken_and_hold_nothing(key: str) -> None:
    body = b'{"kind": "other"}'
    answer = receive(key, body, MESSAGES[key][1](body, NOW))
    assert isinstance(answer, Delivery)
    assert not any(rows for rows in told(list(answer.chunks)).values())


def test_whoever_saves_a_webhook_asks_whether_anybody_is_here() -> None:
    answer = receive("woocommerce", b"webhook_id=12", {})
    assert answer == Delivery("", ())
    assert code(receive("woocommerce", b"webhook_id=x", {})) == ("signature_missing", 401)
    assert code(receive("shopify", b"webhook_id=12", {})) == ("signature_missing", 401)
