"""Money from orders, in minor units. Orders without a customer count."""

# ruff: noqa: PERF401 - loops that read like the catalogue

from datetime import date

from .world import Value, World, divide, money, orders, outside, returns, within


def gross_revenue(world: World, start: date, end: date) -> Value:
    """Sum of amount_minor of orders not cancelled."""
    if outside(world, ["orders"], start, end):
        return None
    total = 0
    for order in orders(world):
        if within(world, order["ordered_at"], start, end):
            total = total + money(world, order, "amount_minor")
    return total


def revenue(world: World, start: date, end: date) -> Value:
    """Gross revenue less what was returned in the window, whenever it was ordered.

    Needs orders and returns.
    """
    if outside(world, ["orders", "returns"], start, end):
        return None
    total = 0
    for order in orders(world):
        if within(world, order["ordered_at"], start, end):
            total = total + money(world, order, "amount_minor")
    for row in returns(world):
        if within(world, row["returned_at"], start, end):
            total = total - money(world, row, "amount_minor")
    return total


def order_count(world: World, start: date, end: date) -> Value:
    """Number of orders not cancelled."""
    if outside(world, ["orders"], start, end):
        return None
    return sum(1 for order in orders(world) if within(world, order["ordered_at"], start, end))


def average_order_value(world: World, start: date, end: date) -> Value:
    """Gross revenue / orders."""
    if outside(world, ["orders"], start, end):
        return None
    amounts = []
    for order in orders(world):
        if within(world, order["ordered_at"], start, end):
            amounts.append(money(world, order, "amount_minor"))
    return divide(sum(amounts), len(amounts))
