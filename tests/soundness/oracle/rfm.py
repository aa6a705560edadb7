"""Recency, frequency and money, one customer after the other: everybody is compared with everybody."""

from datetime import date, datetime

from .cohort_members import owner
from .world import World, money, orders, returns, within

Measures = dict[str, tuple[datetime, int, int]]


def measures(world: World, start: date, end: date) -> Measures:
    """The last order, the number of orders and the money of each customer with an order in the span."""
    found: Measures = {}
    for order in orders(world):
        customer = order["customer_id"]
        if customer is None or not within(world, order["ordered_at"], start, end):
            continue
        paid = money(world, order, "amount_minor")
        last_at, number, total = found.get(customer, (order["ordered_at"], 0, 0))
        found[customer] = (max(last_at, order["ordered_at"]), number + 1, total + paid)
    for row in returns(world):
        customer = owner(world, row)
        if customer in found and within(world, row["returned_at"], start, end):
            last_at, number, total = found[customer]
            found[customer] = (last_at, number, total - money(world, row, "amount_minor"))
    return found


def scores(world: World, start: date, end: date) -> dict[str, tuple[int, int, int]]:
    """Scores of recency, frequency and money: 1 + floor(5 x customers strictly worse / customers)."""
    known = measures(world, start, end)
    found = {}
    for customer, own in known.items():
        worse = [len([1 for other in known.values() if other[place] < own[place]]) for place in range(3)]
        recency, frequency, spent = (1 + 5 * count // len(known) for count in worse)
        found[customer] = (recency, frequency, spent)
    return found


def named(recency: int, frequency: int, spent: int) -> str:
    """The segment, by going through the rules one after the other."""
    worth = -(-(frequency + spent) // 2)  # the mean, rounded up
    if recency >= 4:
        if worth >= 4:
            return "Champions"
        return {3: "Loyal", 2: "Could become loyal", 1: "Promising"}[worth]
    if recency == 3:
        if worth >= 4:
            return "Loyal"
        return "Need attention" if worth == 3 else "About to sleep"
    if worth == 5 or (worth == 4 and recency == 1):
        return "Not to be lost"
    if recency == 2:
        return "At risk" if worth >= 3 else "Resting"
    return "Resting" if worth == 3 else "Gone quiet"
