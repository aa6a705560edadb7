"""How often and how soon customers buy.

Orders without a customer are skipped; cancelled ones do not count.
"""

# ruff: noqa: PERF401 - loops that read like the catalogue

from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from .clock import elapsed_days
from .identity import customer_of
from .world import (
    Row,
    Value,
    World,
    closing,
    divide,
    events,
    order_lines,
    orders_by_customer,
    outside,
    returns,
    within,
)


def ordered_by(world: World, ordered: list[Row], end: date) -> list[Row]:
    """The orders of one customer before the window's end."""
    return [order for order in ordered if order["ordered_at"] < closing(world, end)]


def ordered_in(world: World, ordered: list[Row], start: date, end: date) -> list[Row]:
    """The orders of one customer in the window."""
    return [order for order in ordered if within(world, order["ordered_at"], start, end)]


def repeat_purchase_rate(world: World, start: date, end: date) -> Value:
    """Two or more orders by the window's end and at least one in it / an order in it."""
    if outside(world, ["orders"], start, end):
        return None
    customers = 0
    returning = 0
    for ordered in orders_by_customer(world).values():
        if len(ordered_in(world, ordered, start, end)) >= 1:
            customers = customers + 1
            if len(ordered_by(world, ordered, end)) >= 2:
                returning = returning + 1
    return divide(returning, customers)


def repeat_within_window(world: World, start: date, end: date) -> Value:
    """Two orders in the window / an order in it. Reading: two or more, and the family's denominator."""
    if outside(world, ["orders"], start, end):
        return None
    customers = 0
    repeating = 0
    for ordered in orders_by_customer(world).values():
        if len(ordered_in(world, ordered, start, end)) >= 1:
            customers = customers + 1
        if len(ordered_in(world, ordered, start, end)) >= 2:
            repeating = repeating + 1
    return divide(repeating, customers)


def returning_customer_share(world: World, start: date, end: date) -> Value:
    """An order in the window and one before it / an order in it.

    Reading: before the window, not before the order.
    """
    if outside(world, ["orders"], start, end):
        return None
    customers = 0
    returning = 0
    for ordered in orders_by_customer(world).values():
        if len(ordered_in(world, ordered, start, end)) >= 1:
            customers = customers + 1
            if len(ordered_by(world, ordered, start)) >= 1:
                returning = returning + 1
    return divide(returning, customers)


def repeat_customers_of_all(world: World, start: date, end: date) -> Value:
    """Two or more orders ever / everyone who ever ordered, at the window's end."""
    if outside(world, ["orders"], start, end):
        return None
    everyone = 0
    repeating = 0
    for ordered in orders_by_customer(world).values():
        if len(ordered_by(world, ordered, end)) >= 1:
            everyone = everyone + 1
        if len(ordered_by(world, ordered, end)) >= 2:
            repeating = repeating + 1
    return divide(repeating, everyone)


def purchase_frequency(world: World, start: date, end: date) -> Value:
    """Orders / customers who ordered. Reading: orders without a customer are in neither number."""
    if outside(world, ["orders"], start, end):
        return None
    number = 0
    customers = 0
    for ordered in orders_by_customer(world).values():
        number = number + len(ordered_in(world, ordered, start, end))
        if len(ordered_in(world, ordered, start, end)) >= 1:
            customers = customers + 1
    return divide(number, customers)


# Time between -----------------------------------------------------------------------------------------------


def gaps(ordered: list[Row]) -> list[Fraction]:
    """Days between consecutive orders of one customer."""
    found = []
    for earlier, later in pairwise(ordered):
        found.append(elapsed_days(earlier["ordered_at"], later["ordered_at"]))
    return found


def mean(values: list[Fraction]) -> Fraction | None:
    return divide(sum(values, Fraction(0)), len(values))


def time_between_purchases(world: World, start: date, end: date) -> Value:
    """Each returning customer's mean days between consecutive orders, summed / returning customers.

    Returning: two or more orders by the window's end, the last of them in it. Reading: all of the orders by
    the window's end make the mean, also the ones before the window.
    """
    if outside(world, ["orders"], start, end):
        return None
    means = []
    for ordered in orders_by_customer(world).values():
        so_far = ordered_by(world, ordered, end)
        if len(so_far) >= 2 and within(world, so_far[-1]["ordered_at"], start, end):
            own = gaps(so_far)
            means.append(sum(own, Fraction(0)) / len(own))
    return mean(means)


def gap_between_orders(world: World, start: date, end: date) -> Value:
    """All gaps pooled, the later order in the window; their mean, in days."""
    if outside(world, ["orders"], start, end):
        return None
    pooled = []
    for ordered in orders_by_customer(world).values():
        for earlier, later in pairwise(ordered):
            if within(world, later["ordered_at"], start, end):
                pooled.append(elapsed_days(earlier["ordered_at"], later["ordered_at"]))
    return mean(pooled)


def time_to_first_purchase(world: World, start: date, end: date) -> Value:
    """First visit to first order, by the later moment; the mean, in days.

    Readings: the first visit is the customer's first event of any kind, identity applied; the later moment
    is the first order; who has no visit, or the first one only after the first order, is left out; needs
    orders and events.
    """
    if outside(world, ["orders", "events"], start, end):
        return None
    first_visit: dict[str, datetime] = {}
    for event in events(world):
        customer = customer_of(world, event)
        if customer is not None and customer not in first_visit:
            first_visit[customer] = event["happened_at"]
    waits = []
    for customer, ordered in orders_by_customer(world).items():
        first_order = ordered[0]["ordered_at"]
        if not within(world, first_order, start, end):
            continue
        if customer in first_visit and first_visit[customer] <= first_order:
            waits.append(elapsed_days(first_visit[customer], first_order))
    return mean(waits)


def time_to_second_purchase(world: World, start: date, end: date) -> Value:
    """First order to second order, the second in the window; the mean, in days."""
    if outside(world, ["orders"], start, end):
        return None
    waits = []
    for ordered in orders_by_customer(world).values():
        if len(ordered) >= 2 and within(world, ordered[1]["ordered_at"], start, end):
            waits.append(elapsed_days(ordered[0]["ordered_at"], ordered[1]["ordered_at"]))
    return mean(waits)


# Returns ----------------------------------------------------------------------------------------------------


def product_return_rate(world: World, start: date, end: date) -> Value:
    """Quantity returned so far / quantity sold, of orders placed in the window.

    Readings: so far is before `as_of`, also after the window's end; the quantity sold comes from the order
    lines, with those of unknown customers; needs order_lines and returns (orders only say what was
    cancelled).
    """
    if outside(world, ["order_lines", "returns"], start, end):
        return None
    sold = 0
    for line in order_lines(world):
        if within(world, line["ordered_at"], start, end):
            sold = sold + line["quantity"]
    returned = 0
    for row in returns(world):
        if within(world, row["ordered_at"], start, end):
            returned = returned + row["quantity"]
    return divide(returned, sold)
