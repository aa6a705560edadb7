"""Stripe: what a subscription is worth a month, and its stretches in whatever order events come."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stamm.app.importing import Importing
from stamm.facts import imported
from stamm.sources.exports import FaultError, Known
from stamm.sources.exports.records import value_of
from stamm.sources.stripe.messages import Stripe
from stamm.sources.stripe.recurring import major, monthly
from stamm.store import Lake
from tests.sources.recorded import BERLIN, recorded

EVENTS = next(path for path in recorded() if path.name == "events.ndjson" and "stripe" in path.parts)
Rows = dict[tuple[str, datetime], dict[str, Any]]

#: the stretches of the recorded events, worked out by hand: basic, pro, pro and past due until it was given up
STRETCHES = [
    ("2024-01-01", "2024-02-01", "basic", 1000, "active", "changed"),
    ("2024-02-01", "2024-03-01", "pro", 2000, "active", "changed"),
    ("2024-03-01", "2024-04-01", "pro", 2000, "past_due", "delinquent"),
]


def taken(deliveries: Sequence[Sequence[str]]) -> list[tuple[Any, ...]]:
    """What is known after deliveries of events, one after the other."""
    rows: Rows = {}

    def recall(kind: str, column: str, values: Sequence[str]) -> pa.Table:
        found = [row for row in rows.values() if row[column] in values]
        return pa.Table.from_pylist(found, imported()[kind].schema())

    for lines in deliveries:
        source = Stripe()
        source.recall = recall
        things = [Known(1, value_of(line.encode())) for line in lines]
        chunks = source.facts(things, "events", BERLIN)
        for row in [row for chunk in chunks if chunk.fact == "subscriptions" for row in chunk.table.to_pylist()]:
            rows.setdefault((row["subscription_id"], row["started_at"]), {}).update(row)
    return [
        (
            f"{row['started_at']:%Y-%m-%d}",
            row["ended_at"] and f"{row['ended_at']:%Y-%m-%d}",
            row["plan"],
            row["mrr_minor"],
            row["status"],
            row["end_reason"],
        )
        for _, row in sorted(rows.items())
    ]


@pytest.mark.long
def test_events_become_the_same_stretches_in_any_order() -> None:
    events = EVENTS.read_text().splitlines()[:5]
    for order in permutations(events):
        assert taken([[event] for event in order]) == STRETCHES
    assert taken([events]) == STRETCHES


def test_events_that_come_again_change_nothing() -> None:
    events = EVENTS.read_text().splitlines()[:5]
    assert taken([events, events[:2], [events[2]], events]) == STRETCHES


def test_events_of_one_month_build_on_those_of_the_month_before(tmp_path: Path) -> None:
    lines = EVENTS.read_text().splitlines()
    for name, part in (("1.ndjson", (lines[1], lines[2])), ("2.ndjson", (lines[0], lines[3]))):
        (tmp_path / name).write_text("\n".join(part))
    lake = Lake.create(tmp_path / "lake", BERLIN.zone)
    now = datetime(2024, 6, 1, tzinfo=UTC)
    Importing(lake, BERLIN, tmp_path).take([tmp_path / "1.ndjson", tmp_path / "2.ndjson"], now=now)
    found = sorted(lake.state_at("subscriptions", now).to_pylist(), key=lambda row: row["started_at"])
    assert [(row["plan"], row["status"], row["end_reason"]) for row in found] == [
        ("basic", "active", "changed"),
        ("pro", "active", "changed"),
        ("pro", "past_due", "delinquent"),
    ]


def subscription(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps({"items": {"data": items}, **more}), parse_int=Decimal)
    return value


def item(
    amount: int, interval: str = "month", count: int = 1, quantity: int | None = 1, **price: Any
) -> dict[str, Any]:
    recurring = {"interval": interval, "interval_count": count}
    return {"quantity": quantity, "price": {"unit_amount": amount, "recurring": recurring, **price}}


@pytest.mark.parametrize(
    ("given", "worth"),
    [
        (subscription(item(1200)), "1200"),
        (subscription(item(1200, "year")), "100"),
        (subscription(item(1200, "month", 6, 2)), "400"),
        (subscription(item(84, "week")), "365.25"),
        (subscription(item(400, "day", 30)), "4870/12"),
        (subscription(item(1000), item(12000, "year", quantity=2)), "3000"),
        (subscription(item(1000, quantity=None)), "1000"),
        (subscription(item(1000, unit_amount_decimal="999.5")), "999.5"),
        (subscription(item(10, quantity=25, transform_quantity={"divide_by": 10, "round": "up"})), "30"),
        (subscription(item(10, quantity=25, transform_quantity={"divide_by": 10, "round": "down"})), "20"),
        (subscription(item(1000), discount={"coupon": {"percent_off": 25, "duration": "forever"}}), "750"),
        (subscription(item(1200, "year"), discount={"coupon": {"amount_off": 600, "duration": "forever"}}), "50"),
        (subscription(item(100), discount={"coupon": {"amount_off": 600, "duration": "forever"}}), "0"),
        (subscription(item(100), discount={"coupon": {"amount_off": 60, "duration": "once"}}), "100"),
        (
            subscription(
                item(
                    0,
                    quantity=7,
                    billing_scheme="tiered",
                    tiers_mode="volume",
                    tiers=[{"up_to": 5, "unit_amount": 100}, {"up_to": None, "unit_amount": 80, "flat_amount": 5}],
                )
            ),
            "565",
        ),
        (subscription(), "0"),
    ],
)
def test_what_it_is_worth_a_month(given: dict[str, Any], worth: str) -> None:
    assert monthly(given) == Fraction(worth)


@pytest.mark.parametrize(
    "given",
    [
        subscription(item(1, "fortnight")),
        subscription(
            item(1, count=0) | {"price": {"unit_amount": 1, "recurring": {"interval": "month", "interval_count": -1}}}
        ),
        subscription(item(1, billing_scheme="tiered")),
        subscription(item(1), discounts=["di_1"]),
        subscription(item(1), discounts=[{"coupon": "TEN"}]),
    ],
)
def test_what_cannot_be_told_is_no_number(given: dict[str, Any]) -> None:
    with pytest.raises(FaultError):
        monthly(given)


def test_minor_units_by_currency() -> None:
    assert [major(Decimal(1234), code) for code in ("EUR", "JPY", "KWD", "ISK")] == [
        Decimal("12.34"),
        Decimal(1234),
        Decimal("1.234"),
        Decimal("12.34"),
    ]
