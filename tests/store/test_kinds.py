"""Fact kinds that are unlike the others: placed by a day, planned ahead, told of by what comes later."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stamm.facts import imported
from stamm.store import Counts, Lake

FEBRUARY_10 = datetime(2024, 2, 10, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake", "Europe/Berlin")


def put(lake: Lake, kind: str, *rows: dict[str, Any], at: datetime = FEBRUARY_10) -> Counts:
    """Rows that carry the same columns, received at a moment; days and moments as ISO text (UTC)."""
    schema = imported()[kind].schema()
    columns = {}
    for name in rows[0]:
        type_ = schema.field(name).type
        cells = [row[name] for row in rows]
        if pa.types.is_timestamp(type_):
            cells = [cell and datetime.fromisoformat(cell).replace(tzinfo=UTC) for cell in cells]
        if pa.types.is_date(type_):
            cells = [cell and date.fromisoformat(cell) for cell in cells]
        columns[name] = pa.array(cells, type_)
    with lake.writing() as writer:
        counts = writer.put(kind, [pa.table(columns)], source="test", received_at=at)
        writer.commit()
    return counts


def cost(number: int, incurred_on: str, amount_minor: int = 100) -> dict[str, Any]:
    return {"cost_id": f"c{number}", "incurred_on": incurred_on, "kind": "service", "amount_minor": amount_minor}


def rows(lake: Lake, kind: str, *columns: str) -> list[tuple[Any, ...]]:
    table = lake.snapshot().dataset(kind).to_table(list(columns))
    return sorted(tuple(row.values()) for row in table.to_pylist())


def test_a_day_stays_as_it_is_and_begins_in_the_zone(lake: Lake) -> None:
    put(lake, "costs", cost(1, "2024-01-31"), cost(2, "2024-02-01"))
    # midnight in Berlin, an hour before that in UTC
    assert rows(lake, "costs", "cost_id", "incurred_on", "incurred_at", "month") == [
        ("c1", date(2024, 1, 31), datetime(2024, 1, 30, 23, tzinfo=UTC), "2024-01"),
        ("c2", date(2024, 2, 1), datetime(2024, 1, 31, 23, tzinfo=UTC), "2024-02"),
    ]
    assert lake.snapshot().coverage("costs") == (date(2024, 1, 31), date(2024, 2, 1))


def test_a_corrected_day_moves_its_row_and_the_past_knows_the_old_one(lake: Lake) -> None:
    put(lake, "costs", cost(1, "2024-01-31"), cost(2, "2024-02-01"), at=datetime(2024, 2, 2, tzinfo=UTC))
    assert put(lake, "costs", {"cost_id": "c1", "incurred_on": "2024-02-03"}) == Counts(changed=1)
    assert put(lake, "costs", {"cost_id": "c2", "amount_minor": 7}) == Counts(changed=1)
    moved, other = rows(lake, "costs", "cost_id", "incurred_at", "amount_minor", "month")
    assert moved == ("c1", datetime(2024, 2, 2, 23, tzinfo=UTC), 100, "2024-02")
    assert other == ("c2", datetime(2024, 1, 31, 23, tzinfo=UTC), 7, "2024-02")
    past = lake.state_at("costs", datetime(2024, 2, 2, 12, tzinfo=UTC))
    assert past["incurred_at"].to_pylist()[0] == datetime(2024, 1, 30, 23, tzinfo=UTC)
    assert past.schema == imported()["costs"].schema()


def test_a_gathering_still_to_come_covers_nothing(lake: Lake) -> None:
    put(
        lake,
        "gatherings",
        {"gathering_id": "g1", "ends_at": "2024-01-20T20:00"},
        {"gathering_id": "g2", "ends_at": "2024-03-20T20:00"},
    )
    assert lake.snapshot().rows("gatherings") == 2
    assert lake.snapshot().coverage("gatherings") == (date(2024, 1, 20), date(2024, 1, 20))


def test_registrations_cover_days_before_their_gathering(lake: Lake) -> None:
    registered = {"gathering_id": "g2", "ends_at": "2024-03-20T20:00", "registered_at": "2024-02-05T09:00"}
    put(lake, "attendances", {**registered, "customer_id": "anna"})
    assert lake.snapshot().coverage("attendances") == (date(2024, 2, 5), date(2024, 2, 5))
    put(lake, "attendances", {**registered, "customer_id": "ben", "registered_at": "2024-02-09T09:00"})
    assert lake.snapshot().coverage("attendances") == (date(2024, 2, 5), date(2024, 2, 9))
    assert rows(lake, "attendances", "gathering_id", "customer_id", "registered_on", "attended_on", "month") == [
        ("g2", "anna", date(2024, 2, 5), None, "2024-03"),
        ("g2", "ben", date(2024, 2, 9), None, "2024-03"),
    ]


def test_what_became_of_a_message_is_told_later_and_shows_how_far_the_data_reach(lake: Lake) -> None:
    put(lake, "messages", {"message_id": "m1", "sent_at": "2024-02-01T09:00", "opened_at": None})
    assert lake.snapshot().coverage("messages") == (date(2024, 2, 1), date(2024, 2, 1))
    assert put(lake, "messages", {"message_id": "m1", "opened_at": "2024-02-04T09:00"}) == Counts(changed=1)
    assert lake.snapshot().coverage("messages") == (date(2024, 2, 1), date(2024, 2, 4))
    assert rows(lake, "messages", "sent_at", "opened_at") == [
        (datetime(2024, 2, 1, 9, tzinfo=UTC), datetime(2024, 2, 4, 9, tzinfo=UTC))
    ]
    # an order tells of the day it was placed, whatever was delivered when
    order = {"order_id": "o", "ordered_at": "2024-02-01T09:00", "amount_minor": 1, "delivered_at": "2024-02-06T09:00"}
    put(lake, "orders", order)
    assert lake.snapshot().coverage("orders") == (date(2024, 2, 1), date(2024, 2, 1))


@pytest.mark.parametrize("kind", sorted(imported()))
def test_every_kind_is_stored_as_its_schema_says(lake: Lake, kind: str) -> None:
    fact = imported()[kind]
    words = {"text": "a", "json": "{}", "moment": "2024-02-01T09:00", "day": "2024-02-01", "whole": 1, "real": 1.5,
             "flag": True}  # fmt: skip
    row = {name: (column.choices or (words[column.type],))[0] for name, column in fact.carried().items()}
    assert put(lake, kind, row) == Counts(new=1)
    assert put(lake, kind, row) == Counts(unchanged=1)
    (stored,) = lake.snapshot().dataset(kind).to_table().to_pylist()
    assert set(stored) == set(fact.schema().names)
    assert all(stored[name] is not None for name in stored)
    assert stored["month"] == "2024-02"
    assert lake.snapshot().coverage(kind) == (date(2024, 2, 1), date(2024, 2, 1))
