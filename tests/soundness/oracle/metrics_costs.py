"""What customers cost and what is left of what they bring. Money in minor units.

A cost happens at the first instant of its local day.
"""

# ruff: noqa: PERF401 - loops that read like the catalogue

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction

from .clock import day_start
from .metrics_retention import new_customers
from .metrics_value import customer_lifetime_value
from .spells import here_at_end, here_at_start, no_spells, spells
from .world import Row, Value, World, closing, divide, money, opening, orders, outside, returns, within

Chosen = Callable[[Row], bool]


def incurred_at(world: World, cost: Row) -> datetime:
    return day_start(world.zone, cost["incurred_on"])


def costs_in(world: World, start: date, end: date, *kinds: str) -> list[Row]:
    """Costs of these kinds in the window."""
    return [row for row in world.costs if row["kind"] in kinds and within(world, incurred_at(world, row), start, end)]


def spent(world: World, start: date, end: date, *kinds: str) -> int:
    return sum(money(world, row, "amount_minor") for row in costs_in(world, start, end, *kinds))


def here_at_any_time(world: World, start: date, end: date) -> set[str]:
    """Customers with a spell that is here at the start or begins before the end."""
    found = set()
    for spell in spells(world):
        over = spell.ended_at is not None and spell.ended_at < opening(world, start)
        if spell.started_at < closing(world, end) and not over:
            found.add(spell.customer)
    return found


def cost_to_serve(world: World, start: date, end: date) -> Value:
    """Service costs / customers here at any time in the window, not split: all of the costs."""
    if outside(world, ["costs"], start, end) or no_spells(world, start, end):
        return None
    return divide(spent(world, start, end, "service"), len(here_at_any_time(world, start, end)))


def acquisition_cost(world: World, start: date, end: date) -> Value:
    """Acquisition + advertising costs / new_customers."""
    newcomers = new_customers(world, start, end)
    if outside(world, ["costs"], start, end) or newcomers is None:
        return None
    return divide(spent(world, start, end, "acquisition", "advertising"), Fraction(newcomers))


def retention_cost(world: World, start: date, end: date) -> Value:
    """Retention + reward costs / customers kept: here at the start and at the end."""
    if outside(world, ["costs"], start, end) or no_spells(world, start, end):
        return None
    kept = here_at_start(world, start) & here_at_end(world, end)
    return divide(spent(world, start, end, "retention", "reward"), len(kept))


# Margin -----------------------------------------------------------------------------------------------------


def gross_margin(world: World, start: date, end: date) -> Value:
    """What is left of the amount after the cost of goods, of orders whose cost is known."""
    if outside(world, ["orders"], start, end):
        return None
    amount = 0
    cost = 0
    for order in orders(world):
        if within(world, order["ordered_at"], start, end) and order["cost_minor"] is not None:
            amount = amount + money(world, order, "amount_minor")
            cost = cost + money(world, order, "cost_minor")
    return divide(amount - cost, amount)


def lifetime_value_margin(world: World, start: date, end: date) -> Value:
    """CLV x gross margin of the 365 days before the end."""
    lifetime_value = customer_lifetime_value(world, start, end)
    if lifetime_value is None:
        return None
    margin = gross_margin(world, end - timedelta(days=365), end)
    return None if margin is None else Fraction(lifetime_value) * Fraction(margin)


def ltv_to_cac(world: World, start: date, end: date) -> Value:
    """CLV with margin / acquisition_cost."""
    worth = lifetime_value_margin(world, start, end)
    cost = acquisition_cost(world, start, end)
    if worth is None or cost is None:
        return None
    return divide(Fraction(worth), Fraction(cost))


def return_on_ad_spend(world: World, start: date, end: date) -> Value:
    """Gross revenue of orders with the campaign / its advertising cost.

    Readings: of all campaigns together, those for which advertising was paid at any time before `as_of`.
    """
    if outside(world, ["orders", "costs"], start, end):
        return None
    advertised = set()
    for row in world.costs:
        if row["kind"] == "advertising" and row["campaign"] is not None and incurred_at(world, row) < world.as_of:
            advertised.add(row["campaign"])
    brought = 0
    for order in orders(world):
        if order["campaign"] in advertised and within(world, order["ordered_at"], start, end):
            brought = brought + money(world, order, "amount_minor")
    paid = 0
    for row in costs_in(world, start, end, "advertising"):
        if row["campaign"] is not None:
            paid = paid + money(world, row, "amount_minor")
    return divide(brought, paid)


# Contribution -----------------------------------------------------------------------------------------------


def revenue_of(world: World, start: date, end: date, whose: Chosen) -> int:
    """Orders less returns in the window, of the rows chosen."""
    owners = {order["order_id"]: order["customer_id"] for order in world.orders}
    total = 0
    for order in orders(world):
        if whose(order) and within(world, order["ordered_at"], start, end):
            total = total + money(world, order, "amount_minor")
    for row in returns(world):
        owner = row["customer_id"] if row["customer_id"] is not None else owners.get(row["order_id"])
        if whose(row | {"customer_id": owner}) and within(world, row["returned_at"], start, end):
            total = total - money(world, row, "amount_minor")
    return total


def contribution_of(world: World, start: date, end: date, whose: Chosen) -> int:
    """Revenue - cost of goods - message, service, reward and retention costs, of the rows chosen.

    Reading: what is not known costs nothing.
    """
    total = revenue_of(world, start, end, whose)
    for order in orders(world):
        if whose(order) and within(world, order["ordered_at"], start, end) and order["cost_minor"] is not None:
            total = total - money(world, order, "cost_minor")
    for message in world.messages:
        if whose(message) and within(world, message["sent_at"], start, end) and message["cost_minor"] is not None:
            total = total - money(world, message, "cost_minor")
    for cost in costs_in(world, start, end, "service", "reward", "retention"):
        if whose(cost):
            total = total - money(world, cost, "amount_minor")
    return total


def everybody(row: Row) -> bool:
    return True


def contribution_per_customer(world: World, start: date, end: date) -> Value:
    """Contribution / customers here at any time in the window."""
    if outside(world, ["orders", "returns", "messages", "costs"], start, end) or no_spells(world, start, end):
        return None
    return divide(contribution_of(world, start, end, everybody), len(here_at_any_time(world, start, end)))


# The best ---------------------------------------------------------------------------------------------------


def values_of_buyers(world: World, start: date, end: date, by: str = "contribution") -> list[tuple[int, str]]:
    """(value, customer) of customers who ordered in the window, the best first, ties by id."""
    of = {"contribution": contribution_of, "revenue": revenue_of}[by]
    found = []
    ordered = [order for order in orders(world) if within(world, order["ordered_at"], start, end)]
    for customer in sorted({order["customer_id"] for order in ordered if order["customer_id"] is not None}):
        found.append((of(world, start, end, lambda row, who=customer: row["customer_id"] == who), customer))
    return sorted(found, key=lambda pair: (-pair[0], pair[1]))


def top_customer_share(world: World, start: date, end: date) -> Value:
    """Share of the positive contribution made by the best 20 % (rounded up) of customers who ordered."""
    if outside(world, ["orders", "returns", "messages", "costs"], start, end):
        return None
    values = [max(value, 0) for value, _ in values_of_buyers(world, start, end)]
    best = -(-len(values) * 20 // 100)
    return divide(sum(values[:best]), sum(values))
