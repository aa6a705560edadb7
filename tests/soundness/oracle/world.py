"""What is known: a small world of plain rows, and which of them exist at `as_of`."""

# ruff: noqa: PERF401 - loops that read like the catalogue

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from .clock import day_start

Row = dict[str, Any]
Value = Fraction | float | int | None

KINDS = (
    "orders",
    "order_lines",
    "returns",
    "customers",
    "responses",
    "events",
    "subscriptions",
    "links",
    "messages",
    "costs",
    "tickets",
    "posts",
    "reactions",
    "attendances",
)


@dataclass
class World:
    """Settings and rows. Moments are aware UTC datetimes; columns are named as the fact kinds name them."""

    zone: str
    as_of: datetime
    history: str  # "cut" or "complete"
    spell_rule: str  # "orders", "subscriptions" or "activity"
    lapse_days: int
    currency: str
    coverage: dict[str, tuple[date, date]]  # kind -> first and last covered local day, both included
    orders: list[Row] = field(default_factory=list)
    order_lines: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    responses: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    subscriptions: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    posts: list[Row] = field(default_factory=list)
    reactions: list[Row] = field(default_factory=list)
    attendances: list[Row] = field(default_factory=list)
    costs: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)


# Windows ----------------------------------------------------------------------------------------------------


def opening(world: World, start: date) -> datetime:
    return day_start(world.zone, start)


def closing(world: World, end: date) -> datetime:
    """The window's end, or `as_of` where that is earlier: a later state is the state at `as_of`."""
    return min(day_start(world.zone, end), world.as_of)


def within(world: World, moment: datetime | None, start: date, end: date) -> bool:
    """start <= moment < end, in local days. Nothing at or after `as_of` is in any window."""
    if moment is None or moment >= world.as_of:
        return False
    return day_start(world.zone, start) <= moment < day_start(world.zone, end)


def happened(world: World, moment: datetime | None) -> bool:
    """Nothing at or after `as_of` is known."""
    return moment is not None and moment < world.as_of


def outside(world: World, kinds: list[str], start: date, end: date) -> bool:
    """Whether the window lies wholly outside the covered interval of any of these kinds.

    Reading: a kind without a covered interval is covered nowhere. A window covered in part has a value.
    """
    for kind in kinds:
        if kind not in world.coverage:
            return True
        first, last = world.coverage[kind]
        if end <= first or start > last:
            return True
    return False


# Rows that exist --------------------------------------------------------------------------------------------


def cancelled_orders(world: World) -> set[str]:
    """Reading: an order cancelled at any time counts at no time, even one cancelled after `as_of`."""
    return {order["order_id"] for order in world.orders if order["cancelled_at"] is not None}


def orders(world: World) -> list[Row]:
    """Orders that count, in order of time; equal times by order_id.

    Orders without a customer are among them.
    """
    kept = []
    for order in world.orders:
        if order["cancelled_at"] is None and order["ordered_at"] < world.as_of:
            kept.append(order)
    return sorted(kept, key=lambda order: (order["ordered_at"], order["order_id"]))


def orders_by_customer(world: World) -> dict[str, list[Row]]:
    """The same, per customer, without the orders whose customer is not known."""
    per_customer: dict[str, list[Row]] = {}
    for order in orders(world):
        if order["customer_id"] is not None:
            per_customer.setdefault(order["customer_id"], []).append(order)
    return per_customer


def order_lines(world: World) -> list[Row]:
    """Lines of orders not cancelled. Reading: a line whose order is not among the orders counts."""
    cancelled = cancelled_orders(world)
    kept = []
    for line in world.order_lines:
        if line["order_id"] not in cancelled and line["ordered_at"] < world.as_of:
            kept.append(line)
    return kept


def returns(world: World) -> list[Row]:
    """Returns made so far, unless their order was cancelled.

    Reading: one of an order not among the orders counts.
    """
    cancelled = cancelled_orders(world)
    kept = []
    for row in world.returns:
        if row["order_id"] not in cancelled and row["returned_at"] < world.as_of:
            kept.append(row)
    return kept


def events(world: World) -> list[Row]:
    """Events in order of time, equal times by event_id."""
    kept = [event for event in world.events if event["happened_at"] < world.as_of]
    return sorted(kept, key=lambda event: (event["happened_at"], event["event_id"]))


# Arithmetic -------------------------------------------------------------------------------------------------


def divide(numerator: Fraction | int, denominator: Fraction | int) -> Fraction | None:
    """A zero denominator has no value."""
    if denominator == 0:
        return None
    return Fraction(numerator) / Fraction(denominator)


def money(world: World, row: Row, column: str) -> int:
    """An amount in minor units. Two currencies are never added."""
    if row["currency"] != world.currency:
        raise ValueError(f"{row['currency']} cannot be added to {world.currency}")
    return int(row[column])


def hours(number: int) -> timedelta:
    return timedelta(hours=number)
