"""Messages at the edge: clocks that are wrong, amounts that are not exact, and what is no message at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamm.facts import imported
from stamm.sources.segment import SEMANTICS, Read
from stamm.sources.segment.problem import MEANINGS, sentence
from tests.sources.segment.told import RECEIVED, TRACK, told, track

CLICK = {**TRACK, "event": "clicked"}


def happened(found: Read) -> datetime:
    (row,) = found.rows
    moment = row.values["happened_at"]
    assert isinstance(moment, datetime)
    return moment


def reason(found: Read) -> str:
    assert found.problem is not None
    assert not found.rows
    assert found.problem.code in MEANINGS
    assert sentence(found.problem.reason) == (found.problem.field, MEANINGS[found.problem.code])
    return found.problem.reason


# -- clocks --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "sent", "is_at"),
    [
        ("2024-02-01T10:00:00Z", None, "2024-02-01T10:00:00"),
        # five minutes after it happened it was sent, by a clock that is an hour ahead, a year behind
        ("2024-02-01T12:55:00Z", "2024-02-01T13:00:00Z", "2024-02-01T11:55:00"),
        ("2023-02-01T11:55:00Z", "2023-02-01T12:00:00Z", "2024-02-01T11:55:00"),
        # nothing has happened before it was told of
        ("2024-02-01T12:00:01Z", None, "2024-02-01T12:00:00"),
        ("2024-02-01T13:00:05Z", "2024-02-01T13:00:00Z", "2024-02-01T12:00:00"),
        ("2024-02-01T10:00:00.1234567+01:30", None, "2024-02-01T08:30:00.123456"),
        ("2024-02-01T10:00", None, "2024-02-01T10:00:00"),
        (1706781600, None, "2024-02-01T10:00:00"),
        (1706781600250, None, "2024-02-01T10:00:00.250000"),
    ],
)
def test_when_it_happened(said: Any, sent: str | None, is_at: str) -> None:
    sent_at = datetime.fromisoformat(sent) if sent else None
    assert happened(told({**CLICK, "timestamp": said}, sent_at=sent_at)).isoformat() == f"{is_at}+00:00"


def test_a_clock_in_the_message_itself_counts_where_the_door_knows_none() -> None:
    assert happened(told({**CLICK, "sentAt": "2024-02-01T10:00:30Z"})) == RECEIVED - timedelta(seconds=30)
    assert happened(told({**CLICK, "originalTimestamp": "2024-02-01T09:00:00Z"})).hour == 9


def test_without_a_moment_it_happened_when_it_came() -> None:
    assert happened(told({**CLICK, "timestamp": None})) == RECEIVED


# -- amounts -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ({"subtotal": "12,50"}, "no_number:subtotal"),
        ({"subtotal": True}, "no_number:subtotal"),
        ({"subtotal": 12.345}, "too_fine:subtotal"),
        ({"subtotal": 12.5, "currency": "JPY"}, "too_fine:subtotal"),
        ({"subtotal": 12.5, "currency": "Euro"}, "no_currency:currency"),
        ({"subtotal": -1}, "negative:subtotal"),
        ({"subtotal": 1e17}, "too_large:subtotal"),
        ({"total": 5, "tax": 6}, "negative:total"),
        ({"subtotal": 5, "products": ["tea"]}, "no_object:products"),
        ({"subtotal": 5, "products": [{"price": 0.125, "quantity": 3}]}, "too_fine:price"),
        ({}, "missing:subtotal"),
    ],
)
def test_an_order_whose_amount_nobody_knows_is_none(properties: dict[str, Any], problem: str) -> None:
    assert reason(track("Order Completed", {"order_id": "o1", **properties})) == problem


def test_amounts_are_exact() -> None:
    orders = [
        track("Order Completed", {"order_id": "o", "subtotal": amount, "currency": currency})
        .rows[0]
        .values["amount_minor"]
        for amount, currency in (
            (0.1 + 0.2, "EUR"),
            (1e15 + 0.5, "EUR"),
            (4.35, "EUR"),
            ("1.234", "KWD"),
            (3 * 0.125, "KWD"),
        )
    ]
    assert orders == [30, 100_000_000_000_000_050, 435, 1234, 375]


def test_an_event_may_call_anything_its_value() -> None:
    values = ("blue", -3, 0.001, {"deep": 1}, True)
    assert [track("clicked", {"value": value}).rows[0].values["value_minor"] for value in values] == [None] * 5
    assert track("clicked", {"value": 3, "currency": "?"}).rows[0].values["value_minor"] is None


# -- who -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "said",
    [
        {"type": "track", "event": "Page Seen", "anonymousId": "phone", "properties": {"seconds": 12.5}},
        {"event": "$pageleave", "distinct_id": "phone", "properties": {"$is_identified": False, "seconds": 12.5}},
    ],
    ids=["segment", "posthog"],
)
def test_a_page_that_was_seen_is_a_stay_and_nothing_done(said: dict[str, Any]) -> None:
    (row,) = told({**said, "timestamp": "2024-02-01T10:00:00Z"}).rows
    assert (row.fact, row.values["kind"], row.values["properties"]) == ("events", "stay", '{"seconds":12.5}')


@pytest.mark.parametrize(
    ("agent", "rows"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 0),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0", 0),
        ("Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0", 1),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", 1),
    ],
)
def test_a_machine_that_reads_pages_is_no_visitor(agent: str, rows: int) -> None:
    """What it orders is an order all the same: a shop's own server may be told of as one."""
    context = {"userAgent": agent}
    assert len(told({"type": "page", "anonymousId": "phone", "context": context}).rows) == rows
    assert track("Clicked", {}, context=context).problem is None
    ordered = track("Order Completed", {"order_id": "o1", "revenue": 5}, context=context)
    assert [row.fact for row in ordered.rows] == ["orders"]


def test_whose_it_is() -> None:
    def rows(**message: Any) -> list[tuple[str, Any, Any]]:
        found = told({"type": "track", "event": "Order Cancelled", "properties": {"order_id": "o1"}, **message})
        return [(row.fact, row.values.get("customer_id"), row.values.get("anonymous_id")) for row in found.rows]

    assert rows(userId="anna") == [("orders", None, None)]
    assert rows(userId="anna", anonymousId="phone") == [("orders", None, None), ("links", "anna", "phone")]
    assert rows(anonymousId="phone") == [("orders", None, None)]
    assert told({**CLICK, "userId": 17}).rows[0].values["customer_id"] == "17"
    assert told({**CLICK, "userId": " anna "}).rows[0].values["customer_id"] == "anna"


def test_identify_without_a_customer_says_nothing_lasting() -> None:
    assert told({"type": "identify", "anonymousId": "phone", "traits": {"plan": "gold"}}) == Read()
    assert told({"type": "alias", "previousId": "anna", "userId": "anna"}) == Read()


# -- what is no message --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "no_json"),
        (b"\xff", "no_json"),
        (b"{", "no_json"),
        (b'{"type": NaN}', "no_json"),
        (b"[]", "no_object"),
        (b"null", "no_object"),
        (b'{"type":"track","userId":"a","event":"x","properties":{"a":1e999}}', "no_number"),
        (b'{"type":"track","userId":"a","event":"\\ud800"}', "no_text"),
        (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, "too_deep"),
        (b'{"type":"track","userId":"a","event":"x","properties":' + b'{"a":' * 60 + b"1" + b"}" * 61, "too_deep"),
        (b'{"type":"track","userId":"a","event":"x","n":' + b"9" * 5_000 + b"}", "no_json"),
        (b"{}", "no_type:type"),
        (b'{"type":"bogus","userId":"a"}', "no_type:type"),
        (b'{"type":"track","event":"x"}', "no_customer:userId"),
        (b'{"type":"track","event":"x","userId":"  "}', "no_customer:userId"),
        (b'{"type":"track","userId":"a"}', "no_name:event"),
        (b'{"type":"page","userId":"a","timestamp":"yesterday"}', "no_moment:timestamp"),
        (b'{"type":"page","userId":"a","timestamp":"2024-02-30"}', "no_moment:timestamp"),
        (b'{"type":"page","userId":"a","timestamp":"9999-01-01T00:00:00Z"}', "out_of_range:timestamp"),
        (b'{"type":"page","userId":"a","timestamp":1e300}', "no_moment:timestamp"),
        (b'{"type":"page","userId":"a","timestamp":[]}', "no_moment:timestamp"),
        (b'{"type":"alias","userId":"a"}', "missing:previousId"),
        (b'{"type":"alias","anonymousId":"a"}', "missing:userId"),
        (b'{"type":"track","userId":"a","event":"Order Completed"}', "missing:order_id"),
        (b'{"type":"track","userId":"a","event":"Order Refunded","properties":{"order_id":"o","products":[{}]}}',
         "missing:total"),
        (b'{"type":"track","userId":"a","event":"Email Opened"}', "missing:email_id"),
        (b'{"type":"track","userId":"a","event":"Trial Ended"}', "missing:trial_start_date"),
        (b'{"type":"track","userId":"a","event":"Trial Ended","properties":{"trial_start_date":"2099-01-01"}}',
         "too_early:ended_at"),
    ],
)  # fmt: skip
def test_what_is_no_fact_says_why(body: bytes, problem: str) -> None:
    assert reason(told(body)) == problem


def test_of_two_equal_keys_in_an_object_the_last_counts() -> None:
    assert told(b'{"type":"page","userId":"a","userId":"b"}').rows[0].values["customer_id"] == "b"


# -- anything ------------------------------------------------------------------------------------------------
NAMES = ["type", "userId", "anonymousId", "previousId", "event", "properties", "traits", "context", "timestamp",
         "distinct_id", "order_id", "products", "price", "quantity", "currency", "subtotal", "total", "tax", "email_id",
         "conversation_id", "trial_start_date", "campaign", "page", "url", "referrer", "value", "$set",
         "name"]  # fmt: skip
WORDS = [
    "track",
    "identify",
    "page",
    "screen",
    "group",
    "alias",
    "$identify",
    "$pageview",
    "$create_alias",
    "anna",
    "EUR",
    "2024-02-01T10:00:00Z",
    "http://[",
    "12.5",
    "-0",
    "1e400",
    *(name for each in SEMANTICS for name in each.names),
]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(WORDS),
    st.text(max_size=8),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=4)), inner, max_size=6),
    ),
    max_leaves=12,
)
MESSAGES = st.one_of(
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=10).map(lambda made: json.dumps(made).encode()),
    st.fixed_dictionaries(
        {"type": st.just("track"), "userId": st.just("anna"), "event": st.sampled_from(WORDS)},
        optional={"properties": st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8), "context": VALUES},
    ).map(lambda made: json.dumps(made).encode()),
    st.binary(max_size=60),
)


def check_read(body: bytes) -> None:
    """Whatever comes: rows that a fact can hold, the same each time, or a reason with a sentence."""
    found = told(body)
    assert told(body).rows == found.rows
    if found.problem is not None:
        reason(found)
        return
    for row in found.rows:
        kind = imported()[row.fact]
        schema = kind.schema()
        assert set(kind.key_columns) <= set(row.values)
        for name, value in row.values.items():
            cell = pa.array([value], schema.field(name).type)[0]
            assert cell.as_py() == value
            assert value is None or value == value  # noqa: PLR0124 - nan is not


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(MESSAGES)
def test_anything_is_read_or_refused(body: bytes) -> None:
    check_read(body)


def test_times_in_utc_only() -> None:
    assert all(
        value.tzinfo is UTC
        for row in track("Email Opened", {"email_id": "e"}).rows
        for value in row.values.values()
        if isinstance(value, datetime)
    )
