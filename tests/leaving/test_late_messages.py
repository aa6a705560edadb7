"""What arrives of somebody who was erased lies in the log in clear at no moment."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stamm.app.leaving.erasing import Erasing
from stamm.app.project import Project
from stamm.app.projecting import Projecting
from stamm.store.log import Counters, Entry, Log, Outcome
from tests.leaving import planted as p

NOW = datetime(2024, 7, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


def entry(number: int, said: dict[str, Any] | str, *, source: str = "web", reason: str = "") -> Entry:
    body = said if isinstance(said, str) else json.dumps(said, ensure_ascii=number % 2 == 0)
    return Entry(source, f"m{number}", body.encode(), LATER, reason=reason)


def track(who: dict[str, str], name: str = "Seen", *, at: datetime = LATER, **properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": name, **who, "timestamp": at.isoformat(), "properties": properties}


BEFORE = NOW - timedelta(days=3)
HERS, DEVICE, ANOTHERS = {"userId": p.ID}, {"anonymousId": p.DEVICE}, {"userId": "ben"}
TEA = [{"sku": "tea", "price": 12.50}]
SHOPIFY = {
    "id": 7,
    "total_price": "9.00",
    "customer": {"id": 1, "email": p.EMAIL.lower(), "first_name": "Annegret"},
    "created_at": BEFORE.isoformat(),
    "shipping_address": {"name": p.NAME},
}
POSTHOG = {"distinct_id": p.ID, "$set": {"email": p.EMAIL}}
WHERE = {"page": {"url": f"https://shop/?mail={p.EMAIL}"}, "ip": "192.0.2.7"}
#: what is hers, or happened before, names her wherever a message can
TRACKED: list[dict[str, Any]] = [
    track(HERS, note=p.MENTION),
    track(DEVICE, mail=p.EMAIL, phone=p.PHONE),
    track({**HERS, **DEVICE}, nested=[{"name": p.NAME}, {p.EMAIL: True}]),
    {"type": "identify", **HERS, "traits": {"email": "new@example.net", "name": p.NAME}},
    {"type": "identify", **DEVICE, "traits": {"phone": 4915123456789}},
    {"type": "alias", "userId": "ben", "previousId": p.ID},
    {"type": "page", **DEVICE, "context": WHERE},
    track(ANOTHERS, "Gift", at=BEFORE, to=p.NAME),
    track({**ANOTHERS, **DEVICE}, "Seen"),
    {"event": "$pageview", "distinct_id": p.ID, "properties": POSTHOG},
    track(HERS, "Order Completed", order_id="late-1", total=12.50, products=TEA),
    track({"userId": f" {p.ID} "}, "Order Completed", order_id="late-2", total=7, email=p.EMAIL),
    {"type": "group", **HERS, "groupId": "g", "traits": {"name": p.NAME}},
    {"type": "screen", "name": f"Konto von {p.NAME}", **DEVICE},
    track(HERS, f"Called {p.PHONE}"),
]
FAILED = {
    "no_json": f'{{"type": "track", "userId": "{p.ID}", "properties": {{"mail": "{p.EMAIL}"',
    "no_customer": {"type": "track", "traits": {"email": p.EMAIL.upper()}},
    "no_type": {**HERS, "properties": {"name": p.NAME}},
}
LATE = [
    *(entry(number, said) for number, said in enumerate(TRACKED)),
    *(entry(number, said, reason=reason) for number, (reason, said) in enumerate(FAILED.items(), 15)),
    entry(18, SHOPIFY, source="hooks/shopify"),
    Entry("web", f"mail-to-{p.EMAIL}", json.dumps(track(HERS)).encode(), LATER),
]


def test_twenty_late_messages_leave_no_trace_at_any_moment(project: Project) -> None:
    with closing(project.log()) as log:  # opened before she was erased
        log.append([entry(100, track(HERS, mail=p.EMAIL))])
        Erasing(project).erase(p.ID, now=NOW)
        assert p.traces(project.directory) == []
        for late in LATE:
            log.append([late])
            assert p.traces(project.directory) == []
        counted = log.counters()
        assert counted == {"web": Counters(20, 17, 0, 3), "hooks/shopify": Counters(1, 1, 0, 0)}
        assert log.append(LATE) == [Outcome.DUPLICATE] * 20
        for _ in range(3):
            Projecting(project, log).run()
            assert p.traces(project.directory) == []
        assert {each.entry.reason for each in log.failures()} == set(FAILED)
    orders = project.lake().snapshot().dataset("orders").to_table().to_pylist()
    late = {row["order_id"]: row for row in orders if row["order_id"] in ("late-1", "late-2", "7")}
    assert {name: (row["customer_id"], row["amount_minor"]) for name, row in late.items()} == {
        "late-1": (None, 1250),
        "late-2": (None, 700),
    }
    others = project.lake().snapshot().dataset("links").to_table().to_pylist()
    assert not [row for row in others if row["anonymous_id"].startswith("customer:erased")]


def _bodies(log: Log) -> list[Any]:
    return [json.loads(each.entry.body) for each in log.read()]


def test_whoever_comes_back_and_others_are_left_as_they_are(project: Project) -> None:
    Erasing(project).erase(p.ID, now=NOW)
    kept = [
        {"type": "identify", "userId": "new-1", "timestamp": LATER.isoformat(), "traits": {"email": p.EMAIL}},
        track(ANOTHERS, price=1e-7, great=12345678901234567890, to="Annegret"),
        track({"userId": "cleo"}, at=LATER, to=p.NAME),
    ]
    with closing(project.log()) as log:
        log.append([entry(number, said) for number, said in enumerate(kept)])
        assert _bodies(log) == kept


def test_a_short_number_is_sought_where_a_number_says_who(tmp_path: Path) -> None:
    project = p.shop(tmp_path / "shop")
    p.put(project, "orders", [{"order_id": "o", "customer_id": "7", "ordered_at": p.JANUARY, "amount_minor": 1}])
    Erasing(project).erase("7", now=NOW)
    kept = [
        track(ANOTHERS, "Order Completed", order_id="7", total=7.0, products=[{"product_id": "7", "quantity": 7}]),
        {"type": "page", "anonymousId": "someone", "properties": {"id": 7}},
    ]
    theirs = track({"userId": 7}, at=LATER, quantity=7)  # type: ignore[dict-item] - a number, as senders do
    with closing(project.log()) as log:
        log.append([entry(number, said) for number, said in enumerate([*kept, theirs])])
        assert _bodies(log) == [*kept, {**theirs, "userId": "erased-late"}]
        Projecting(project, log).run()
    orders = project.lake().snapshot().dataset("orders").to_table().to_pylist()
    assert [row["customer_id"] for row in orders if row["order_id"] == "7"] == ["ben"]


def test_an_address_as_number_is_known_in_any_letters(tmp_path: Path) -> None:
    project = p.shop(tmp_path / "shop")
    one = {"order_id": "o", "customer_id": "Anna@Example.org", "ordered_at": p.JANUARY, "amount_minor": 1}
    p.put(project, "orders", [one])
    Erasing(project).erase("Anna@Example.org", now=NOW)
    with closing(project.log()) as log:
        log.append([entry(1, track({"userId": "anna@example.ORG"}, "Order Completed", order_id="late", total=5))])
        Projecting(project, log).run()
    assert p.traces(project.directory, ["anna@example.org"]) == []
