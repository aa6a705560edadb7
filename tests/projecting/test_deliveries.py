"""Messages of hooks in the log: facts like those of exports, each once, in whatever order and batches they come."""

import json
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from stamm.app.failures import Failures
from stamm.app.project import Project
from stamm.app.projecting.deliveries import MEANINGS
from stamm.lang.language import Language
from stamm.store.log import Entry, Outcome
from tests.projecting.shops import NOON, project_all, rows, shop
from tests.sources.recorded import recorded

EVENTS = [
    json.loads(line)
    for line in next(path for path in recorded() if path.name == "events.ndjson" and "stripe" in path.parts)
    .read_text()
    .splitlines()[:4]
]
STRETCHES = [("basic", "active", "changed"), ("pro", "active", "changed"), ("pro", "past_due", "delinquent")]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop(tmp_path / "shop")


def arrive(project: Project, *values: Any, source: str = "hooks/stripe", late: int = 0) -> list[Outcome]:
    entries = []
    for number, value in enumerate(values):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        name = value.get("id", str(number)) if isinstance(value, dict) else f"m{number}"
        entries.append(Entry(source, str(name), body, NOON + timedelta(seconds=late + number)))
    log = project.log()
    try:
        return log.append(entries)
    finally:
        log.close()


def stretches(project: Project) -> list[tuple[Any, ...]]:
    found = sorted(rows(project, "subscriptions", "started_at", "plan", "status", "end_reason"))
    return [tuple(row[1:]) for row in found]


@pytest.mark.parametrize("order", list(permutations(range(4)))[::9], ids=str)
@pytest.mark.parametrize("at_once", [1, 20_000])
def test_events_become_the_same_whatever_their_order_and_batches(
    project: Project, order: tuple[int, ...], at_once: int
) -> None:
    arrive(project, *(EVENTS[place] for place in order))
    project_all(project, most=at_once)
    assert stretches(project) == STRETCHES
    assert arrive(project, *EVENTS) == [Outcome.DUPLICATE] * 4
    project_all(project)
    assert stretches(project) == STRETCHES


ORDER = {
    "id": 4502, "email": "Ben@example.com", "created_at": "2024-02-12T08:00:00+01:00", "financial_status": "paid",
    "updated_at": "2024-02-12T08:05:00+01:00", "currency": "EUR", "total_price": "65.45", "subtotal_price": "55.00",
    "total_tax": "10.45", "line_items": [],
}  # fmt: skip


def test_an_older_state_that_comes_late_does_not_replace_a_newer_one(project: Project) -> None:
    newer = ORDER | {"updated_at": "2024-02-13T08:00:00+01:00", "cancelled_at": "2024-02-13T08:00:00+01:00"}
    arrive(project, newer | {"id": 4502}, source="hooks/shopify")
    project_all(project)
    log = project.log()
    log.append([Entry("hooks/shopify", "late", json.dumps(ORDER).encode(), NOON + timedelta(days=99))])
    log.close()
    project_all(project)
    (order,) = rows(project, "orders", "customer_id", "amount_minor", "source", "cancelled_at")
    assert tuple(order)[:3] == ("ben@example.com", 5500, "hooks/shopify")
    assert order[3] is not None


def test_what_cannot_be_taken_in_is_kept_with_its_reason_and_harms_no_other(project: Project) -> None:
    arrive(project, ORDER, ORDER | {"id": 2, "subtotal_price": "much"}, b"{", [1], {"other": 1}, source="hooks/shopify")
    arrive(project, {"x": 1}, source="hooks/elsewhere", late=10)
    (done,) = project_all(project)
    assert (done.messages, done.failed) == (6, 4)
    assert [tuple(order) for order in rows(project, "orders", "order_id")] == [("4502",)]
    log = project.log()
    failures = Failures(project, log)
    reasons = [failed.entry.reason for failed in failures.all()]
    assert sorted(reasons) == ["no_hook", "no_json", "no_object", "unsound:subtotal_price"]
    again = failures.read_again()
    assert (again.put_back, sum(count for _, count in again.still)) == (0, 4)
    log.close()
    german = Language("de")
    assert [meaning for meaning in MEANINGS.values() if german(meaning) == meaning] == []
