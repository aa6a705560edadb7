"""Who orders often, who never again, and who buys something else.

Orders without a customer are skipped; cancelled ones do not count.
"""

from datetime import date, timedelta

from .metrics_orders import ordered_by, ordered_in
from .metrics_revenue import revenue
from .spells import here_at_end, no_spells
from .world import Value, World, closing, divide, hours, opening, order_lines, orders_by_customer, outside

ENOUGH, DAYS = 3, 365


def loyal_customers(world: World, start: date, end: date) -> Value:
    """Here at the end with at least 3 orders in the 365 days before it.

    Readings: 365 times 24 hours before the window's end, or before `as_of` where that is earlier; where the history
    is cut and these reach back before the first covered day of any fact it uses, there is no value.
    """
    if outside(world, ["orders"], start, end) or no_spells(world, start, end):
        return None
    since = closing(world, end) - timedelta(hours=24 * DAYS)
    kinds = {"orders": ["orders"], "activity": ["orders", "events"], "subscriptions": ["orders", "subscriptions"]}
    if world.history == "cut":
        for kind in kinds[world.spell_rule]:
            if since < opening(world, world.coverage[kind][0]):
                return None
    loyal = 0
    here = here_at_end(world, end)
    for customer, ordered in orders_by_customer(world).items():
        enough = [order for order in ordered_by(world, ordered, end) if order["ordered_at"] >= since]
        if customer in here and len(enough) >= ENOUGH:
            loyal = loyal + 1
    return loyal


def one_time_buyer_share(world: World, start: date, end: date) -> Value:
    """Of customers whose first order is at least lapse_days before the window's end, those with exactly one by it.

    Reading: lapse_days times 24 hours, exactly that is enough.
    """
    if outside(world, ["orders"], start, end):
        return None
    moment = closing(world, end)
    customers = 0
    once = 0
    for ordered in orders_by_customer(world).values():
        if ordered[0]["ordered_at"] <= moment - hours(24 * world.lapse_days):
            customers = customers + 1
            if len(ordered_by(world, ordered, end)) == 1:
                once = once + 1
    return divide(once, customers)


def cross_sell_rate(world: World, start: date, end: date) -> Value:
    """Customers who bought a category new to them / customers who ordered and had ordered before.

    Readings: had ordered before the order, not before the window; new is what no earlier order of theirs held; a line
    without a category tells nothing, and who ordered is told by the order, not by its lines.
    """
    if outside(world, ["orders", "order_lines"], start, end):
        return None
    categories: dict[str, set[str]] = {}
    for line in order_lines(world):
        if line["category"] is not None:
            categories.setdefault(line["order_id"], set()).add(line["category"])
    returning = 0
    crossing = 0
    for ordered in orders_by_customer(world).values():
        inside = {order["order_id"] for order in ordered_in(world, ordered, start, end)}
        known: set[str] = set()
        again = False
        crossed = False
        for number, order in enumerate(ordered):
            held = categories.get(order["order_id"], set())
            if number > 0 and order["order_id"] in inside:
                again = True
                crossed = crossed or bool(held - known)
            known = known | held
        returning = returning + again
        crossing = crossing + crossed
    return divide(crossing, returning)


def revenue_per_customer(world: World, start: date, end: date) -> Value:
    """Revenue / customers who ordered. Reading: the revenue is all of it, also of orders without a customer."""
    earned = revenue(world, start, end)
    if earned is None:
        return None
    return divide(earned, sum(1 for o in orders_by_customer(world).values() if ordered_in(world, o, start, end)))
