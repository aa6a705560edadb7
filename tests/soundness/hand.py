"""Builders of small worlds written by hand; rows have only the columns the oracle reads."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.soundness.oracle import KINDS, METRICS, Row, World

TICK = timedelta(microseconds=1)
FEBRUARY = (date(2024, 2, 1), date(2024, 3, 1))
ALL_OF_2024 = (date(2024, 1, 1), date(2024, 12, 31))
FACTS = KINDS


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def world(**changes: Any) -> World:
    """2024 in UTC, covered from end to end, nothing before it."""
    settings: dict[str, Any] = {
        "zone": "UTC",
        "as_of": at("2025-01-01"),
        "history": "complete",
        "spell_rule": "orders",
        "lapse_days": 10,
        "currency": "EUR",
        "coverage": dict.fromkeys(FACTS, ALL_OF_2024),
    }
    return World(**(settings | changes))


def order(number: int, customer: str | None, ordered_at: str, amount: int = 1000, cancelled: str | None = None) -> Row:
    row: Row = {
        "order_id": f"o{number}",
        "customer_id": customer,
        "ordered_at": at(ordered_at),
        "amount_minor": amount,
    }
    return row | {"currency": "EUR", "cancelled_at": at(cancelled) if cancelled else None}


def subscription(customer: str, start: str, end: str | None = None, mrr: int = 5000, status: str = "active") -> Row:
    row: Row = {
        "subscription_id": customer,
        "customer_id": customer,
        "started_at": at(start),
        "mrr_minor": mrr,
    }
    return row | {"ended_at": at(end) if end else None, "status": status, "currency": "EUR"}


def event(
    number: int,
    happened_at: str,
    customer: str | None = None,
    anonymous: str | None = None,
    name: str = "x",
    **more: Any,
) -> Row:
    row: Row = {"event_id": f"e{number:03}", "happened_at": at(happened_at), "customer_id": customer}
    return row | {"anonymous_id": anonymous, "kind": "track", "name": name, "page": None, **more}


def response(kind: str, score: int | None, scale: tuple[int, int] = (0, 10)) -> Row:
    row: Row = {
        "kind": kind,
        "comment": None,
        "score": score,
        "scale_min": scale[0],
        "scale_max": scale[1],
        "customer_id": None,
    }
    return row | {
        "asked_at": at("2024-02-02"),
        "answered_at": at("2024-02-03") if score is not None else None,
    }


def subscribed(*rows: Row) -> World:
    return world(spell_rule="subscriptions", subscriptions=list(rows))


def value(key: str, of: World, window: tuple[date, date] = FEBRUARY) -> Any:
    return METRICS[key](of, *window)
